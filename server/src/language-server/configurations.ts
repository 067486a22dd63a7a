import { type Connection, DiagnosticSeverity, type Position } from 'vscode-languageserver'
import { allRules } from '../analysis/index.ts'
import { type ConfigProblem, configFileName, parseConfig, type UnrootConfig } from '../config/index.ts'
import type { Language } from '../l10n/index.ts'
import type { Files } from './host.ts'
import { foldersUpward, joinUri } from './uris.ts'

export interface FoundConfig {
  readonly config: UnrootConfig
  /** URI of the folder that its paths are meant from. */
  readonly folder: string
}

export interface Configurations {
  /** The nearest `.unroot.json` of a folder. Its mistakes are published at their place. */
  of(folder: string, files: Files): Promise<FoundConfig>
  /** Forgets what was read: a file changed, or appeared. */
  invalidate(): void
}

export function createConfigurations(
  connection: Connection,
  say: Language,
  openText: (uri: string) => string | undefined,
): Configurations {
  let byFolder = new Map<string, Promise<FoundConfig>>()
  const withProblems = new Set<string>()

  const publish = (uri: string, problems: readonly ConfigProblem[]) => {
    if (problems.length === 0 && !withProblems.delete(uri)) return
    if (problems.length > 0) withProblems.add(uri)
    void connection.sendDiagnostics({
      uri,
      diagnostics: problems.map((problem) => diagnosticOf(problem, say)),
    })
  }
  const search = async (folder: string, files: Files): Promise<FoundConfig> => {
    for (const above of foldersUpward(folder)) {
      const uri = joinUri(above, configFileName)
      const text = openText(uri) ?? (await files.read(uri))
      if (text === null) {
        publish(uri, [])
        continue
      }
      const { config, problems } = parseConfig(
        text,
        uri,
        allRules.map(({ id }) => id),
      )
      publish(uri, problems)
      return { config, folder: above }
    }
    return { config: {}, folder }
  }

  return {
    of: (folder, files) => {
      const known = byFolder.get(folder) ?? search(folder, files)
      byFolder.set(folder, known)
      return known
    },
    invalidate: () => {
      byFolder = new Map()
    },
  }
}

function diagnosticOf({ message, line, column, endLine, endColumn }: ConfigProblem, say: Language) {
  const position = (line: number, column: number): Position => ({ line: line - 1, character: column - 1 })
  return {
    range: { start: position(line, column), end: position(endLine, endColumn) },
    severity: DiagnosticSeverity.Warning,
    source: 'unroot',
    message: say(message),
  }
}
