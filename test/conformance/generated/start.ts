import { user, workdir } from './instructions.ts'
import { fill, type Memory, oneIn } from './memory.ts'

/** How the image starts: the last lines of a Dockerfile. */

const startScripts = [
  ['set -e', 'echo "«mark»=$(id -u):$(id -g):$(id -G | tr \' \' ,)"', 'exec "$@"'],
  ['set -e', 'chown -R «user» «folder»', 'exec gosu «user» "$@"'],
  ['[ "$(id -u)" = 0 ] && exec setpriv --reuid=«user» --regid=«group» --init-groups "$0" "$@"', 'exec "$@"'],
  ['mkdir -p «new-folder»', 'exec su -s /bin/sh «user» -c \'echo "«mark»=$(id -u):$(id -g)"\''],
  ['touch «file» || echo "«mark»=no"', 'exec "$@"'],
]

export function end(memory: Memory, text: string[]): void {
  const { random } = memory
  if (!oneIn(memory, 4)) text.push(user(memory))
  if (oneIn(memory, 3)) text.push(workdir(memory))
  const sayWho = fill('echo "«mark»=$(id -u):$(id -g):$(id -G | tr \' \' ,) home=$HOME cwd=$(pwd)"', memory)
  switch (random.below(7)) {
    case 0:
    case 1:
      text.push(
        `COPY --chmod=${random.pick(['0755', '0755', '0555', '0644', '0700'])} <<"EOF" /entry.sh\n#!/bin/sh\n${random
          .pick(startScripts)
          .map((line) => fill(line, memory))
          .join('\n')}\nEOF`,
      )
      text.push('ENTRYPOINT ["/entry.sh"]', `CMD ["sh", "-c", ${JSON.stringify(sayWho)}]`)
      break
    case 2:
      if (!memory.context.includes('entry.sh')) return
      text.push(
        fill(
          `COPY entry.sh ${memory.random.pick(['/entry.sh', '«folder»/entry.sh', '/usr/local/bin/'])}`,
          memory,
        ),
      )
      text.push(
        `ENTRYPOINT ["${/ (\S*entry\.sh)$/.exec(text.at(-1)!)?.[1]?.replace(/^entry\.sh$/, '/entry.sh') ?? '/usr/local/bin/entry.sh'}"]`,
        `CMD ["sh", "-c", ${JSON.stringify(sayWho)}]`,
      )
      break
    case 3:
      text.push(`CMD ${sayWho}`)
      break
    case 4:
      text.push(
        fill(
          random.pick([
            'CMD ["«file»"]',
            'ENTRYPOINT ["sh", "«file»"]',
            'CMD ["nothing-here"]',
            'ENTRYPOINT ["«folder»"]',
          ]),
          memory,
        ),
      )
      break
    default:
      text.push(`ENTRYPOINT ["sh", "-c", ${JSON.stringify(sayWho)}]`)
  }
}
