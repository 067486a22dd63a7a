import { type Analysis, type AnalysisOptions, analyse } from '../../../server/src/analysis/index.ts'
import { catalogue } from '../../../server/src/base-images/index.ts'
import { harden } from '../../../server/src/harden/index.ts'
import type { BuildContext, ContextEntry } from '../../../server/src/image/types.ts'
import { inEnglish } from '../../../server/src/l10n/index.ts'

const images = catalogue()

/** A build context of texts; a name that ends with a slash is an empty folder, `mode:` in front sets it: `0755:start.sh`. */
export function contextOf(files: Readonly<Record<string, string>>): BuildContext {
  const entries = new Map<string, { readonly entry: ContextEntry; readonly text?: string }>()
  entries.set('', { entry: { kind: 'directory', mode: 0o755 } })
  for (const [key, text] of Object.entries(files)) {
    const [, mode, name = ''] = /^(?:([0-7]{4}):)?(.*)$/.exec(key) ?? []
    const path = name.replace(/\/$/, '')
    const parts = path.split('/')
    for (let depth = 1; depth < parts.length; depth++)
      entries.set(parts.slice(0, depth).join('/'), { entry: { kind: 'directory', mode: 0o755 } })
    entries.set(
      path,
      name.endsWith('/')
        ? { entry: { kind: 'directory', mode: 0o755 } }
        : { entry: { kind: 'file', mode: mode ? Number.parseInt(mode, 8) : 0o644 }, text },
    )
  }
  const at = (path: string) => entries.get(path.replace(/^\.?\/?/, '').replace(/\/$/, ''))
  return {
    stat: (path) => at(path)?.entry ?? 'missing',
    list: (path) => {
      const folder = path.replace(/^\.?\/?/, '').replace(/\/$/, '')
      const prefix = folder === '' ? '' : `${folder}/`
      const names = [...entries.keys()].filter((key) => key !== '' && key.startsWith(prefix))
      return [...new Set(names.map((key) => key.slice(prefix.length).split('/')[0] ?? ''))].filter(
        (name) => name !== '',
      )
    },
    read: (path) => at(path)?.text,
  }
}

export interface Wishes extends Partial<Omit<AnalysisOptions, 'context' | 'baseImages'>> {
  readonly files?: Readonly<Record<string, string>>
}

export function analysed(text: string, { files = {}, ...options }: Wishes = {}): Analysis {
  return analyse(text, { context: contextOf(files), baseImages: images, ...options })
}

/** The plan, its texts in English. */
export function hardened(text: string, wishes: Wishes = {}) {
  const plan = harden(analysed(text, wishes))
  return {
    ...plan,
    steps: plan.steps.map((step) => ({
      ...step,
      title: inEnglish(step.title),
      reason: inEnglish(step.reason),
    })),
    refusals: plan.refusals.map(inEnglish),
    remaining: plan.remaining.map(inEnglish),
  }
}

/** The lines that a plan adds (`+`) and takes away (`-`), for tests that read like a diff. */
export function changes(text: string, wishes: Wishes = {}): readonly string[] {
  const { result, outcome, refusals } = hardened(text, wishes)
  if (outcome === 'refused') return refusals.map((refusal) => `refused: ${refusal}`)
  const before = text.split('\n')
  const after = result.split('\n')
  const left = [...before]
  const added: string[] = []
  for (const line of after) {
    const at = left.indexOf(line)
    if (at < 0) added.push(`+${line}`)
    else left.splice(at, 1)
  }
  return [...left.map((line) => `-${line}`), ...added]
}
