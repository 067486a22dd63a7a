import assert from 'node:assert/strict'
import {
  type BaseImageFacts,
  catalogue,
  combine,
  osAccounts,
  scratchFacts,
} from '../../../server/src/base-images/index.ts'
import { processorTime } from '../../processor-time.ts'

const images = catalogue()
function facts(reference: string, platform?: string): BaseImageFacts {
  const found = images.resolve(reference, platform)
  assert.ok(found, reference)
  return found
}
const account = (of: BaseImageFacts, name: string) => of.accounts.find((entry) => entry.name === name)
const who = ({ user }: BaseImageFacts) => [user.user, user.name, user.uid, user.gid]

describe('facts of a base image', () => {
  it('say who runs', () => {
    assert.deepEqual(who(facts('python:3.13-slim')), ['', 'root', 0, 0])
    assert.deepEqual(who(facts('gcr.io/distroless/static:nonroot')), ['65532', 'nonroot', 65532, 65532])
    assert.deepEqual(who(facts('mcr.microsoft.com/dotnet/aspnet:9.0-noble-chiseled')), [
      '1654',
      'app',
      1654,
      1654,
    ])
    assert.deepEqual(who(facts('elasticsearch:9.0.0')).slice(0, 3), ['1000:0', 'elasticsearch', 1000])
    assert.deepEqual(who(facts('bitnami/redis')), ['1001', null, 1001, 0])
    assert.deepEqual(facts('redis').stepsDown, { by: 'setpriv', to: 'redis' })
    assert.equal(facts('nginx').mustStartAsRoot, true)
  })

  it('have the system that the name tells, where the catalogue knows only its default', () => {
    const systems = (...references: string[]) => references.map((reference) => facts(reference).os)
    assert.deepEqual(
      systems(
        'openjdk:8-jdk-alpine',
        'azul/zulu-openjdk-alpine:11',
        'tomcat:9-jre8-alpine',
        'openjdk:8',
        'openjdk:17',
      ),
      ['alpine', 'alpine', 'alpine', 'debian', 'oraclelinux'],
    )
    assert.equal(facts('tomcat:9-jre8-alpine').tools.adduser, 'busybox')
    assert.equal(facts('mcr.microsoft.com/dotnet/aspnet:8.0-jammy-chiseled').os, 'distroless')
  })

  it('are those of the image, not of its neighbours', () => {
    assert.deepEqual(who(facts('quay.io/prometheus/busybox')), ['', 'root', 0, 0])
    assert.deepEqual(who(facts('quay.io/sclorg/s2i-base-c9s')), ['', 'root', 0, 0])
    assert.equal(facts('quay.io/sclorg/nginx-120-c9s').user.name, 'default')
    assert.deepEqual(who(facts('goharbor/photon:4.0')), ['', 'root', 0, 0])
    assert.deepEqual([who(facts('logstash:5'))[1], facts('logstash:5').stepsDown?.to], ['root', 'logstash'])
    assert.equal(who(facts('logstash:8.1'))[1], 'logstash')
  })

  it('name the accounts that are there already', () => {
    assert.deepEqual(
      [account(facts('node:22'), 'node')?.uid, account(facts('node:22-alpine'), 'node')?.gid],
      [1000, 1000],
    )
    assert.equal(account(facts('ubuntu:24.04'), 'ubuntu')?.uid, 1000)
    assert.equal(account(facts('ubuntu:22.04'), 'ubuntu'), undefined)
    assert.equal(account(facts('gradle:jdk21-noble'), 'ubuntu'), undefined)
    assert.equal(account(facts('gradle:jdk21-noble'), 'gradle')?.uid, 1000)
    assert.equal(facts('mcr.microsoft.com/dotnet/aspnet:9.0').env.get('APP_UID'), '1654')
    assert.deepEqual(
      [account(facts('php:8.4-fpm'), 'www-data')?.uid, account(facts('php:8.4-fpm-alpine'), 'www-data')?.uid],
      [33, 82],
    )
  })

  it('take the folder that is called like an account for its home', () => {
    assert.equal(account(facts('node:22'), 'node')?.home, '/home/node')
    assert.equal(account(facts('node:22-alpine'), 'node')?.home, '/home/node')
    assert.equal(account(facts('oven/bun:1'), 'bun')?.home, '/home/bun')
  })

  it('have root’s groups of Alpine', () => {
    // container-facts/user-none-busybox
    const groups = facts('alpine:3.22').groups.filter(({ members }) => members.includes('root'))
    assert.deepEqual(
      groups.map(({ gid }) => gid),
      [0, 1, 2, 3, 4, 6, 10, 11, 20, 26, 27],
    )
    assert.deepEqual(
      facts('debian:12').groups.filter(({ members }) => members.includes('root')),
      [],
    )
  })

  it('say whether these are all', () => {
    const complete = [
      'debian:12',
      'alpine:3.22',
      'ubuntu:24.04',
      'python:3.13',
      'node:22-slim',
      'gcr.io/distroless/base',
      'scratch',
    ]
    assert.deepEqual(
      complete.filter((reference) => !facts(reference).accountsComplete),
      [],
    )
    const incomplete = [
      'postgres:17',
      'registry.access.redhat.com/ubi9',
      'fedora',
      'jenkins/jenkins',
      'busybox',
    ]
    assert.deepEqual(
      incomplete.filter((reference) => facts(reference).accountsComplete),
      [],
    )
  })

  it('have the version that the tag names', () => {
    for (const [reference, version] of [
      ['debian:12.5-slim', '12'],
      ['debian:bullseye-slim', '11'],
      ['debian:stable', '13'],
      ['ubuntu:22.04', '22.04'],
      ['ubuntu:noble-20250101', '24.04'],
      ['alpine:3.19', '3.19'],
      ['python:3.12-bookworm', '12'],
      ['python:3.12-alpine3.20', '3.20'],
      ['node:16-bullseye-slim', '11'],
      ['eclipse-temurin:21-jre-jammy', '22.04'],
      // Built when another Debian was the current one: nobody knows.
      ['python:3.8', null],
      ['node:14', null],
    ] as const)
      assert.equal(facts(reference).osVersion, version, reference)
  })

  it('do not say of an old tag what holds for the current one', () => {
    const old = facts('python:3.11.4-slim')
    assert.equal(old.tools.adduser, null)
    assert.equal(old.tools.useradd, true)
    // In some releases 42, in others 100.
    assert.equal(account(old, '_apt')?.uid, null)
    assert.equal(account(old, 'www-data')?.uid, 33)
    assert.equal(facts('elasticsearch:7.1').certainty, 'likely')
    assert.equal(facts(`elasticsearch@sha256:${'a'.repeat(64)}`).certainty, 'likely')
    assert.equal(facts('python:3.8').certainty, 'certain')
  })

  it('hold for mirrors too', () => {
    for (const mirror of ['public.ecr.aws/docker/library/node', 'mirror.gcr.io/library/node', 'arm64v8/node'])
      assert.equal(account(facts(`${mirror}:22`), 'node')?.uid, 1000, mirror)
    assert.equal(
      facts('redhat/ubi9-minimal').tools.useradd,
      facts('registry.access.redhat.com/ubi9/ubi-minimal').tools.useradd,
    )
  })

  it('know Windows by tag and by platform', () => {
    assert.deepEqual(
      [facts('golang:1.26-nanoserver').os, facts('golang:1.26-nanoserver').user.name],
      ['windows', 'ContainerUser'],
    )
    assert.equal(facts('golang', 'windows/amd64').user.name, 'ContainerAdministrator')
    assert.equal(images.resolve('debian:12', 'windows/amd64'), undefined)
    assert.equal(facts('golang', 'linux/arm64').os, 'debian')
  })

  it('name the non-root variant as a reference only where it can take the place', () => {
    for (const [reference, variant] of [
      ['gcr.io/distroless/static', 'gcr.io/distroless/static:nonroot'],
      ['gcr.io/distroless/static:latest', 'gcr.io/distroless/static:nonroot'],
      ['gcr.io/distroless/base-debian12:debug', 'gcr.io/distroless/base-debian12:debug-nonroot'],
      ['gcr.io/distroless/cc-debian12:latest-arm64', 'gcr.io/distroless/cc-debian12:nonroot-arm64'],
      ['nginx', 'nginxinc/nginx-unprivileged'],
      ['nginx:1.27', 'nginxinc/nginx-unprivileged:1.27'],
      ['nginx:1.13-alpine', undefined],
      ['nginx:alpine', 'nginxinc/nginx-unprivileged:alpine'],
      ['mcr.microsoft.com/dotnet/aspnet:9.0', null],
      ['gitea/gitea:1.22', null],
    ] as const)
      assert.equal(facts(reference).nonRootVariant?.reference, variant, reference)
    assert.match(
      facts('mcr.microsoft.com/dotnet/aspnet:9.0').nonRootVariant?.text ?? '',
      /aspnet:9\.0-noble-chiseled/,
    )
    assert.equal(facts('gitea/gitea:1.22').nonRootVariant?.text, 'gitea/gitea:1.22-rootless')
    for (const none of ['python', 'gcr.io/distroless/static:nonroot', 'mcr.microsoft.com/dotnet/sdk:9.0'])
      assert.equal(facts(none).nonRootVariant, null, none)
  })

  it('have no placeholder left in any variant', () => {
    for (const reference of [
      'moby/buildkit',
      'qdrant/qdrant:v1.9.0',
      'docker:28',
      'mcr.microsoft.com/dotnet/nightly/runtime:10.0',
    ])
      assert.doesNotMatch(facts(reference).nonRootVariant?.text ?? '', /<image>|<same tag>/, reference)
  })

  it('know the config of popular images', () => {
    const [node, go, php] = [facts('node:22'), facts('golang:1.26'), facts('php:8.4-apache')]
    assert.deepEqual([node.entrypoint, node.cmd, node.workdir], [['docker-entrypoint.sh'], ['node'], '/'])
    assert.deepEqual([go.workdir, go.env.get('GOPATH'), go.paths.get('/go')?.mode], ['/go', '/go', 0o1777])
    assert.deepEqual(
      [php.workdir, php.paths.get('/var/www/html')],
      ['/var/www/html', { kind: 'directory', uid: 33, gid: 33, mode: 0o1777 }],
    )
    assert.deepEqual(facts('node:22-alpine').paths.get('/home/node'), {
      kind: 'directory',
      uid: 1000,
      gid: 1000,
      mode: 0o2755,
    })
    assert.equal(facts('kong').entrypoint, null)
  })

  it('are those of scratch for scratch', () => {
    assert.deepEqual(facts('scratch'), scratchFacts())
    assert.deepEqual(scratchFacts().accounts, [])
    assert.equal(scratchFacts().accountFiles, 'missing')
    assert.equal(scratchFacts().paths.get('/')?.complete, true)
  })

  it('are not made up', () => {
    for (const reference of ['ghcr.io/somebody/something', 'not a reference', '', '$BASE', 'corp/python:3'])
      assert.equal(images.resolve(reference, undefined), undefined, reference)
  })

  it('come from the first source that has them', () => {
    const named = (name: string) => ({
      resolve: (reference: string) =>
        reference === name ? { ...scratchFacts(), reference: name } : undefined,
    })
    const both = combine(named('a'), named('b'), images)
    assert.equal(both.resolve('b', undefined)?.reference, 'b')
    assert.equal(both.resolve('python', undefined)?.os, 'debian')
    assert.equal(both.resolve('c/c', undefined), undefined)
  })

  it('have no programs where there is no shell', () => {
    for (const reference of ['cgr.dev/chainguard/static', 'gcr.io/distroless/static'])
      assert.equal(facts(reference).tools.programs.get('chown'), undefined, reference)
    assert.equal(facts('cgr.dev/chainguard/wolfi-base').tools.programs.get('chown'), true)
  })

  it('are found fast', () => {
    const took = processorTime(() => {
      for (let round = 0; round < 10_000; round++) images.resolve(`python:3.${round}-slim`, undefined)
    })
    assert.ok(took < 3000, `${took} ms for 10000 different tags`)
  })
})

