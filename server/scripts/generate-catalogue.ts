/**
 * Makes server/src/base-images/data/*.json out of the research on base images.
 *
 *   npx tsx server/scripts/generate-catalogue.ts [research folder [output folder]]
 *
 * Defaults: ../shared/research/base-images and server/src/base-images/data.
 *
 * The research repeats the same record for hundreds of rules; here each record is written once and rules name it by
 * number. Sources go to sources.json, which is for people and not part of any bundle.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

interface ResearchRule {
  match: { repo: string; tag: string | null }
  aliasOf?: string
  os: string
  osVersion: string | null
  user: { name: string | null; uid: number | null; gid: number | null }
  explicitUser: boolean
  users: { name: string; uid: number | null; gid: number | null; home: string | null }[]
  dropsPrivilegesInEntrypoint: string | null
  mustStartAsRoot: boolean
  tools: Record<string, string | boolean | null>
  ports: string[]
  nonRootVariant: string | null
  source: string
  confidence: 'verified' | 'documented' | 'assumed'
}
interface ResearchAccounts {
  os: string
  version: string | null
  passwd: [string, number | null, number | null, string | null, string | null][]
  group: [string, number][]
  source: string
  confidence: string
}
interface ResearchStanza {
  image: string
  tags: string[]
  shared?: string[]
  /** As USER is written. */
  user: string
}

const project = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')
const research = path.resolve(process.argv[2] ?? path.join(project, '../shared/research/base-images'))
const target = path.resolve(process.argv[3] ?? path.join(project, 'server/src/base-images/data'))

function read<T>(name: string): T {
  return JSON.parse(readFileSync(path.join(research, name), 'utf8')) as T
}

/** Values written once, in order of first use. */
function table<T>(): { values: T[]; indexOf(value: T): number } {
  const values: T[] = []
  const seen = new Map<string, number>()
  return {
    values,
    indexOf(value) {
      const key = JSON.stringify(value)
      const known = seen.get(key)
      if (known !== undefined) return known
      seen.set(key, values.length)
      return values.push(value) - 1
    },
  }
}

/** One array element a line: small diffs when the research changes. */
function write(name: string, content: Record<string, readonly unknown[] | Record<string, unknown>>): void {
  const parts = Object.entries(content).map(([key, value]) => {
    const lines = Array.isArray(value)
      ? value.map((entry) => JSON.stringify(entry))
      : Object.entries(value).map(([k, v]) => `${JSON.stringify(k)}:${JSON.stringify(v)}`)
    const [open, close] = Array.isArray(value) ? '[]' : '{}'
    return `${JSON.stringify(key)}:${open}\n${lines.join(',\n')}\n${close}`
  })
  writeFileSync(path.join(target, name), `{${parts.join(',\n')}}\n`)
}

/** Version numbers at the start of the tags that the official list still builds: `3.13.9`, `3.13`, `3`; others are frozen. */
function liveVersions(stanzas: readonly ResearchStanza[]): Record<string, string> {
  const versions = new Map<string, Set<string>>()
  for (const { image, tags, shared } of stanzas)
    for (const tag of [...tags, ...(shared ?? [])]) {
      const number = /^v?(\d+(?:\.\d+)*)/.exec(tag)?.[1]
      const of = versions.get(image) ?? new Set()
      versions.set(image, of)
      if (number !== undefined) of.add(number)
    }
  return Object.fromEntries(
    [...versions]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([image, of]) => [
        image,
        [...of].sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).join(' '),
      ]),
  )
}

/** How USER is written, for rules whose tags all write it the same way: `1000:0`, `solr`. */
function writtenUsers(
  all: readonly ResearchRule[],
  stanzas: readonly ResearchStanza[],
): Map<ResearchRule, string> {
  const written = new Map<ResearchRule, Set<string>>()
  for (const { image, tags, user } of stanzas)
    for (const tag of tags) {
      const rule = all.find(
        ({ match }) =>
          match.repo === `docker.io/library/${image}` &&
          (match.tag === null || new RegExp(match.tag).test(tag)),
      )
      if (rule) written.set(rule, (written.get(rule) ?? new Set()).add(user))
    }
  return new Map(
    [...written].flatMap(([rule, users]) => (users.size === 1 ? [[rule, [...users][0] as string]] : [])),
  )
}

