import { unknown } from '../../../known.ts'
import { text } from '../../../l10n/index.ts'
import { type AccountFile, accountFilePaths, accountsAfterUnknown, userByUid } from '../../accounts.ts'
import { file, find, put } from '../../files.ts'
import { setFiles, worse } from '../../operations.ts'
import type { CommandModel, Outcome, World } from '../model.ts'
import { codeInDoubt, maybe } from '../model.ts'

/**
 * The program where /etc/passwd or /etc/group is gone. BusyBox opens what is there and fails
 * (libbb/update_passwd.c); shadow makes the file anew (lib/commonio.c: O_CREAT), and how far it comes then depends
 * on all that it looks up on its way.
 */
export function mindingLostFiles(model: CommandModel): CommandModel {
  return {
    ...model,
    run(call) {
      const { world } = call
      const lost = lostFiles(world)
      const isBusybox = world.base?.tools.adduser === 'busybox'
      // Programs of shadow's ask who calls: where root has no account, or PAM wants a new password of it, some of them stop half way.
      if (lost.length === 0 && !isBusybox && hasNoRoot(world)) lost.push('passwd')
      if (lost.length === 0) return mayBeLost(world) ? worse(maybe, model.run(call)) : model.run(call)
      if (isBusybox && lost.includes(call.name.endsWith('group') ? 'group' : 'passwd'))
        return gone(call.name, call.range)
      const outcome = model.run(call)
      for (const name of lost) nobodyKnows(world, name)
      return outcome.status === 'ok' ? { ...maybe, ...withText(outcome) } : codeInDoubt(outcome)
    },
  }
}

function hasNoRoot({ state: { accounts } }: World): boolean {
  const root = userByUid(accounts, 0)
  return root?.mustRenew === true || (accounts.complete && accounts.passwd === 'present' && !root)
}

function lostFiles({ state: { accounts } }: World): AccountFile[] {
  return (['passwd', 'group'] as const).filter((name) => accounts[name] === 'missing')
}

/** This file may have taken one away. */
function mayBeLost({ state: { accounts, files } }: World): boolean {
  return (['passwd', 'group'] as const).some((name) => {
    if (accounts[name] !== 'unknown') return false
    const { kind, exists, because } = find(files, accountFilePaths[name]).node
    return (kind !== 'file' || exists !== 'certain') && because.some((one) => one.kind === 'instruction')
  })
}

function gone(name: string, range: { start: number; end: number }): Outcome {
  const path = accountFilePaths[name.endsWith('group') ? 'group' : 'passwd']
  return {
    status: 'fail',
    exitCode: 1,
    failure: {
      reason: 'other',
      certainty: 'certain',
      message: text`${path} does not exist here, and \`${name}\` does not make it. Keep the file, or write it anew before this.`,
      range,
      because: [],
      exitCode: 1,
      path,
    },
  }
}

const withText = ({ output }: Outcome) => (output === undefined ? {} : { output })

function nobodyKnows(world: World, name: AccountFile): void {
  world.state = { ...world.state, accounts: accountsAfterUnknown(world.state.accounts, name) }
  const { path, node } = find(world.state.files, accountFilePaths[name])
  if (node.kind !== 'missing') return
  const nobody = { owner: unknown<number>(), group: unknown<number>(), mode: unknown<number>() }
  setFiles(
    world,
    put(world.state.files, path, file({ ...nobody, because: [world.origin] }, undefined, 'possible')),
  )
}
