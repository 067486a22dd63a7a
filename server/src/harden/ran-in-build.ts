import { isCertainlyRoot, stepsOf } from '../image/index.ts'
import type { CommandRun } from '../image/types.ts'
import type { Subject } from './subject.ts'

/** What of the application itself ran while the image was built. */

const interpreter = /^(?:.*\/)?(?:python[\d.]*|node|ruby|php|bun|perl|Rscript|tsx|ts-node)$/
const migrationTools =
  /^(?:alembic|flask|rails|rake|django-admin|prisma|sequelize|sequelize-cli|knex|typeorm|aerich)$/
/** Words that tell that a command makes data: `manage.py migrate`, `node seed.js`, `python init_db.py`. */
const makesData =
  /migrat|seed|fixture|loaddata|createsuperuser|create[-_]?(?:db|database|tables|data)|init[-_]?(?:db|database|data)?\b|(?:db|database|data)[-_:](?:init|setup|seed|create|prepare|push|upgrade)|\bupgrade\b|populate/i

/** Names of scripts that a RUN executes, and the start does not: they have done their work. */
export function scriptsOfBuild({ timeline, runtime }: Subject): ReadonlySet<string> {
  const started = runtime.argv.join(' ')
  const names = timeline.stages
    .flatMap(({ steps }) => steps)
    .flatMap(({ commands }) => commands.flatMap((command) => scriptOf(command) ?? []))
    .map((script) => script.slice(script.lastIndexOf('/') + 1))
  return new Set(names.filter((name) => !started.includes(name)))
}

/** Root ran something that makes data of the application: what it left is root's, and no line of the file names it. */
export function dataWasMade({ stage }: Subject): boolean {
  return stepsOf(stage).some(
    ({ instruction, commands }) =>
      instruction.keyword === 'RUN' &&
      commands.some((command) => {
        if (!isCertainlyRoot(command.identity)) return false
        const words = command.argv.map(({ text }) => text ?? '')
        const isOwn = scriptOf(command) !== undefined || words.some((word) => migrationTools.test(word))
        return isOwn && makesData.test(words.join(' '))
      }),
  )
}

/** The file that an interpreter is given: `manage.py` of `poetry run python manage.py migrate`. */
function scriptOf({ argv }: CommandRun): string | undefined {
  const words = argv.map(({ text }) => text ?? '')
  const at = words.findIndex((word) => interpreter.test(word))
  if (at < 0) return undefined
  const script = words.slice(at + 1).find((word) => !word.startsWith('-'))
  return script !== undefined && /^[\w./@-]+$/.test(script) && !words.slice(at + 1).includes('-m')
    ? script
    : undefined
}
