import { ownerOf } from '../../fixes/index.ts'
import { find, isUnprivileged, modeGrantsOf, stepsOf } from '../../image/index.ts'
import type { FileNode, Step, Timeline } from '../../image/types.ts'
import { knownValue } from '../../known.ts'
import { text } from '../../l10n/index.ts'
import { defineRule } from '../types.ts'
import { isPrivateName } from './private-names.ts'

const othersRead = 0o004
const othersEnter = 0o001

/** Keys and credentials come into the image readable to all. */
export const privateFileReadable = defineRule({
  id: 'private-file-readable',
  category: 'power',
  severity: 'information',
  summary: 'A private key or credential is copied with a mode that lets everybody read it.',
  why: 'COPY keeps the mode of the machine, 0644 as a rule: every account of the image reads the file. Whoever has the image has it too.',
  remedy:
    'Mount it at run time, or as a secret of the step. Where it has to be in the image, give it --chmod=0400.',
  references: ['CWE-732'],
  check({ timeline }, report) {
    const { target } = timeline
    if (!target || target.base?.os === 'windows') return
    for (const step of stepsOf(target)) {
      const { instruction } = step
      if (instruction.keyword !== 'COPY' || instruction.from || instruction.sources.length !== 1) continue
      const [source] = instruction.sources
      const name = source?.raw.split('/').at(-1) ?? ''
      if (!source || !isPrivateName(name) || !isReadable(step, name, target.final.files)) continue
      const owner = ownerFor(timeline, step)
      const flags = `${owner ? `--chown=${owner} ` : ''}--chmod=0400`
      const end = instruction.keywordRange.end
      report({
        at: source.range,
        message: text`Every account of the image may read ${name}: COPY keeps the mode that it has on the machine that builds, 0644 as a rule. Mount it at run time, or write ${flags}.`,
        certainty: 'likely',
        fixes: () =>
          instruction.chmod
            ? [
                {
                  kind: 'edit',
                  title: text`Only its owner may read it: --chmod=0400`,
                  safety: 'suggestion',
                  edits: [{ range: instruction.chmod.range, text: '0400' }],
                },
              ]
            : [
                {
                  kind: 'edit',
                  title: text`Only its owner may read it: ${flags}`,
                  safety: 'suggestion',
                  edits: [{ range: { start: end, end }, text: ` ${flags}` }],
                },
              ],
      })
    }
  },
})

/** As far as anybody can tell: not where --chmod, the machine or a later step closed it, or took it away. */
function isReadable(step: Step, name: string, files: FileNode): boolean {
  const [grant] = modeGrantsOf(step)
  if (grant && (grant.change(0o644, false) & othersRead) === 0) return false
  const { instruction, before } = step
  const to = instruction.keyword === 'COPY' ? (instruction.destination?.raw ?? '') : ''
  const folder = to.startsWith('/') ? to : `${knownValue(before.workdir) ?? ''}/${to}`
  const clean = folder.replace(/\/(\.\/?)?$/, '') || '/'
  const places = [clean, `${clean === '/' ? '' : clean}/${name}`].map((path) => find(files, path))
  const there = places.filter(({ node }) => node.kind !== 'missing')
  return there.length > 0 && !there.some(isClosed)
}

/** Its own mode, or that of a folder on the way, keeps others out. */
function isClosed({ node, ancestors }: ReturnType<typeof find>): boolean {
  const lacks = ({ mode }: FileNode, bit: number) => ((knownValue(mode) ?? bit) & bit) === 0
  return (
    (node.kind !== 'directory' && lacks(node, othersRead)) ||
    ancestors.some((ancestor) => lacks(ancestor.node, othersEnter))
  )
}

/** Who runs here has to be its owner, to read it still. */
function ownerFor({ runtime }: Timeline, { instruction, before }: Step): string | undefined {
  const identity = runtime?.state.identity
  if (!identity || !isUnprivileged(identity) || (instruction.keyword === 'COPY' && instruction.chown))
    return undefined
  const owner = ownerOf(identity)
  const name = owner?.split(':')[0] ?? ''
  return /^\d+$/.test(name) || before.accounts.users.some((user) => user.name === name)
    ? owner
    : knownValue(identity.uid)?.toString()
}
