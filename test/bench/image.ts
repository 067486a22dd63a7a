import { defaultNewUser } from '../../server/src/analysis/index.ts'
import { catalogue } from '../../server/src/base-images/index.ts'
import { emptyBuildContext } from '../../server/src/build-context/index.ts'
import { parseDockerfile } from '../../server/src/dockerfile/index.ts'
import { evaluate } from '../../server/src/image/index.ts'
import { allRules } from '../../server/src/rules/index.ts'
import { type Growth, growthOf } from './growth.ts'

/** Speed of the image model: growth of time with size, and a file as people write it. */
export interface ImageBench {
  readonly shapes: readonly ImageShape[]
  /** Parsing and evaluating a file of 200 lines, warm. */
  readonly ordinaryMilliseconds: number
  /** All rules over it. */
  readonly rulesMilliseconds: number
}
export interface ImageShape extends Growth {
  readonly name: string
  readonly size: number
}

const lines = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index)).join('\n')
const words = (count: number, word: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => word(index)).join(' ')

/** Files that grow in one respect. */
export const imageShapes: readonly { readonly name: string; readonly make: (size: number) => string; readonly largest: number }[] = [
  { name: 'RUN instructions', make: (size) => `FROM debian:12\n${lines(size, (index) => `RUN mkdir -p /app/d${index} && touch /app/d${index}/f`)}`, largest: 10_000 },
  { name: 'unknown programs', make: (size) => `FROM debian:12\nWORKDIR /app\n${lines(size, (index) => `RUN mkdir d${index} && frobnicate --to /opt/x${index}`)}`, largest: 10_000 },
  { name: 'COPY and ENV', make: (size) => `FROM debian:12\n${lines(size, (index) => (index % 2 ? `ENV V${index}=$V${index - 2}` : `COPY a${index}.txt /app/`))}`, largest: 10_000 },
  { name: 'RUN and ENV', make: (size) => `FROM debian:12\n${lines(size, (index) => (index % 2 ? `ENV V${index}=1` : 'RUN true'))}`, largest: 10_000 },
  { name: 'stages', make: (size) => lines(size, (index) => `FROM debian:12 AS s${index}\nRUN touch /f${index}`), largest: 10_000 },
  { name: 'chain of stages', make: (size) => `FROM debian:12 AS s0\n${lines(size, (index) => `FROM s${index} AS s${index + 1}\nRUN touch /f${index}`)}`, largest: 10_000 },
  { name: 'stages that copy', make: (size) => `FROM debian:12 AS s0\n${lines(size, (index) => `FROM debian:12 AS s${index + 1}\nCOPY --from=s${index} /app /app\nRUN mkdir -p /app/${index}`)}`, largest: 5_000 },
  { name: 'paths in one command', make: (size) => `FROM debian:12\nRUN mkdir /d && touch ${words(size, (index) => `/d/f${index}`)}`, largest: 100_000 },
  { name: 'paths, then chown -R', make: (size) => `FROM debian:12\nRUN mkdir /d && touch ${words(size, (index) => `/d/f${index}`)}\nRUN chown -R 1000 /d && chmod -R g=u /d`, largest: 100_000 },
  { name: 'deep path', make: (size) => `FROM debian:12\nRUN mkdir -p /${'d/'.repeat(size)}`, largest: 2_000 },
  { name: 'useradd', make: (size) => `FROM debian:12\nRUN ${lines(size, (index) => `useradd u${index} && \\`)}\n  true`, largest: 10_000 },
  { name: 'useradd, one a step', make: (size) => `FROM debian:12\n${lines(size, (index) => `RUN useradd -u ${index + 2000} u${index}`)}`, largest: 10_000 },
  { name: 'USER', make: (size) => `FROM debian:12\n${lines(size, (index) => `USER ${index}`)}`, largest: 10_000 },
  { name: 'commands in one step', make: (size) => `FROM debian:12\nRUN ${lines(size, (index) => `echo ${index} && \\`)}\n  true`, largest: 10_000 },
  { name: 'branches', make: (size) => `FROM debian:12\nRUN ${lines(size, (index) => `if [ -f /x${index} ]; then touch /y${index}; fi; \\`)}\n  true`, largest: 5_000 },
  { name: 'unknown branches', make: (size) => `FROM debian:12\nARG X\nRUN ${lines(size, (index) => `if [ "$X" = ${index} ]; then touch /y${index}; fi; \\`)}\n  true`, largest: 5_000 },
  { name: 'unknown branches that set', make: (size) => `FROM debian:12\nARG X\nRUN ${lines(size, (index) => `if [ "$X" = ${index} ]; then V${index}=1; fi; \\`)}\n  true`, largest: 5_000 },
  { name: 'deep WORKDIR', make: (size) => `FROM debian:12\nWORKDIR /${'d/'.repeat(size)}`, largest: 2_000 },
  { name: 'VOLUME and EXPOSE', make: (size) => `FROM debian:12\n${lines(size, (index) => (index % 2 ? `VOLUME /v${index}` : `EXPOSE ${1000 + index}`))}`, largest: 10_000 },
] // biome-ignore format: one shape a line

