import type { HardenStep } from '../analysis/index.ts'
import type { TextEdit } from '../fixes/types.ts'
import { isWithin } from '../image/index.ts'
import { knownValue } from '../known.ts'
import type { Subject } from './subject.ts'

/** What lies in /root and is needed at run time: nobody but root may enter there. */
export interface RootHome {
  /** Where it is moved to. */
  readonly to: string
  /** The new place is the account's home. */
  readonly isHome: boolean
  readonly step: HardenStep
}

export type RootHomeAnswer =
  | { readonly kind: 'none' }
  | { readonly kind: 'moved'; readonly move: RootHome }
  | { readonly kind: 'stuck'; readonly reason: string }

export function rootHome(subject: Subject, name: string | undefined): RootHomeAnswer {
  const { stage, runtime, dockerfile } = subject
  const needed = neededInRoot(subject)
  if (needed.length === 0) return { kind: 'none' }
  const [first = '/root'] = needed
  const installed = stage.steps.find(
    ({ instruction, commands }) =>
      instruction.keyword === 'RUN' &&
      !/\/root\b/.test(instruction.argumentsText.text) &&
      commands.some(({ writes }) =>
        writes.some(
          (path) =>
            isWithin(path, '/root') &&
            needed.some((one) => isWithin(path, one) || isWithin(one, path)) &&
            path !== '/root',
        ),
      ),
  )
  if (installed && knownValue(runtime.state.workdir) !== '/root')
    return {
      kind: 'stuck',
      reason: `${first} is needed at run time and lies in /root, which only root may enter. Install it to /usr/local or /opt.`,
    }
  const isHome = needed.some((path) => path.startsWith('/root/.')) && name !== undefined
  const to = isHome ? `/home/${name}` : '/app'
  const edits: TextEdit[] = []
  for (const { instruction } of stage.steps) {
    const { range, keyword } = instruction
    if (keyword === 'COPY' || keyword === 'ADD') {
      if (instruction.destination && startsInRoot(instruction.destination.raw))
        edits.push(replaced(instruction.destination.range.start, to))
      continue
    }
    if (keyword === 'FROM' || keyword === 'USER' || keyword === 'LABEL') continue
    for (const match of dockerfile.text
      .slice(range.start, range.end)
      .matchAll(/(^|[\s"'=:,[])\/root(?=[/\s"':,\]]|$)/g))
      edits.push(replaced(range.start + match.index + (match[1]?.length ?? 0), to))
  }
  if (edits.length === 0)
    return {
      kind: 'stuck',
      reason: `${first} is needed at run time and lies in /root, which only root may enter.`,
    }
  return {
    kind: 'moved',
    move: {
      to,
      isHome,
      step: {
        title: `Move what lies in /root to ${to}`,
        reason: `${first} is needed at run time, and only root may enter /root.`,
        safety: 'suggestion',
        edits,
      },
    },
  }
}

const startsInRoot = (raw: string) => /^"?\/root(?:\/|"|$)/.test(raw)
function replaced(at: number, to: string): TextEdit {
  return { range: { start: at, end: at + '/root'.length }, text: to }
}

/** Paths in /root that the start needs: the program, its folder, what PATH and other variables name. */
function neededInRoot({ runtime, stage }: Subject): readonly string[] {
  const inRoot = (path: string | undefined): path is string => path !== undefined && isWithin(path, '/root')
  const workdir = knownValue(runtime.state.workdir)
  const fromPath = (
    knownValue(stage.final.env.get('PATH') ?? { certainty: 'unknown', because: [] }) ?? ''
  ).split(':')
  const fromEnv = [...stage.final.env].flatMap(([key, value]) =>
    key !== 'PATH' && key !== 'HOME' && value.because.some(({ kind }) => kind === 'instruction')
      ? [knownValue(value)?.replace(/\/+$/, '')]
      : [],
  )
  return [...runtime.argv, ...fromPath, workdir?.replace(/(.)\/+$/, '$1'), ...fromEnv].filter(inRoot)
}