describe('accounts of a system', () => {
  it('are those of the version', () => {
    const uid = (os: string, version: string | null, name: string) =>
      osAccounts(os, version).accounts.find((entry) => entry.name === name)?.uid
    assert.deepEqual(
      [uid('debian', '11', '_apt'), uid('debian', '12', '_apt'), uid('debian', '12', 'gnats')],
      [100, 42, undefined],
    )
    assert.equal(uid('debian', '11', 'gnats'), 41)
    assert.deepEqual([uid('alpine', '3.18', 'squid'), uid('alpine', '3.22', 'squid')], [31, undefined])
    assert.deepEqual(
      [uid('centos', '7', 'nobody'), uid('rhel', '9', 'nobody'), uid('almalinux', '10', 'nobody')],
      [99, 65534, 65534],
    )
  })

  it('are those of any version where it is not known, without numbers that differ', () => {
    const { accounts, complete } = osAccounts('alpine', null)
    assert.equal(complete, true)
    assert.equal(accounts.find(({ name }) => name === 'guest')?.uid, 405)
    assert.equal(accounts.find(({ name }) => name === 'squid')?.uid, null)
  })

  it('are root alone where the system is not known', () => {
    const { accounts, complete } = osAccounts('haiku', null)
    assert.deepEqual([accounts.map(({ name }) => name), complete], [['root'], false])
  })
})
