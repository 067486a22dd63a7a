import { withoutAlias } from './catalogue-data.ts'
import { parseReference } from './reference.ts'

/**
 * The programs of CMD for which the entrypoint of an image steps down; anything else it starts as root, `sh -c` of a CMD in
 * shell form among it (docker-library/<name>, docker-entrypoint.sh: `if [ "$1" = 'redis-server' -a "$(id -u)" = '0' ]`).
 */
const startedFor: readonly (readonly [repository: RegExp, program: RegExp])[] = [
  [/^docker\.io\/(?:library\/redis|valkey\/valkey)$/, /^(?:(?:.*\/)?(?:redis|valkey)-server|-.*|.*\.conf)$/],
  [
    /^docker\.io\/(?:library\/postgres|postgis\/postgis|pgvector\/pgvector|timescale\/timescaledb)$/,
    /^(?:postgres|-.*)$/,
  ],
  [/^docker\.io\/library\/(?:mysql|mariadb)$/, /^(?:mysqld|mariadbd|-.*)$/],
  [/^docker\.io\/library\/mongo$/, /^(?:mongo.*|-.*)$/],
  [/^docker\.io\/library\/rabbitmq$/, /^rabbitmq/],
  [/^docker\.io\/library\/cassandra$/, /^(?:cassandra|-.*)$/],
  [/^docker\.io\/library\/zookeeper$/, /^zkServer\.sh$/],
]

/** Whether the entrypoint of an image steps down for a CMD that begins with `program`; undefined where nobody looked. */
export function stepsDownFor(reference: string, program: string): boolean | undefined {
  const repository = withoutAlias(parseReference(reference)?.repository ?? '')
  return startedFor.find(([of]) => of.test(repository))?.[1].test(program)
}
