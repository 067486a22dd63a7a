import type { HardenPlan } from '../../analysis/index.ts'
import { explainMarkdown, runsAs } from '../../explain/index.ts'
import { harden, runtimeGuidance } from '../../harden/index.ts'
import type { Client } from '../client-capabilities.ts'
import { type HardenAnswer, type StatusAnswer, serverCommands } from '../protocol.ts'
import type { Snapshot } from '../snapshot.ts'
import { hardenEdit } from './harden-edit.ts'

/** Answers to the server's commands. */
export const commands: Readonly<Record<string, (snapshot: Snapshot, client: Client) => unknown>> = {
  [serverCommands.harden]: hardenAnswer,
  [serverCommands.runtimeGuidance]: ({ analysis }) => ({ markdown: runtimeGuidance(analysis).markdown }),
  [serverCommands.explain]: ({ analysis }, { say }) => ({ markdown: explainMarkdown(analysis, say) }),
  [serverCommands.status]: statusAnswer,
}

function hardenAnswer(snapshot: Snapshot, client: Client): HardenAnswer {
  const plan = harden(snapshot.analysis)
  return {
    edit: plan.edits.length > 0 ? hardenEdit(snapshot, plan, client) : null,
    title: titles[plan.outcome],
    summary: summaryOf(plan),
    refused: plan.refusals,
  }
}

const titles: Record<HardenPlan['outcome'], string> = {
  hardened: 'Harden image: run without root',
  decisions: 'Harden image: some things are left to decide',
  nothing: 'Nothing is left to harden',
  refused: 'This image cannot be hardened by an edit',
}

function summaryOf({ steps, remaining, refusals, outcome }: HardenPlan): string {
  const list = (title: string, items: readonly string[]) =>
    items.length === 0 ? '' : `**${title}**\n\n${items.map((item) => `- ${item}`).join('\n')}`
  return [
    `${titles[outcome]}.`,
    list(
      'Steps',
      steps.map(({ title, reason }) => `${title}: ${reason}`),
    ),
    list('Left to you', remaining),
    list('Why not', refusals),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

function statusAnswer({ analysis }: Snapshot, { say }: Client): StatusAnswer | null {
  const { runtime } = analysis.timeline
  if (runtime === undefined) return null
  const { text, sentence, certainty } = runsAs(runtime)
  return { text: say(text), tooltip: say(sentence), certainty }
}