/** The same for images that are not in the official list, from their Dockerfiles. */
const writtenElsewhere: readonly [repository: RegExp, uid: number, written: string][] = [
  [/^gcr\.io\/distroless\//, 0, '0'], // common/variables.bzl, static/static.bzl
  [/^gcr\.io\/distroless\//, 65532, '65532'],
  [/^mcr\.microsoft\.com\/dotnet\//, 1654, '1654'], // USER $APP_UID
  [/^cgr\.dev\/chainguard/, 65532, '65532'], // apko: accounts.run-as
  [/^docker\.io\/grafana\/grafana/, 472, '472'], // USER "$GF_UID"
  [/^docker\.io\/nginxinc\/nginx-unprivileged$/, 101, '101'], // USER $UID
]

/**
 * The research read the slim Dockerfile for all of rust. The others are `FROM buildpack-deps`
 * (rust-lang/docker-rust, Dockerfile-debian.template), which brings adduser back on trixie.
 */
function corrected(rule: ResearchRule): ResearchRule {
  const buildpackDeps =
    rule.match.repo === 'docker.io/library/rust' && (rule.match.tag === null || rule.match.tag === 'trixie')
  return buildpackDeps ? { ...rule, tools: { ...rule.tools, adduser: 'debian' } } : rule
}

/**
 * What a pattern of the research gets wrong for one repository, or today's default for yesterday's tags. They stand
 * before the research's own rules; each is the rule `like` with what differs.
 */
const exceptions: readonly {
  repo: string
  tag: string | null
  like: { repo: string; tag: string | null }
  differs: Partial<ResearchRule>
}[] = [
  {
    repo: 'docker.io/library/openjdk',
    tag: '^(?:7|8|9|10|11)(?:[.u-]|$)',
    like: {
      repo: 'docker.io/library/openjdk',
      tag: '^(?=.*(?:slim))(?=.*(?:bullseye|buster|stretch|jessie))',
    },
    differs: {
      confidence: 'assumed',
      source: 'docker-library/openjdk (retired): Debian was the default below 12',
    },
  },
  ...['logstash', 'elasticsearch', 'kibana'].map((name) => ({
    repo: `docker.io/library/${name}`,
    tag: '^[1-5](?:[.-]|$)',
    like: {
      repo: 'docker.io/library/debian',
      tag: '^(?:[1-9]|1[0-2])(?:[.-]|$)|bookworm|bullseye|buster|stretch|jessie|wheezy|oldstable|oldoldstable',
    },
    differs: {
      users: [{ name, uid: null, gid: null, home: null }],
      dropsPrivilegesInEntrypoint: 'gosu',
      confidence: 'assumed' as const,
      source: `docker-library/${name} (retired): its entrypoint ran gosu, before Elastic's own image took the name with 6`,
    },
  })),
  {
    repo: 'quay.io/prometheus/busybox',
    tag: null,
    like: { repo: 'docker.io/library/busybox', tag: null },
    differs: { source: 'prometheus/busybox: no USER; the images built upon it set nobody' },
  },
  ...['quay.io/sclorg/s2i-core-*', 'quay.io/sclorg/s2i-base-*'].map((repo) => ({
    repo,
    tag: null,
    like: { repo: 'quay.io/sclorg/*', tag: null },
    differs: {
      user: { name: 'root', uid: 0, gid: 0 },
      explicitUser: false,
      source:
        'sclorg/s2i-base-container: core and base make the account default (1001:0), what is built upon them says USER 1001',
    },
  })),
  {
    repo: 'docker.io/goharbor/photon',
    tag: null,
    like: { repo: 'docker.io/library/photon', tag: null },
    differs: { source: 'goharbor/harbor: a copy of photon' },
  },
]
function excepted(all: readonly ResearchRule[]): ResearchRule[] {
  return exceptions.map(({ repo, tag, like, differs }) => {
    const model = all.find(({ match }) => match.repo === like.repo && match.tag === like.tag)
    if (!model) throw new Error(`No rule for ${like.repo} with the tag ${like.tag}`)
    return { ...model, ...differs, match: { repo, tag } }
  })
}

/** A bare number gets group 0 by itself. */
function spec(uid: number | null, gid: number | null): string {
  return gid ? `${uid}:${gid}` : String(uid)
}

const confidence = ['verified', 'documented', 'assumed']
const tools = table<unknown>()
const users = table<unknown>()
const records = table<unknown>()
const repositories = table<string>()
const sources = table<string>()
const rules: (readonly [repository: number, tag: string | null, record: number])[] = []
const aliases: unknown[] = []
const origins: (readonly [repository: string, tag: string | null, source: number])[] = []
const researched = read<ResearchRule[]>('base-images.json').map(corrected)
const stanzas = read<ResearchStanza[]>('official-resolved.json')
const written = writtenUsers(researched, stanzas)
const exceptional = excepted(researched)
for (const rule of [...researched, ...exceptional]) {
  const { repo, tag } = rule.match
  origins.push([repo, tag, sources.indexOf(rule.source)])
  if (rule.aliasOf !== undefined) {
    aliases.push([repo, rule.aliasOf])
    continue
  }
  const { name, uid, gid } = rule.user
  const user =
    written.get(rule) ??
    writtenElsewhere.find(([of, id]) => of.test(repo) && id === uid)?.[2] ??
    name ??
    spec(uid, gid)
  const record = [
    rule.os,
    rule.osVersion,
    [name, uid, gid, rule.explicitUser ? user : 0],
    rule.users.map((user) => users.indexOf([user.name, user.uid, user.gid, user.home])),
    rule.dropsPrivilegesInEntrypoint,
    rule.mustStartAsRoot ? 1 : 0,
    tools.indexOf([
      rule.tools.useradd,
      rule.tools.adduser,
      rule.tools.shell,
      rule.tools.gosu,
      rule.tools['su-exec'],
      rule.tools.setpriv,
    ]),
    rule.ports,
    rule.nonRootVariant,
    confidence.indexOf(rule.confidence),
  ]
  rules.push([repositories.indexOf(repo), tag, records.indexOf(record)])
}
/** What was written last stands first. */
function exceptionsFirst<T>(all: readonly T[]): readonly T[] {
  const last = all.length - exceptional.length
  return [...all.slice(last), ...all.slice(0, last)]
}
write('catalogue.json', {
  repositories: repositories.values,
  tools: tools.values,
  users: users.values,
  records: records.values,
  rules: exceptionsFirst(rules),
  aliases,
  live: liveVersions(stanzas),
})
write('sources.json', { sources: sources.values, rules: exceptionsFirst(origins) })
write('os-accounts.json', {
  systems: read<ResearchAccounts[]>('os-users.json').map((entry) => ({
    os: entry.os,
    version: entry.version,
    confidence: entry.confidence,
    passwd: entry.passwd.map((line) => line.map((field) => field ?? '').join(':')),
    group: entry.group.map((line) => line.join(':')),
  })),
})
