import type { HardenPlan } from '../../analysis/index.ts'
import { explainMarkdown, runsAs } from '../../explain/index.ts'
import { harden, runtimeGuidance } from '../../harden/index.ts'
import { type Language, type Message, text } from '../../l10n/index.ts'
import type { Client } from '../client-capabilities.ts'
import { type HardenAnswer, type StatusAnswer, serverCommands } from '../protocol.ts'
import type { Snapshot } from '../snapshot.ts'
import { hardenEdit } from './harden-edit.ts'

/** Answers to the server's commands. */
export const commands: Readonly<Record<string, (snapshot: Snapshot, client: Client) => unknown>> = {
  [serverCommands.harden]: hardenAnswer,
  [serverCommands.runtimeGuidance]: ({ analysis }, { say }) => ({
    markdown: runtimeGuidance(analysis, say).markdown,
  }),
  [serverCommands.explain]: ({ analysis }, { say }) => ({ markdown: explainMarkdown(analysis, say) }),
  [serverCommands.status]: statusAnswer,
}

function hardenAnswer(snapshot: Snapshot, client: Client): HardenAnswer {
  const plan = harden(snapshot.analysis)
  return {
    edit: plan.edits.length > 0 ? hardenEdit(snapshot, plan, client) : null,
    title: client.say(titles[plan.outcome]),
    summary: summaryOf(plan, client.say),
    refused: plan.refusals.map(client.say),
  }
}

const titles: Record<HardenPlan['outcome'], Message> = {
  hardened: text`Harden image: run without root`,
  decisions: text`Harden image: some things are left to decide`,
  nothing: text`Nothing is left to harden`,
  refused: text`This image cannot be hardened by an edit`,
}

function summaryOf({ steps, remaining, refusals, outcome }: HardenPlan, say: Language): string {
  const list = (title: Message, items: readonly Message[]) =>
    items.length === 0 ? '' : `**${say(title)}**\n\n${items.map((item) => `- ${say(item)}`).join('\n')}`
  return [
    say(text`${titles[outcome]}.`),
    list(
      text`Steps`,
      steps.map(({ title, reason }) => text`${title}: ${reason}`),
    ),
    list(text`Left to you`, remaining),
    list(text`Why not`, refusals),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

function statusAnswer({ analysis }: Snapshot, { say }: Client): StatusAnswer | null {
  const { runtime } = analysis.timeline
  if (runtime === undefined) return null
  const { kind, text, sentence } = runsAs(runtime)
  return { kind, text: say(text), tooltip: say(sentence) }
}
