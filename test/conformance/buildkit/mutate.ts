// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the shell has them too

/** Numbers that look random and are the same for the same seed (mulberry32). */
export function createRandom(seed: number): { below(limit: number): number; pick<T>(list: readonly T[]): T } {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number) => Math.floor(next() * limit)
  return { below, pick: <T>(list: readonly T[]) => list[below(list.length)] as T }
}

export type Random = ReturnType<typeof createRandom>

/** Bits that the grammar gives a meaning to, and some that only look so. */
const tokens = [
  '\\', '`', '\\\n', '`\n', '\\ \n', '\\\t\n', '\\\\\n', '\\\\\\\n', '\n', '\r\n', '\r', '\t', ' ', '  ', '\v', '\f', '\0', '\u0085', '\u00a0', '\u2028', '\ufeff', '\ufffd',
  'ü', 'à', '⠀', '😀', 'İ', 'ſ', '#', '# ', '#\n', '\n#', '\n# x\n', '\n\n', '"', "'", '""', "''", '$', '${', '}', '$x', '${x}', '${x:-a b}', '${x:+"a"}', '${x:?}', '${x#*/}', '${x%%.*}', '${x//a/b}', '${x:-${y}}', '\\$x', '\\"',
  '<<', '<<EOF', '<<-EOF', '<<"EOF"', "<<'EOF'", '<<-"EOF"', '<< EOF', '3<<EOF', '<<EOF <<EOT', 'EOF', '\nEOF\n', '\n\tEOF\n', '\nEOT\n', '<<E"O"F', '<<$x', '<<\\EOF', '<<<',
  '[', ']', '[]', '["a"]', '["a", "b"]', "['a']", '["a" , 1]', '["\\u00e9\\n"]', '["\\ud800"]', '[["a"]]', '[null]', '["<<EOF","b"]', '[1e999]', ',', '=', ':', '-', '--', ' -- ', '/', '*', '?', '.',
  '--from=x', '--from="a b"', '--from', '--from=0', '--chown=ü', '--chown=a:b', '--chmod=755', '--chmod', '--link', '--link=false', '--link=', '--parents', '--exclude=a', '--exclude', '--keep-git-dir', '--checksum=x', '--unpack', '--platform=linux/amd64', '--platform', '--mount=type=cache,target=/x', '--mount=type=secret,id=a', '--mount=from=$x', '--mount=', '--mount="type=bind",target=/', '--mount=type=bind,"source=a', '--network=none', '--network=x', '--security=insecure', '--device=a', '--device=a,b', '--interval=5s', '--interval=x', '--interval=1us', '--retries=3', '--retries=-1', '--timeout=1h2m', '--start-period=.5s', '--x', "--'x'=y", '--x\\ y',
  'FROM ', 'FROM a', 'FROM a AS b', 'from a as B', 'FROM scratch aſ x', 'AS ', ' AS 1x', 'RUN ', 'COPY ', 'COPY a b', 'ADD ', 'ENV ', 'ENV a', 'ENV a b', 'ENV a=b c', 'LABEL ', 'LABEL a=', 'ARG ', 'ARG a', 'ARG =a', 'CMD ', 'ENTRYPOINT ', 'EXPOSE ', 'EXPOSE 80/tcp', 'VOLUME ', 'VOLUME [""]', 'USER ', 'WORKDIR ', 'SHELL ', 'STOPSIGNAL ', 'HEALTHCHECK ', 'HEALTHCHECK NONE', 'HEALTHCHECK CMD ', 'HEALTHCHECK none x', 'ONBUILD ', 'ONBUILD ONBUILD ', 'ONBUILD FROM a', 'ONBUILD RUN <<EOF\na\nEOF\n', 'MAINTAINER ', 'RUN', 'FOO ', 'RNU ',
  '# escape=`\n', '# escape=\\\n', '#escape = ` \n', '# escape=x\n', '# syntax=a\n', '# check=skip=all\n', '# Syntax = b c\n', '# x=y\n', '#!/bin/sh\n', ' # escape=`\n',
] // biome-ignore format: a list to look over

/** A file near to one of `corpus`: lines and tokens moved, doubled, left out, put in. */
export function mutate(corpus: readonly string[], random: Random): string {
  let text = random.pick(corpus)
  // Small files say as much and are compared faster.
  if (text.length > 6000) {
    const from = random.below(text.length - 6000)
    text = text.slice(from, from + 6000)
  }
  const times = 1 + random.below(6)
  for (let time = 0; time < times; time++) text = random.pick(changes)(text, random, corpus)
  return text
}

type Change = (text: string, random: Random, corpus: readonly string[]) => string

