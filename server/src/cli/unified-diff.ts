import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff'
import { type Paint, painter, printable } from '../output/index.ts'

/** A patch that `patch -p1` and `git apply` take; coloured it is for eyes only. */
export function unifiedDiff(file: string, before: string, after: string, color: boolean): string {
  if (before === after) return ''
  const name = file.replace(/^\/+/, '')
  const patch = createTwoFilesPatch(`a/${name}`, `b/${name}`, before, after, undefined, undefined, {
    context: 3,
    headerOptions: FILE_HEADERS_ONLY,
  })
  if (!color) return patch
  const paint = painter(true)
  return patch
    .split('\n')
    .map((line) => colored(line, paint))
    .join('\n')
}

const styles = [
  ['---', 'bold'],
  ['+++', 'bold'],
  ['@@', 'cyan'],
  ['+', 'green'],
  ['-', 'red'],
] as const

function colored(line: string, paint: Paint): string {
  const style = styles.find(([start]) => line.startsWith(start))?.[1]
  return style ? paint(style, printable(line)) : printable(line)
}
