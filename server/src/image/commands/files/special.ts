import { isCertainly } from '../../../known.ts'
import { text } from '../../../l10n/index.ts'
import { changeMode, setCapabilities, worse } from '../../operations.ts'
import { defineCommand, maybe, ok } from '../model.ts'
import { doubtBelow, doubtEverywhere } from './doubt.ts'
import { eachPath } from './operands.ts'
import { usage } from './usage.ts'

/** setcap(8): `setcap cap_net_bind_service=+ep FILE…`; needs root. container-facts setcap-*. */
export const setcap = defineCommand({
  names: ['setcap'],
  options: { quiet: '-q', verify: '-v', rootid: '-n UID', force: '-f', remove: '-r' },
  run(call) {
    const { world, options } = call
    if (options.has('verify')) return maybe
    const removes = options.has('remove')
    const pairs = removes ? call.operands.map((file) => ({ caps: undefined, file })) : pairsOf(call.operands)
    if (pairs.length === 0) return usage(call, text`setcap needs capabilities and a file.`)
    return pairs.reduce(
      (outcome, { caps, file }) =>
        worse(
          outcome,
          eachPath(call, [file], (path) => setCapabilities(world, path, caps)),
        ),
      options.uncertain ? maybe : ok,
    )
  },
})

function pairsOf<T extends { readonly text: string | undefined }>(
  words: readonly T[],
): { caps: string; file: T }[] {
  const pairs: { caps: string; file: T }[] = []
  for (let index = 0; index + 1 < words.length; index += 2)
    pairs.push({ caps: words[index]?.text ?? '', file: words[index + 1] as T })
  return pairs
}

/** setfacl(1): further users get rights that a mode does not show, so modes are only possible from here on. */
export const setfacl = defineCommand({
  names: ['setfacl', 'chattr', 'chcon', 'setfattr'],
  options: {
    modify: '-m --modify ACL',
    modifyFile: '-M --modify-file FILE',
    remove: '-x --remove ACL',
    set: '--set ACL',
    setFile: '--set-file --restore FILE',
    defaults: '-d --default',
    recursive: '-R --recursive',
    all: '-b --remove-all',
    removeDefault: '-k --remove-default',
    mask: '-n --no-mask',
  },
  run(call) {
    const { world } = call
    const files = call.name === 'setfacl' ? call.operands : call.operands.slice(1)
    return eachPath(
      call,
      files,
      (path) => {
        const before = world.state
        // It may be done by whom chmod may be done.
        const outcome = changeMode(world, path, (old) => old)
        world.state = before
        if (outcome.status !== 'fail') doubtBelow(world, path, ['mode'], 'possible')
        return outcome.status === 'fail' ? outcome : isCertainly(world.identity.uid, 0) ? ok : maybe
      },
      { anywhere: () => doubtEverywhere(world, ['mode']) },
    )
  },
})