const changes: readonly Change[] = [
  insertToken,
  insertToken,
  insertToken,
  insertTokenAtLineStart,
  insertTokenAtLineEnd,
  removeCharacter,
  (text, random) => onLines(text, random, (lines, at) => lines.splice(at, 1)),
  (text, random) => onLines(text, random, (lines, at) => lines.splice(at, 0, lines[at] as string)),
  (text, random) =>
    onLines(text, random, (lines, at) => {
      const other = random.below(lines.length)
      const line = lines[at] as string
      lines[at] = lines[other] as string
      lines[other] = line
    }),
  (text, random, corpus) =>
    onLines(text, random, (lines, at) => {
      lines.splice(at, 0, random.pick(random.pick(corpus).split('\n')))
    }),
  (text, random) =>
    onLines(text, random, (lines, at) => {
      const line = lines[at] as string
      lines[at] = line.slice(0, random.below(line.length + 1))
    }),
  (text, random) =>
    onLines(text, random, (lines, at) => {
      lines[at] =
        `${random.pick(['RUN ', 'ONBUILD ', 'COPY ', 'ENV ', 'CMD ', 'HEALTHCHECK CMD ', 'SHELL ', '\t', '\\\n', '# '])}${lines[at]}`
    }),
  swapWords,
  (text) => text.replaceAll('\n', '\r\n'),
  (text) => `\ufeff${text}`,
  (text, random) => text.slice(random.below(text.length + 1)),
  (text, random) => text.slice(0, random.below(text.length + 1)),
  (text, random) => text + random.pick(tokens).repeat(1 + random.below(40)),
  (text, random) => text.replaceAll(random.pick(['\\', ' ', '"', '=', '&&']), random.pick(tokens)),
]

function insertToken(text: string, random: Random): string {
  const at = random.below(text.length + 1)
  return text.slice(0, at) + random.pick(tokens) + text.slice(at)
}

function insertTokenAtLineStart(text: string, random: Random): string {
  return onLines(text, random, (lines, at) => {
    lines[at] = random.pick(tokens) + (lines[at] as string)
  })
}

function insertTokenAtLineEnd(text: string, random: Random): string {
  return onLines(text, random, (lines, at) => {
    lines[at] = (lines[at] as string) + random.pick([' ', '']) + random.pick(tokens)
  })
}

function removeCharacter(text: string, random: Random): string {
  const at = random.below(text.length + 1)
  return text.slice(0, at) + text.slice(at + 1)
}

function swapWords(text: string, random: Random): string {
  return onLines(text, random, (lines, at) => {
    const words = (lines[at] as string).split(' ')
    const one = random.below(words.length)
    const other = random.below(words.length)
    const word = words[one] as string
    words[one] = words[other] as string
    words[other] = word
    lines[at] = words.join(' ')
  })
}

function onLines(text: string, random: Random, change: (lines: string[], at: number) => void): string {
  const lines = text.split('\n')
  change(lines, random.below(lines.length))
  return lines.join('\n')
}

/** A word for shell.Lex, made of what it looks at. */
export function randomWord(random: Random): string {
  let word = ''
  const parts = 1 + random.below(8)
  for (let part = 0; part < parts; part++) word += random.pick(wordParts)
  return word
}

const wordParts = [
  'a', 'b', 'abc', ' ', '  ', '\t', '/', '.', '*', '?', '-', '+', ':', '#', '%', '=', '"', "'", '\\', '\\\\', '`', '``', '$', '$$', '${', '}', '{', '\\}', '\\/', '\\*', '\\$', '\\"', '<', '<<', '<< EOF', '<<-', '\u00a0', 'ü', '😀', '\ufeff', '\0', '\n',
  '$x', '$empty', '$missing', '$1', '$12a', '$@', '$0', '$é', '$_y', '${x}', '${empty}', '${missing}', '${1}', '${x:-d}', '${empty:-d}', '${empty-d}', '${missing-d e}', '${missing:-"d e"}', '${x:+s}', '${empty+s t}', '${missing:+s}', '${x:?no}', '${missing:?no}', '${missing?}', '${empty?no}', '${empty:?no}',
  '${path#*/}', '${path##*/}', '${path%/*}', '${path%%/*}', '${path#/}', '${path%"/"*}', "${path#'*'}", '${path#\\*}', '${star#\\*}', '${star%\\*}', '${path//\\//_}', '${path/\\//_}', '${path//\\/}', '${x//a/b}', '${x/a*/$y}', '${x//?/-}', '${x///-}', '${x//*/-}', '${x//b/\\$1}', '${x//b/$missing$$0}', '${x/b}', '${x:1}', '${x:}', '${:x}', '${}', '${{x}', '${-x}', '${+x}', '${/a/b}', '${x:#a}', '${x^}', '${x@Q}', '${multi#*b}', '${multi%b*}', '${multi//a*/-}', '${x:-${missing:-${path##*/}}}', '${missing:-a}b', 'pre${missing:-in}post', '${dots%.*}', '${dots%%.*}', '${dots#*.}', '${dots##*.}', '${dots%.?}', '${uni#?}', '${uni%?}', '${x#\\q}', '${x#a\\', '${path#"\\\\"}',
] // biome-ignore format: a list to look over

/** Values for every kind of case above; `missing` is not among them. */
export const wordEnvironment: Readonly<Record<string, string>> = {
  x: 'abcabc',
  y: 'Y Z',
  _y: '_',
  empty: '',
  path: '/usr/local/bin',
  star: '*a*b*',
  multi: 'abc\nabc',
  dots: 'a.b.c.d',
  uni: 'üb€r😀',
  a: '$x "q"',
  é: 'accent',
  '1': 'one',
  '12': 'twelve',
}
