import assert from 'node:assert/strict'
import { accountsAfterCommand } from '../../../server/src/image/account-changes.ts'
import {
  accountFileText,
  accountsAfterAppend,
  accountsAfterCopy,
  accountsAfterUnknown,
  accountsFromBase,
  accountsFromFiles,
  joinAccounts,
  parsePasswd,
  userByName,
  userByUid,
} from '../../../server/src/image/accounts.ts'
import { file, put, removed } from '../../../server/src/image/files.ts'
import {
  installPackages,
  joinPrograms,
  readProgram,
  unseenProgramRan,
} from '../../../server/src/image/programs.ts'
import { certain, knownValue } from '../../../server/src/known.ts'
import { become, sh, worldOf } from './account-world.ts'

const line = 'app:x:1500:1501:The app:/data:/bin/sh\n'

describe('account files', () => {
  it('lines become accounts, and accounts lines', () => {
    const { origin, state } = worldOf('scratch')
    const accounts = accountsFromFiles(state.accounts, `# note\n${line}broken\n`, 'app:x:1501:a,b\n', origin)
    assert.equal(accountFileText(accounts, 'passwd'), line)
    assert.equal(accountFileText(accounts, 'group'), 'app:x:1501:a,b\n')
  })
  it('appending adds an account', () => {
    const { origin, state } = worldOf()
    const accounts = accountsAfterAppend(state.accounts, 'passwd', line, origin)
    assert.equal(knownValue(userByName(accounts, 'app')!.uid), 1500)
    assert.equal(accounts.complete, true)
  })
  it('the first line with a uid counts', () => {
    const { origin, state } = worldOf()
    const accounts = accountsAfterAppend(state.accounts, 'passwd', 'a:x:7:7::/a:/x\nb:x:7:8::/b:/x\n', origin)
    assert.equal(userByUid(accounts, 7)?.name, 'a')
  })
  it('a copied file brings its accounts, not its groups', () => {
    const from = worldOf()
    sh(from, 'useradd -u 1500 -G tty app')
    const accounts = accountsAfterCopy(worldOf('scratch').state.accounts, from.state.accounts, 'passwd')
    assert.ok(userByName(accounts, 'app'))
    assert.equal(accounts.group, 'missing')
    assert.equal(accounts.complete, true)
  })
  it('after an edit that we cannot follow nobody is certainly missing', () => {
    const { state } = worldOf()
    const accounts = accountsAfterUnknown(state.accounts, 'passwd')
    assert.equal(accounts.complete, false)
    assert.equal(userByName(accounts, 'www-data')?.certainty, 'likely')
  })
  it('of two ways only what both have is certain', () => {
    const world = worldOf()
    const before = world.state.accounts
    sh(world, 'useradd app')
    const joined = joinAccounts(before, world.state.accounts)
    assert.equal(userByName(joined, 'app')?.certainty, 'possible')
    assert.equal(userByName(joined, 'root')?.certainty, 'certain')
  })
  it('removing, replacing and editing the file are seen', () => {
    const world = worldOf()
    const { origin } = world
    const node = (content?: string) =>
      file({ owner: certain(0), group: certain(0), mode: certain(0o644), because: [origin] }, content)
    const before = { ...world.state, files: put(world.state.files, '/etc/passwd', node()) }
    const gone = { ...before, files: removed(before.files, '/etc/passwd', [origin]) }
    assert.equal(accountsAfterCommand(before, gone, 'rm', ['/etc/passwd'], origin).passwd, 'missing')
    const replaced = { ...before, files: put(before.files, '/etc/passwd', node(line)) }
    assert.ok(userByName(accountsAfterCommand(before, replaced, 'cp', ['/etc/passwd'], origin), 'app'))
    assert.equal(accountsAfterCommand(before, before, 'sed', ['/etc/passwd'], origin).complete, false)
    assert.equal(accountsAfterCommand(before, before, 'chmod', ['/etc/passwd'], origin).complete, true)
  })
  it('an unknown base has root, likely, and perhaps others', () => {
    const accounts = accountsFromBase(undefined)
    assert.equal(accounts.complete, false)
    assert.equal(userByName(accounts, 'root')?.certainty, 'likely')
  })
  it('reads an empty password', () => {
    assert.equal(parsePasswd('app::1:1::/:/bin/sh', worldOf().origin)[0]?.password, 'empty')
  })
})

describe('programs', () => {
  it('are there by the base or by a package', () => {
    const world = worldOf('alpine')
    assert.equal(readProgram(world, 'useradd'), 'absent')
    assert.equal(readProgram(world, 'adduser'), 'present')
    assert.equal(readProgram(world, 'make'), 'unknown')
    installPackages(world, ['shadow@edge'])
    assert.equal(readProgram(world, 'useradd'), 'present')
  })
  it('may be there after something unknown was installed', () => {
    const world = worldOf('debian')
    assert.equal(readProgram(world, 'su-exec'), 'absent')
    installPackages(world, ['curl'])
    assert.equal(readProgram(world, 'su-exec'), 'absent')
    installPackages(world, 'unknown')
    assert.equal(readProgram(world, 'su-exec'), 'unknown')
  })
  it('are there where a file is', () => {
    const world = worldOf('debian')
    const node = file({ owner: certain(0), group: certain(0), mode: certain(0o755), because: [] })
    world.state = { ...world.state, files: put(world.state.files, '/usr/local/bin/su-exec', node) }
    assert.equal(readProgram(world, 'su-exec'), 'present')
  })
  it('of two ways only what both installed is there', () => {
    const world = worldOf()
    installPackages(world, ['gosu', 'curl'])
    const one = world.state.programs
    installPackages(world, ['git'])
    const joined = joinPrograms(one, world.state.programs)
    assert.deepEqual([...(joined?.packages ?? [])].sort(), ['curl', 'gosu'])
    assert.equal(joined?.others, true)
  })
  it('an unseen program of a user adds no accounts', () => {
    const world = become(worldOf(), '1000:1000')
    unseenProgramRan(world)
    assert.equal(world.state.accounts.complete, true)
  })
})
