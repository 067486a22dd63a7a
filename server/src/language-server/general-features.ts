import { DockerfileLanguageServiceFactory } from 'dockerfile-language-service'
import type {
  ClientCapabilities,
  CompletionItem,
  DocumentHighlight,
  FoldingRange,
  FormattingOptions,
  Hover,
  Position,
  Range,
  SignatureHelp,
  SymbolInformation,
  TextEdit,
} from 'vscode-languageserver'
import { TextDocument } from 'vscode-languageserver-textdocument'
import type { Dockerfile } from '../dockerfile/index.ts'
import { parseDockerfile } from '../dockerfile/index.ts'

/**
 * Features for Dockerfiles as such, by dockerfile-language-service. It throws on some inputs, hangs on cyclic stages
 * and is slow on large files: nothing reaches it but what it handles, and what it throws ends here.
 */
export interface GeneralFeatures {
  completion(text: string, position: Position): Promise<CompletionItem[]>
  resolveCompletion(item: CompletionItem): CompletionItem
  hover(text: string, position: Position): Hover | null
  format(text: string, options: FormattingOptions, range?: Range): TextEdit[]
  folding(text: string): FoldingRange[]
  symbols(uri: string, text: string): SymbolInformation[]
  highlights(text: string, position: Position): DocumentHighlight[]
  signature(text: string, position: Position): SignatureHelp | null
  renameRange(text: string, position: Position): Range | null
  rename(uri: string, text: string, position: Position, newName: string): TextEdit[]
}

const maxLength = 100_000
const maxLines = 2_000
/** For each variable it looks at all ARG and ENV: at 80,000 an answer takes half a minute. Real files have fewer than 100. */
const maxVariables = 1_000

/** @param log is told once about each fault */
export function createGeneralFeatures(
  capabilities: ClientCapabilities,
  log: (message: string) => void,
): GeneralFeatures {
  const service = DockerfileLanguageServiceFactory.createLanguageService()
  const { completion, hover, foldingRange } = capabilities.textDocument ?? {}
  // Its types are those of an older protocol; the values are the same.
  service.setCapabilities({ completion, hover, foldingRange } as Parameters<
    typeof service.setCapabilities
  >[0])
  const logged = new Set<string>()
  const attempt = <T>(name: string, text: string, empty: T, ask: (dockerfile: Dockerfile) => T): T => {
    const dockerfile = isSmall(text) ? parseDockerfile(text) : undefined
    if (dockerfile === undefined || !hasPlainStages(dockerfile)) return empty
    try {
      return ask(dockerfile) ?? empty
    } catch (error) {
      const message = `dockerfile-language-service failed at ${name}: ${String(error)}`
      if (!logged.has(message)) log(message)
      logged.add(message)
      return empty
    }
  }

  return {
    completion: async (text, position) =>
      attempt('completion', text, [], (dockerfile) => {
        // In FROM it would ask Docker Hub for tags; nothing leaves the machine.
        if (isInFrom(dockerfile, text, position)) return []
        const items = service.computeCompletionItems(text, position)
        return Array.isArray(items) ? (items as CompletionItem[]) : []
      }),
    resolveCompletion: (item) =>
      attempt('completion', '', item, () => service.resolveCompletionItem(item as never) as CompletionItem),
    hover: (text, position) =>
      attempt('hover', text, null, () => service.computeHover(text, position) as Hover | null),
    format: (text, options, range) =>
      attempt('formatting', text, [], (dockerfile) => {
        const edits = range ? service.formatRange(text, range, options) : service.format(text, options)
        return readsTheSame(dockerfile, applied(text, edits)) ? edits : []
      }),
    folding: (text) => attempt('folding', text, [], () => service.computeFoldingRanges(text)),
    symbols: (uri, text) =>
      attempt('symbols', text, [], () => service.computeSymbols({ uri }, text) as SymbolInformation[]),
    highlights: (text, position) =>
      attempt(
        'highlights',
        text,
        [],
        () => service.computeHighlightRanges(text, position) as DocumentHighlight[],
      ),
    signature: (text, position) =>
      attempt(
        'signature help',
        text,
        null,
        () => service.computeSignatureHelp(text, position) as SignatureHelp | null,
      ),
    renameRange: (text, position) =>
      attempt('rename', text, null, () => service.prepareRename(text, position)),
    rename: (uri, text, position, newName) =>
      attempt('rename', text, [], () => service.computeRename({ uri }, text, position, newName)),
  }
}

function isSmall(text: string): boolean {
  return text.length <= maxLength && hasAtMost(maxLines, '\n', text) && hasAtMost(maxVariables, '$', text)
}

function hasAtMost(most: number, char: string, text: string): boolean {
  let count = 0
  for (let at = text.indexOf(char); at >= 0; at = text.indexOf(char, at + 1)) if (++count > most) return false
  return true
}

/** Stage names that dockerfile-ast can follow: each once, and FROM only names stages above. */
function hasPlainStages({ stages }: Dockerfile): boolean {
  const all = new Set(stages.map(({ name }) => name))
  const above = new Set<string>()
  for (const { name, from } of stages) {
    const image = from.image?.raw.toLowerCase()
    if (image !== undefined && all.has(image) && !above.has(image)) return false
    if (name === undefined) continue
    if (above.has(name)) return false
    above.add(name)
  }
  return true
}

function isInFrom({ instructions }: Dockerfile, text: string, position: Position): boolean {
  const offset = TextDocument.create('', '', 0, text).offsetAt(position)
  const current = instructions.findLast(({ range }) => range.start <= offset)
  return current?.keyword === 'FROM' && offset > current.keywordRange.end
}

/** The formatter may move white space at the start of lines, and nothing else: heredocs and texts stay as they are. */
function readsTheSame(before: Dockerfile, text: string): boolean {
  const after = parseDockerfile(text)
  return (
    before.instructions.length === after.instructions.length &&
    before.instructions.every((instruction, index) => {
      const other = after.instructions[index]!
      return (
        instruction.keyword === other.keyword &&
        loose(instruction.argumentsText.text) === loose(other.argumentsText.text) &&
        instruction.heredocs.every(({ content }, at) => content.text === other.heredocs[at]?.content.text)
      )
    })
  )
}
function loose(text: string): string {
  return text.replace(/\s+/g, ' ')
}
function applied(text: string, edits: TextEdit[]): string {
  return TextDocument.applyEdits(TextDocument.create('', '', 0, text), edits)
}
