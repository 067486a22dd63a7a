import { absolute, nameOf, nodeAt } from '../image/index.ts'
import { knownValue } from '../known.ts'
import { type Message, text } from '../l10n/index.ts'
import { copiedFiles } from './context-files.ts'
import { dataWasMade, scriptsOfBuild } from './ran-in-build.ts'
import type { Subject } from './subject.ts'
import { servesFiles } from './workload.ts'
import type { WrittenPath } from './written-paths.ts'

/**
 * Paths that the application's own sources name as places to write. Only what stands there as a literal counts, and only as a
 * folder of the working directory or an absolute path: the file is owned by root, and what is not found here stays so.
 */
interface Pattern {
  readonly files: RegExp
  readonly text: RegExp
  /** The literal names a file: its folder is written. */
  readonly names: 'file' | 'folder'
  readonly why: Message
}
const literal = `["'\`]([\\w./@-]{1,120})["'\`]`
/** `"db" / "site.sqlite3"` of pathlib, `"db", "site.sqlite3"` of os.path.join. */
const folders = `((?:["'][\\w./@-]{1,60}["']\\s*[/,]\\s*)*`
const patterns: readonly Pattern[] = [
  // Django
  {
    files: /\.py$/,
    text: new RegExp(`^\\s*MEDIA_ROOT\\s*=[^"'\\n]*${folders}["'][\\w./@-]{1,120}["'])\\s*\\)?\\s*$`, 'gm'),
    names: 'folder',
    why: text`MEDIA_ROOT`,
  },
  {
    files: /\.py$/,
    text: new RegExp(`["']NAME["']\\s*:[^"'\\n]*${folders}["'][\\w./-]{0,120}\\.(?:sqlite3|db)["'])`, 'g'),
    names: 'file',
    why: text`its SQLite database`,
  },
  // Flask and others
  {
    files: /\.py$/,
    text: new RegExp(
      `\\bUPLOAD(?:_?(?:FOLDER|DIR|PATH|DEST))["'\\]]*\\s*[=:]\\s*(?:\\w+\\.)*(?:\\w+\\()?.*?${literal}`,
      'g',
    ),
    names: 'folder',
    why: text`uploads`,
  },
  {
    files: /\.py$/,
    text: /sqlite(?:\+\w+)?:\/\/\/(\/?[\w./-]+)/g,
    names: 'file',
    why: text`its SQLite database`,
  },
  {
    files: /\.py$/,
    text: new RegExp(`sqlite3\\.connect\\(\\s*${literal}`, 'g'),
    names: 'file',
    why: text`its SQLite database`,
  },
  {
    files: /\.py$/,
    text: new RegExp(`\\bopen\\(\\s*${literal}\\s*,\\s*["'][wax]`, 'g'),
    names: 'file',
    why: text`open() for writing`,
  },
  {
    files: /\.py$/,
    text: new RegExp(`\\b(?:makedirs|mkdir)\\(\\s*${literal}`, 'g'),
    names: 'folder',
    why: text`makedirs()`,
  },
  {
    files: /\.py$/,
    text: new RegExp(`\\bPath\\(\\s*${literal}\\s*\\)\\.(?:mkdir)`, 'g'),
    names: 'folder',
    why: text`mkdir()`,
  },
  {
    files: /\.py$/,
    text: new RegExp(`(?:RotatingFileHandler|FileHandler)\\(\\s*${literal}`, 'g'),
    names: 'file',
    why: text`its log`,
  },
  {
    files: /\.py$/,
    text: new RegExp(`["']filename["']\\s*:\\s*.*?${literal}`, 'g'),
    names: 'file',
    why: text`its log`,
  },
  // Node
  {
    files: /\.[cm]?[jt]sx?$/,
    text: new RegExp(`\\bmulter["')]*\\(\\s*\\{\\s*dest\\s*:\\s*${literal}`, 'g'),
    names: 'folder',
    why: text`uploads`,
  },
  {
    files: /\.[cm]?[jt]sx?$/,
    text: new RegExp(`\\b(?:writeFile|appendFile|createWriteStream)(?:Sync)?\\(\\s*${literal}`, 'g'),
    names: 'file',
    why: text`it writes a file`,
  },
  {
    files: /\.[cm]?[jt]sx?$/,
    text: new RegExp(`\\bmkdir(?:Sync)?\\(\\s*${literal}`, 'g'),
    names: 'folder',
    why: text`mkdir()`,
  },
  {
    files: /\.[cm]?[jt]sx?$/,
    text: new RegExp(`new\\s+(?:Database|sqlite3\\.Database)\\(\\s*${literal}`, 'g'),
    names: 'file',
    why: text`its SQLite database`,
  },
  // Go, Ruby, PHP, Java
  {
    files: /\.go$/,
    text: new RegExp(`\\bos\\.(?:MkdirAll|Mkdir)\\(\\s*${literal}`, 'g'),
    names: 'folder',
    why: text`os.MkdirAll`,
  },
  {
    files: /\.go$/,
    text: new RegExp(`\\bos\\.(?:Create|WriteFile|OpenFile)\\(\\s*${literal}`, 'g'),
    names: 'file',
    why: text`it writes a file`,
  },
  {
    files: /\.rb$/,
    text: new RegExp(`\\bFile\\.(?:write|open)\\(\\s*${literal}\\s*,\\s*["'][^"']*[wa]`, 'g'),
    names: 'file',
    why: text`it writes a file`,
  },
  {
    files: /\.rb$/,
    text: new RegExp(`\\bFileUtils\\.mkdir_p\\(?\\s*${literal}`, 'g'),
    names: 'folder',
    why: text`mkdir_p`,
  },
  {
    files: /\.php$/,
    text: new RegExp(`\\bfile_put_contents\\(\\s*(?:__DIR__\\s*\\.\\s*)?${literal}`, 'g'),
    names: 'file',
    why: text`file_put_contents`,
  },
  {
    files: /application[\w.-]*\.(?:properties|ya?ml)$/,
    text: /^\s*(?:logging\.file\.(?:name|path)|server\.tomcat\.basedir)\s*[=:]\s*([\w./-]+)\s*$/gm,
    names: 'file',
    why: text`its log`,
  },
]

