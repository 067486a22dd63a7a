import type { HardenStep } from '../analysis/index.ts'
import type { TextEdit } from '../fixes/types.ts'
import { isWithin, stepsOf } from '../image/index.ts'
import type { StageTimeline } from '../image/types.ts'
import { knownValue } from '../known.ts'
import { type Message, text } from '../l10n/index.ts'
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
  | { readonly kind: 'stuck'; readonly reason: Message }

/** @param home where the identity has, or gets, a home of its own */
export function rootHome(subject: Subject, home: string | undefined): RootHomeAnswer {
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
      reason: text`${first} is needed at run time and lies in /root, which only root may enter. Install it to /usr/local or /opt.`,
    }
  const isHome = home !== undefined && needed.some((path) => path.startsWith('/root/.'))
  const to = isHome ? home : '/app'
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
      reason: text`${first} is needed at run time and lies in /root, which only root may enter.`,
    }
  return {
    kind: 'moved',
    move: {
      to,
      isHome,
      step: {
        title: text`Move what lies in /root to ${to}`,
        reason: text`${first} is needed at run time, and only root may enter /root.`,
        safety: 'suggestion',
        edits,
      },
    },
  }
}

function installsWithGo(stage: StageTimeline): boolean {
  return stepsOf(stage).some(({ instruction }) =>
    /\bgo\s+(?:install|get)\b/.test(instruction.argumentsText.text),
  )
}

const startsInRoot = (raw: string) => /^"?\/root(?:\/|"|$)/.test(raw)
function replaced(at: number, to: string): TextEdit {
  return { range: { start: at, end: at + '/root'.length }, text: to }
}

/** Paths in /root that the start needs: the program, its folder, what PATH and other variables name, and what is copied there. */
function neededInRoot({ runtime, stage }: Subject): readonly string[] {
  const found: string[] = runtime.argv.filter((word) => isWithin(word, '/root'))
  const workdir = knownValue(runtime.state.workdir)?.replace(/(.)\/+$/, '$1')
  if (workdir !== undefined && isWithin(workdir, '/root')) found.push(workdir)
  for (const [key, value] of stage.final.env) {
    const path = knownValue(value)
    if (
      key !== 'HOME' &&
      key !== 'PATH' &&
      path &&
      isWithin(path, '/root') &&
      value.because.some(({ kind }) => kind === 'instruction')
    )
      found.push(path.replace(/(.)\/+$/, '$1'))
  }
  for (const { instruction } of stage.steps) {
    if (instruction.keyword === 'ENV')
      // The place in PATH for programs that Go installs, which installed none.
      for (const { key, value } of instruction.pairs)
        for (const [path] of key.raw === 'HOME' ? [] : (value?.raw ?? '').matchAll(/\/root(?:\/[\w.@-]+)+/g))
          if (path !== '/root/go/bin' || installsWithGo(stage)) found.push(path)
    if (
      (instruction.keyword === 'COPY' || instruction.keyword === 'ADD') &&
      startsInRoot(instruction.destination?.raw ?? '')
    )
      found.push(instruction.destination?.raw.replace(/^"|"$/g, '').replace(/(.)\/+$/, '$1') ?? '/root')
  }
  return found
}
