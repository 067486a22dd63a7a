import { absolute, nodeAt } from '../image/index.ts'
import { knownValue } from '../known.ts'
import { text } from '../l10n/index.ts'
import type { Subject } from './subject.ts'
import type { WrittenPath } from './written-paths.ts'

/** Paths that the start command names as places to write: `--data-dir /var/lib/app`, `--db=/data/app.sqlite`. */

const option =
  /^--?(?:[\w.-]*[-_.])?(?:data|db|database|log|logs|storage|cache|state|upload|uploads|spool|work|output|pid|sqlite|dbpath|logpath|schedule|sessions?|tsdb)(?:[-_.]?(?:dir|directory|path|file|folder|root|location))?$|^-(?:dbpath|logdir|datadir|pidfile|logfile)$|^--(?:pidfile|logfile|datadir|dbpath|logpath|access-logfile|error-logfile)$/i

export function fromOptions({ runtime, stage }: Subject): readonly WrittenPath[] {
  const workdir = knownValue(stage.final.workdir) ?? '/'
  return optionsOf(runtime.argv).flatMap(({ name, value }): WrittenPath[] => {
    const path = absolute(value, workdir)
    const why = text`${name} of the start command`
    const node = nodeAt(stage.final.files, path)
    const isFile = node.kind === 'file' || (node.kind !== 'directory' && /\.[A-Za-z]\w{0,7}$/.test(path))
    const folder = isFile ? path.slice(0, Math.max(1, path.lastIndexOf('/'))) : path
    if (/pid/i.test(name) && /^\/(?:var\/)?run$/.test(folder)) return []
    const temporary = /pid|log|cache/i.test(name)
    const given: WrittenPath = { path: folder, kind: 'directory', why, temporary, from: 'option' }
    return node.kind === 'file' && node.exists !== 'possible'
      ? [given, { path, kind: 'file', why, temporary, from: 'option' }]
      : [given]
  })
}

/** Options with a path as their value, from `--name=value` and `--name value`. */
export function optionsOf(
  argv: readonly string[],
): readonly { readonly name: string; readonly value: string }[] {
  // A shell's script is one word.
  const words = argv.flatMap((word) => (/\s/.test(word) ? word.split(/\s+/) : [word]))
  return words.flatMap((word, index) => {
    const cut = word.indexOf('=')
    const name = cut < 0 ? word : word.slice(0, cut)
    const value = cut < 0 ? (words[index + 1] ?? '') : word.slice(cut + 1)
    if (!option.test(name) || !/^\.{0,2}\/?[\w./@-]*\/[\w./@-]*$/.test(value) || /^\/dev\/|:\/\//.test(value))
      return []
    return [{ name, value }]
  })
}
