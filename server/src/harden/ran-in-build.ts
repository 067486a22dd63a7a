import { isCertainlyRoot, nameOf, stepsOf } from '../image/index.ts'
import { copiedFiles } from './context-files.ts'
import type { Subject } from './subject.ts'

/** What of the application itself ran while the image was built. */

/** What only starts the program that comes after it. */
const runners = /^(?:poetry|pipenv|pdm|uv|bundle|npx|run|exec|env|\w+=.*)$/
const interpreter = /^(?:.*\/)?(?:python[\d.]*|node|ruby|php|bun|perl|Rscript|tsx|ts-node)$/
const migrationTools =
  /^(?:alembic|flask|rails|rake|django-admin|prisma|sequelize|sequelize-cli|knex|typeorm|aerich)$/
/** Words that tell that a command makes data: `manage.py migrate`, `node seed.js`, `python init_db.py`. */
const makesData =
  /migrat|seed|fixture|loaddata|createsuperuser|create[-_]?(?:db|database|tables|data)|init[-_]?(?:db|database|data)?\b|(?:db|database|data)[-_:](?:init|setup|seed|create|prepare|push|upgrade)|\bupgrade\b|populate/i

/** Names of scripts that a RUN executes, and the start does not: they have done their work. */
export function scriptsOfBuild(subject: Subject): ReadonlySet<string> {
  const { timeline, runtime } = subject
  const started = runtime.argv.join(' ')
  const scripts = packageScripts(subject)
  const names = timeline.stages
    .flatMap(({ steps }) => steps)
    .flatMap(({ commands }) => commands)
    .flatMap(({ argv }) => {
      const words = argv.map(({ text }) => text ?? '')
      const script = scriptOf(words)
      return script === undefined ? scriptsNamed(words, scripts) : [script]
    })
    .map(nameOf)
  return new Set(names.filter((name) => !started.includes(name)))
}

/** What the scripts of package.json start, by their name. */
function packageScripts(subject: Subject): ReadonlyMap<string, string> {
  const { context } = subject.analysis.options
  const found = new Map<string, string>()
  for (const file of copiedFiles(subject))
    if (/(?:^|\/)package\.json$/.test(file))
      for (const [name, command] of Object.entries(scriptsOf(context.read(file) ?? '')))
        if (typeof command === 'string') found.set(name, command)
  return found
}
function scriptsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const read: unknown = JSON.parse(text)
    const scripts = read !== null && typeof read === 'object' && 'scripts' in read ? read.scripts : undefined
    return scripts !== null && typeof scripts === 'object' ? { ...scripts } : {}
  } catch {
    return {}
  }
}

/** `build.js` of `npm run build`. */
function scriptsNamed(words: readonly string[], scripts: ReadonlyMap<string, string>): readonly string[] {
  const [program = '', ...rest] = words
  if (!/^(?:.*\/)?(?:npm|yarn|pnpm|bun)$/.test(program)) return []
  const command = scripts.get(rest.find((word) => word !== 'run' && !word.startsWith('-')) ?? '')
  return command === undefined
    ? []
    : command.split(/\s*(?:&&|;|\|\|)\s*/).flatMap((one) => scriptOf(one.split(/\s+/)) ?? [])
}

/** Root ran something that makes data of the application: what it left is root's, and no line of the file names it. */
export function dataWasMade({ analysis, stage }: Subject): boolean {
  const before = known.get(analysis)
  if (before !== undefined) return before
  const made = stepsOf(stage).some(
    ({ instruction, commands }) =>
      instruction.keyword === 'RUN' &&
      commands.some((command) => {
        if (!isCertainlyRoot(command.identity)) return false
        const words = programOf(command.argv.map(({ text }) => text ?? ''))
        const isOwn = scriptOf(words) !== undefined || migrationTools.test(words[0] ?? '')
        return isOwn && makesData.test(words.join(' '))
      }),
  )
  known.set(analysis, made)
  return made
}
const known = new WeakMap<Subject['analysis'], boolean>()

/** From the program on that runs in the end: `python manage.py migrate` of `poetry run python manage.py migrate`. */
function programOf(words: readonly string[]): readonly string[] {
  const at = words.findIndex((word) => !runners.test(word))
  return at < 0 ? [] : words.slice(at)
}

/** The file that an interpreter is given: `manage.py` of `python -u manage.py migrate`. */
function scriptOf(words: readonly string[]): string | undefined {
  const [program = '', ...rest] = programOf(words)
  if (!interpreter.test(program) || rest.includes('-m')) return undefined
  const script = rest.find((word) => !word.startsWith('-'))
  return script !== undefined && /^[\w./@-]+$/.test(script) ? script : undefined
}
