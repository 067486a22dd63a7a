import type { CommandRun, Timeline } from '../../../server/src/image/index.ts'
import { certain } from '../../../server/src/known.ts'
import type { Observed } from '../containers/cases.ts'
import { evaluateCase, type Field, fieldsOf, printedBy } from '../containers/predict.ts'
import { type Judged, judge } from '../containers/verdict.ts'
import type { Generated } from './dockerfile.ts'

/** All that was seen of a case, each beside what the model says of it. */
export function compare(one: Generated, observed: Observed): readonly Judged[] {
  const fields = fieldsOf(one, observed, () => {})
  const timeline = evaluateCase(one)
  const sure = fields[0]?.predicted.certainty === 'certain'
  return [
    ...fields.map(firstLine),
    ...startSaid(one, observed, timeline),
    ...(sure ? neverPrinted(one, observed, timeline) : []),
  ].map(judge)
}

/** What is printed is read by the line. */
function firstLine(field: Field): Field {
  const { predicted } = field
  return predicted.certainty === 'unknown' || typeof predicted.value !== 'string'
    ? field
    : { ...field, predicted: { ...predicted, value: predicted.value.split('\n')[0] } }
}

/** What the start script prints. */
function startSaid(one: Generated, { run }: Observed, { runtime }: Timeline): readonly Field[] {
  return (run?.said ?? []).map((line) => {
    const [name = '', ...text] = line.split('=')
    return {
      case: one.id,
      name: 'run.said',
      of: name,
      observed: text.join('='),
      predicted: printedBy(runtime?.commands ?? [], name) ?? { certainty: 'unknown', because: [] },
    }
  })
}

/** What the model says is certainly printed by a build that works, and was not. */
function neverPrinted(one: Generated, { build }: Observed, timeline: Timeline): readonly Field[] {
  if (!build.ok) return []
  return timeline.stages
    .filter(({ stage }) => timeline.needed.has(stage.index))
    .flatMap(({ steps }) => steps.flatMap(({ commands }) => commands))
    .flatMap((command) => {
      const name = command.reached === 'certain' ? markOf(command) : undefined
      return name === undefined || build.said?.[name] !== undefined
        ? []
        : [
            {
              case: one.id,
              name: 'said.at-all',
              of: name,
              observed: 'nothing',
              predicted: certain('something'),
            },
          ]
    })
}

function markOf({ argv }: CommandRun): string | undefined {
  return argv[0]?.text === 'echo' ? /^@@(\w+)=/.exec(argv[1]?.text ?? '')?.[1] : undefined
}
