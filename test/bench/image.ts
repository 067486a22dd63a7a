import { catalogue } from '../../server/src/base-images/index.ts'
import { emptyBuildContext } from '../../server/src/build-context/index.ts'
import { parseDockerfile } from '../../server/src/dockerfile/index.ts'
import type { Dockerfile } from '../../server/src/dockerfile/types.ts'
import { evaluate } from '../../server/src/image/index.ts'

/** Speed of the image model: growth of time with size, and a file as people write it. */
export interface ImageBench {
  readonly shapes: readonly ImageShape[]
  /** Parsing and evaluating a file of 200 lines, warm. */
  readonly ordinaryMilliseconds: number
}
export interface ImageShape {
  readonly name: string
  readonly size: number
  readonly milliseconds: number
  /** Of time against size: 1 is linear. */
  readonly exponent: number
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
  { name: 'deep path', make: (size) => `FROM debian:12\nRUN mkdir -p /${'d/'.repeat(size)}`, largest: 1_000 },
  { name: 'useradd', make: (size) => `FROM debian:12\nRUN ${lines(size, (index) => `useradd u${index} && \\`)}\n  true`, largest: 10_000 },
  { name: 'useradd, one a step', make: (size) => `FROM debian:12\n${lines(size, (index) => `RUN useradd -u ${index + 2000} u${index}`)}`, largest: 10_000 },
  { name: 'USER', make: (size) => `FROM debian:12\n${lines(size, (index) => `USER ${index}`)}`, largest: 10_000 },
  { name: 'commands in one step', make: (size) => `FROM debian:12\nRUN ${lines(size, (index) => `echo ${index} && \\`)}\n  true`, largest: 10_000 },
  { name: 'branches', make: (size) => `FROM debian:12\nRUN ${lines(size, (index) => `if [ -f /x${index} ]; then touch /y${index}; fi; \\`)}\n  true`, largest: 5_000 },
  { name: 'unknown branches', make: (size) => `FROM debian:12\nARG X\nRUN ${lines(size, (index) => `if [ "$X" = ${index} ]; then touch /y${index}; fi; \\`)}\n  true`, largest: 5_000 },
  { name: 'VOLUME and EXPOSE', make: (size) => `FROM debian:12\n${lines(size, (index) => (index % 2 ? `VOLUME /v${index}` : `EXPOSE ${1000 + index}`))}`, largest: 10_000 },
] // biome-ignore format: one shape a line

const options = { context: emptyBuildContext, baseImages: catalogue() }

function timeOf(dockerfile: Dockerfile, runs: number): number {
  let best = Number.POSITIVE_INFINITY
  for (let run = 0; run < runs; run++) {
    const start = performance.now()
    evaluate(dockerfile, options)
    best = Math.min(best, performance.now() - start)
  }
  return best
}

export function benchImage(): ImageBench {
  const shapes = imageShapes.map(({ name, make, largest }): ImageShape => {
    const small = timeOf(parseDockerfile(make(largest / 4)), 3)
    const milliseconds = timeOf(parseDockerfile(make(largest)), 2)
    return { name, size: largest, milliseconds, exponent: Math.log(milliseconds / small) / Math.log(4) }
  })
  const text = ordinaryFile()
  let best = Number.POSITIVE_INFINITY
  for (let run = 0; run < 100; run++) {
    const start = performance.now()
    evaluate(parseDockerfile(text), options)
    best = Math.min(best, performance.now() - start)
  }
  return { shapes, ordinaryMilliseconds: best }
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

export function printImage({ shapes, ordinaryMilliseconds }: ImageBench): string {
  return [
    `image model: a file of 200 lines ${ordinaryMilliseconds.toFixed(2)} ms, parsing included`,
    ...shapes.map(
      ({ name, size, milliseconds, exponent }) =>
        `  ${name.padEnd(24)} ${String(size).padStart(7)}: ${milliseconds.toFixed(0).padStart(6)} ms, exponent ${exponent.toFixed(2)}`,
    ),
  ].join('\n')
}