const options = { context: emptyBuildContext, baseImages: catalogue() }

/** What the largest size is divided by. */
const parts = [16, 4, 1]

export function benchImage(): ImageBench {
  for (const { make } of imageShapes) evaluate(parseDockerfile(make(100)), options)
  return {
    shapes: imageShapes.map(({ name, make, largest }): ImageShape => {
      const jobs = parts.map((part) => {
        const dockerfile = parseDockerfile(make(Math.round(largest / part)))
        return { size: largest / part, run: () => evaluate(dockerfile, options), times: Math.ceil(part / 4) }
      })
      return { name, size: largest, ...growthOf(jobs, 3) }
    }),
    ...ordinary(),
  }
}

/** A file as people write it, when the engine of the language knows the code: the best of many runs. */
function ordinary(): Pick<ImageBench, 'ordinaryMilliseconds' | 'rulesMilliseconds'> {
  const text = ordinaryFile()
  let ordinaryMilliseconds = Number.POSITIVE_INFINITY
  let rulesMilliseconds = Number.POSITIVE_INFINITY
  const settings = { profile: 'docker', builder: 'buildkit', newUser: defaultNewUser } as const
  for (let run = 0; run < 300; run++) {
    const start = performance.now()
    const timeline = evaluate(parseDockerfile(text), options)
    const evaluated = performance.now()
    for (const rule of allRules) rule.check({ timeline, settings }, () => {})
    rulesMilliseconds = Math.min(rulesMilliseconds, performance.now() - evaluated)
    ordinaryMilliseconds = Math.min(ordinaryMilliseconds, evaluated - start)
  }
  return { ordinaryMilliseconds, rulesMilliseconds }
}

/** 200 lines of the kind that people write. */
export function ordinaryFile(): string {
  const block = [
    'FROM node:20-bookworm-slim AS build',
    'ARG VERSION=1.0',
    'WORKDIR /app',
    'COPY --chown=node:node package.json package-lock.json ./',
    'RUN --mount=type=cache,target=/root/.npm npm ci && npm cache clean --force',
    'RUN apt-get update \\',
    '    && apt-get install -y --no-install-recommends ca-certificates curl gosu \\',
    '    && rm -rf /var/lib/apt/lists/*',
    'RUN groupadd --gid 1500 app && useradd --uid 1500 --gid app --create-home app',
    'ENV NODE_ENV=production PORT=3000',
    '# what the server writes',
    'RUN mkdir -p /app/data /app/logs && chown -R app:app /app/data /app/logs',
    'COPY . .',
    'RUN npm run build',
    'EXPOSE 3000',
    'VOLUME /app/data',
    'HEALTHCHECK CMD curl -f http://localhost:3000/ || exit 1',
    'USER app',
    'ENTRYPOINT ["docker-entrypoint.sh"]',
    'CMD ["node", "server.js"]',
  ]
  return Array.from({ length: 10 }, () => block.join('\n')).join('\n')
}

export function printImage({ shapes, ordinaryMilliseconds, rulesMilliseconds }: ImageBench): string {
  return [
    `image model: a file of 200 lines ${ordinaryMilliseconds.toFixed(2)} ms, parsing included; all rules ${rulesMilliseconds.toFixed(2)} ms more`,
    ...shapes.map(
      ({ name, size, milliseconds, exponent }) =>
        `  ${name.padEnd(24)} ${String(size).padStart(7)}: ${milliseconds.toFixed(0).padStart(6)} ms, exponent ${exponent.toFixed(2)}`,
    ),
  ].join('\n')
}
