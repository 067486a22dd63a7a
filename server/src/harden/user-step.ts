import type { HardenStep } from '../analysis/index.ts'
import { keywordIn, lineBreakOf, userEdit, withoutInstruction } from '../fixes/index.ts'
import type { TextEdit } from '../fixes/types.ts'
import { describeIdentity } from '../image/index.ts'
import { knownValue } from '../known.ts'
import { type Message, text } from '../l10n/index.ts'
import type { ChosenIdentity } from './identity.ts'
import { byNumber } from './identity.ts'
import type { Subject } from './subject.ts'

/** The step that makes the image run as somebody else. */
export function userStep(subject: Subject, chosen: ChosenIdentity): HardenStep {
  return {
    title: titleOf(chosen),
    reason: reasonOf(subject, chosen),
    safety: subject.base ? 'suggestion' : 'unsafe',
    edits: [editOf(subject, chosen)],
  }
}

/** An earlier USER that still holds once the last one is gone needs no line of its own. */
function editOf({ dockerfile, stage, profile }: Subject, chosen: ChosenIdentity): TextEdit {
  const users = stage.steps.filter(({ instruction }) => instruction.keyword === 'USER')
  const last = users.at(-1)
  const before = users.at(-2)
  const edit = userEdit(dockerfile, stage, chosen.user)
  const changesLast =
    last?.instruction.keyword === 'USER' &&
    edit.text === chosen.user &&
    edit.range.start === last.instruction.user?.range.start
  if (changesLast && before && profile === 'docker') {
    const uid = knownValue(before.after.identity.uid)
    const between = stage.steps.slice(stage.steps.indexOf(before) + 1, stage.steps.indexOf(last))
    if (
      uid !== undefined &&
      uid === chosen.uid &&
      between.every(({ instruction }) => !acts.has(instruction.keyword))
    )
      return withoutInstruction(dockerfile, last.instruction)
  }
  if (changesLast || chosen.name === undefined || chosen.user === chosen.name || !byNumber({ profile }))
    return edit
  // `USER 1000 # node` would make the comment part of the name.
  const eol = lineBreakOf(dockerfile)
  const line = `${keywordIn(dockerfile, 'USER')} ${chosen.user}`
  return { ...edit, text: edit.text.replace(line, () => `# ${chosen.name}${eol}${line}`) }
}
const acts = new Set(['RUN', 'COPY', 'ADD', 'WORKDIR'])

function titleOf({ from, name, user }: ChosenIdentity): Message {
  if (name === undefined) return text`Run as ${user}`
  return from === 'restored' ? text`Run as \`${name}\` again` : text`Run as \`${name}\``
}

function reasonOf({ base: known, baseReference, runtime }: Subject, chosen: ChosenIdentity): Message {
  const { from, name } = chosen
  const base = baseReference ?? text`the base image`
  switch (from) {
    case 'restored':
      return known
        ? text`The file switches to \`${name ?? ''}\` and back to root; what starts needs no root.`
        : text`The file switches to \`${name ?? ''}\` and back to root.`
    case 'made':
      return text`The file makes \`${name ?? ''}\`, and nothing runs as it so far.`
    case 'base':
      return text`${base} already has \`${name ?? ''}\` (${describeIdentity(chosen.identity)}) for this.`
    case 'new':
      return text`${base} runs as root and brings no account for a workload.`
    case 'number':
      return runtime.state.accounts.passwd === 'missing'
        ? text`There are no account names in this image; a number needs none.`
        : known
          ? text`A number needs no account, and nothing in this image makes one.`
          : text`What this base has is not known; a number needs no account.`
  }
}