const mostText = 64 * 1024
const mostRead = 120

export function sourceWrites(subject: Subject): readonly WrittenPath[] {
  const { stage, analysis } = subject
  const workdir = knownValue(stage.final.workdir)
  if (workdir === undefined || servesFiles(subject)) return []
  const found: WrittenPath[] = []
  let read = 0
  const ofBuild = scriptsOfBuild(subject)
  for (const file of copiedFiles(subject)) {
    if (ofBuild.has(nameOf(file))) continue
    const fitting = patterns.filter(({ files }) => files.test(file))
    if (
      fitting.length === 0 ||
      /(?:^|\/)(?:tests?|spec|migrations|node_modules)\/|\.(?:test|spec)\./.test(file)
    )
      continue
    if (++read > mostRead) break
    const source = analysis.options.context.read(file)?.slice(0, mostText)
    if (!source) continue
    for (const { text: pattern, names, why } of fitting) {
      for (const match of source.matchAll(pattern)) {
        const written = joined(match[1])
        if (!written || !isPlace(written)) continue
        const place = absolute(written, workdir)
        const path = names === 'folder' ? place : place.slice(0, Math.max(1, place.lastIndexOf('/')))
        if (path === '/' || (written.startsWith('/') && !/\/\w/.test(written))) continue
        // A folder with the code in it is given only for a database, whose journal has to lie beside it.
        found.push({
          path,
          kind: 'directory',
          why: text`${why} in ${file}`,
          temporary: false,
          from: 'source',
        })
        const node = nodeAt(stage.final.files, place)
        const isThere =
          (node.kind === 'file' && node.exists !== 'possible') ||
          (path === workdir && /\.(?:sqlite3?|db)$/.test(place) && dataWasMade(subject))
        if (names === 'file' && isThere)
          found.push({
            path: place,
            kind: 'file',
            why: text`${why} in ${file}`,
            temporary: false,
            from: 'source',
          })
      }
    }
  }
  return found
}

/** One path of the literals that an expression joins. */
function joined(expression: string | undefined): string | undefined {
  const parts = expression?.match(/[^"'\s]*[^"'\s/,][^"'\s]*/g)
  return parts?.join('/')
}

function isPlace(text: string): boolean {
  return (
    !/^\.*\/*$/.test(text) &&
    !text.startsWith('../') &&
    !/^(?:https?:|\/dev\/|\/proc\/|\/tmp(?:\/|$))/.test(text) &&
    text !== ':memory:'
  )
}
