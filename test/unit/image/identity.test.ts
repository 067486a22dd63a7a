import assert from 'node:assert/strict'
import { accountsAfterAppend, accountsFromFiles } from '../../../server/src/image/accounts.ts'
import { resolveChown, resolveUser } from '../../../server/src/image/identity.ts'
import { certain, knownValue } from '../../../server/src/known.ts'
import { become, sh, who, worldOf } from './account-world.ts'
import { image } from './built-image.ts'

const prepared = () => {
  const world = worldOf()
  sh(world, 'groupadd -g 3000 extra && useradd -u 1500 -G extra app')
  return world
}
const as = (spec: string, world = prepared()) => who(become(world, spec))
const failureOf = (spec: string, world = prepared(), at: 'run' | 'start' = 'start') =>
  resolveUser(spec, world.state, world.origin, { at }).failure

describe('USER', () => {
  it('has groups and home no surer than its account', () => {
    const perhaps = 'FROM alpine:3.20\nRUN if curl example.org; then rm -f /etc/passwd; fi\n'
    const { state, stage } = image(`${perhaps}RUN echo $HOME $(id -G)`).timeline.runtime!
    assert.equal(state.identity.groups.certainty, 'possible')
    assert.equal(state.identity.home.certainty, 'possible')
    const echo = stage.steps.at(-1)?.commands.find(({ name }) => name === 'echo')
    assert.deepEqual(
      echo?.argv.slice(1).map((word) => word.text),
      [undefined, undefined],
    )
  })
  it('takes gid, groups and home of a name or of a uid that has an account', () => {
    assert.equal(as('app'), '1500:1500:1500,3000 /home/app')
    assert.equal(as('1500'), '1500:1500:1500,3000 /home/app')
    assert.equal(as('app:'), '1500:1500:1500,3000 /home/app')
  })
  it('has only the group that is given', () => {
    assert.equal(as('app:extra'), '1500:3000:3000 /home/app')
    assert.equal(as('app:9999'), '1500:9999:9999 /home/app')
    assert.equal(as(':extra'), '0:3000:3000 /root')
    assert.equal(as('1500:0'), '1500:0:0 /home/app')
  })
  it('gives an unknown number group 0 and HOME=/', () => {
    assert.equal(as('4321'), '4321:0:0 /')
    assert.equal(as('01500'), '1500:1500:1500,3000 /home/app')
  })
  it('reads a number with its sign, as the engine does', () => {
    for (const spec of ['+0', '-0', '+00', '+0:+0']) assert.match(as(spec), /^0:0:/, spec)
    assert.equal(as('+1500:+3000'), '1500:3000:3000 /home/app')
    assert.equal(failureOf('-1500')?.reason, 'other')
    assert.equal(failureOf('1500:-1')?.reason, 'other')
  })
  it('means root with its groups where nobody is named', () => {
    assert.equal(as('', worldOf('alpine')), '0:0:0,1 /root')
    assert.equal(as('0:0', worldOf('alpine')), '0:0:0 /root')
  })
  it('finds HOME by uid, and by ENV before that', () => {
    const world = prepared()
    sh(world, 'useradd -o -u 0 -g 0 -d /toor toor')
    assert.equal(as('toor', world), '0:0:0 /root')
    const state = { ...world.state, env: world.state.env.set('HOME', certain('/h')) }
    assert.equal(knownValue(resolveUser('app', state, world.origin).identity.home), '/h')
  })
  it('takes a number for a uid even where an account has it as its name', () => {
    const world = worldOf()
    world.state = {
      ...world.state,
      accounts: accountsAfterAppend(
        world.state.accounts,
        'passwd',
        '1234:x:55:66::/numname:/bin/sh\n',
        world.origin,
      ),
    }
    assert.equal(as('1234', world), '1234:0:0 /')
  })
  it('fails for a name, a group or a number that cannot be', () => {
    assert.equal(failureOf('ghost')?.reason, 'user-not-found')
    assert.equal(failureOf('App')?.reason, 'user-not-found')
    assert.equal(failureOf('app:ghosts')?.reason, 'group-not-found')
    assert.equal(failureOf('2147483648')?.reason, 'other')
    assert.equal(failureOf('2147483647'), undefined)
  })
  it('knows nobody without /etc/passwd, but 0', () => {
    const world = worldOf('scratch')
    assert.equal(failureOf('root', world)?.certainty, 'certain')
    assert.equal(failureOf('0', world), undefined)
    assert.equal(as('0', world), '0:0:0 /')
  })
  it('cannot RUN with BuildKit without both files, unless as uid:gid or nobody', () => {
    const world = worldOf('scratch')
    assert.ok(failureOf('0', world, 'run'))
    assert.ok(failureOf('1000', world, 'run'))
    assert.equal(failureOf('1000:1000', world, 'run'), undefined)
    assert.equal(failureOf('', world, 'run'), undefined)
    const accounts = accountsFromFiles(
      world.state.accounts,
      'app:x:1500:1501::/data:/bin/sh\n',
      undefined,
      world.origin,
    )
    const copied = { ...world.state, accounts }
    assert.ok(resolveUser('app', copied, world.origin, { at: 'run' }).failure)
    assert.equal(
      resolveUser('app', copied, world.origin, { at: 'run', builder: 'classic' }).failure,
      undefined,
    )
    assert.equal(resolveUser('app', copied, world.origin).failure, undefined)
  })
  it('never fails certainly where the accounts are not all known', () => {
    const world = worldOf('debian', false)
    assert.equal(failureOf('ghost', world), undefined)
    assert.match(as('4321', world), /^4321:0~possible:/)
    assert.match(as('ghost', world), /^\?:\?/)
  })
})

describe('--chown', () => {
  const owner = (spec: string, builder: 'buildkit' | 'classic' = 'buildkit') => {
    const { owner, group, failure } = resolveChown(spec, prepared().state.accounts, builder)
    return failure ? failure.reason : `${knownValue(owner)}:${knownValue(group)}`
  }
  it('takes a name with its primary group, a number with the same number', () => {
    assert.equal(owner('app'), '1500:1500')
    assert.equal(owner('7777'), '7777:7777')
    assert.equal(owner('1500:extra'), '1500:3000')
  })
  it('silently leaves 0 for a name that does not exist; the classic builder fails', () => {
    assert.equal(owner('ghost'), '0:0')
    assert.equal(owner('root:ghosts'), '0:0')
    assert.equal(owner('ghost', 'classic'), 'user-not-found')
    assert.equal(owner('app:ghosts', 'classic'), 'group-not-found')
  })
})
