import type { CommandInstruction } from '../../dockerfile/types.ts'
import { type Fix, keywordIn, linesBefore, showRuntimeGuidance } from '../../fixes/index.ts'
import { instructionOf, userByName } from '../../image/index.ts'
import type { Runtime, StageTimeline, Timeline } from '../../image/types.ts'
import { knownValue } from '../../known.ts'
import { text } from '../../l10n/index.ts'
import { parseShell, simpleCommands } from '../../shell/index.ts'
import { defineRule } from '../types.ts'

/** The container hands over by su or runuser, which stay between the engine and the program. */
export const suInEntrypoint = defineRule({
  id: 'su-in-entrypoint',
  category: 'power',
  severity: 'information',
  summary: 'The start hands over by su, which stays in front of the program and does not pass signals on.',
  why: 'su opens a session and waits for it. It passes on SIGTERM alone, kills the program two seconds later, and ends with 143 whatever the program said; other signals, SIGQUIT of nginx or SIGHUP for a new configuration, do not arrive.',
  remedy: 'Set USER where nothing needs root at the start; else use gosu, su-exec or setpriv with exec.',
  references: ['container-facts/su-c', 'container-facts/entrypoint-runuser', 'util-linux: su(1), Signals'],
  check({ timeline }, report) {
    const found = suInFront(timeline)
    if (!found) return
    const { target, runtime, drop, start } = found
    const to = knownValue(drop.to)
    report({
      at: start.keywordRange,
      message:
        to === undefined
          ? text`\`${drop.by}\` stays in front of the program: it kills it two seconds after SIGTERM and passes on no other signal. Use USER, or \`exec\` with gosu, su-exec or setpriv.`
          : text`\`${drop.by}\` stays in front of the program when root hands over to \`${to}\`: it kills it two seconds after SIGTERM and passes on no other signal. Use USER, or \`exec\` with gosu, su-exec or setpriv.`,
      certainty: drop.certainty,
      fixes: () => [
        ...(to === undefined ? [] : userInstead(timeline, target, start, runtime, to)),
        showRuntimeGuidance,
      ],
    })
  },
})

/** The start that hands over by su or runuser, where these stay. */
export function suInFront({ target, runtime, dockerfile }: Timeline) {
  const drop = runtime?.dropsPrivileges
  if (!target || !drop || (drop.by !== 'su' && drop.by !== 'runuser') || !staysBehind(target))
    return undefined
  const origin = (runtime.state.entrypoint ?? runtime.state.cmd)?.origin
  const start = origin?.kind === 'instruction' ? instructionOf(dockerfile, origin.range.start) : undefined
  return start?.keyword === 'CMD' || start?.keyword === 'ENTRYPOINT'
    ? { target, runtime, drop, start }
    : undefined
}

/** BusyBox's su takes the shell's place; util-linux's and shadow's wait for it. */
function staysBehind({ base, final }: StageTimeline): boolean {
  if (!base || base.resolvedBy === 'unknown' || base.os === null) return false
  const busybox = base.os === 'alpine' || base.os === 'busybox' || base.os === 'wolfi'
  return base.os !== 'windows' && !busybox && final.programs?.packages.has('busybox') !== true
}

/** `CMD su app -c 'server --port 80'` → `USER app` and `CMD ["server", "--port", "80"]`, where su is all that the start does. */
function userInstead(
  { dockerfile }: Timeline,
  stage: StageTimeline,
  start: CommandInstruction,
  { state, argv }: Runtime,
  user: string,
): readonly Fix[] {
  if (!stage.steps.some(({ instruction }) => instruction === start) || !userByName(state.accounts, user))
    return []
  const script = scriptOf(start, argv, user)
  if (script === undefined) return []
  const words = script.replace(/^exec\s+/, '').split(/\s+/)
  const plain = words.every((word) => /^[\w./:=@%+,-]+$/.test(word)) && !/^\w+=/.test(words[0] ?? '')
  // A shell of the container's own gives way to the program.
  const command = plain
    ? `[${words.map((word) => `"${word}"`).join(', ')}]`
    : /^[^;&|<>()\n]+$/.test(script)
      ? `exec ${script.replace(/^exec\s+/, '')}`
      : undefined
  if (command === undefined) return []
  return [
    {
      kind: 'edit',
      title: text`Set USER ${user} and start the program itself`,
      safety: 'suggestion',
      edits: [
        linesBefore(dockerfile, start, [`${keywordIn(dockerfile, 'USER')} ${user}`]),
        { range: start.argumentsRange, text: command },
      ],
    },
  ]
}

/** The text behind `-c` where the whole start is `su user -c text`. */
function scriptOf(start: CommandInstruction, argv: readonly string[], user: string): string | undefined {
  if (start.command.form === 'json') {
    const [program, name, flag, script, ...more] = argv
    const isAll = start.command.args.length === argv.length
    return isAll && isSwitch(program) && name === user && flag === '-c' && more.length === 0
      ? script?.trim()
      : undefined
  }
  const [command, ...others] = simpleCommands(parseShell(start.command.script))
  const written = start.command.script.text.trim()
  const [program, ...rest] = (command?.words ?? []).map((word) => word.text)
  const [first, name, flag, script, ...more] = program === 'exec' ? rest : [program, ...rest]
  if (others.length > 0 || !isSwitch(first) || name !== user || flag !== '-c' || more.length > 0)
    return undefined
  // What another quoting would mean is left alone.
  return script !== undefined &&
    (written.endsWith(`'${script}'`) || (written.endsWith(`"${script}"`) && !/[$`\\]/.test(script)))
    ? script.trim()
    : undefined
}

const isSwitch = (program: string | undefined) => /^(.*\/)?(su|runuser)$/.test(program ?? '')
