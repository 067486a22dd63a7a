// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the shell has them too
import { ok } from 'node:assert'
import fc from 'fast-check'
import { catalogue } from '../../server/src/base-images/index.ts'
import { emptyBuildContext } from '../../server/src/build-context/index.ts'
import { parseDockerfile } from '../../server/src/dockerfile/index.ts'
import { evaluate } from '../../server/src/image/index.ts'
import { createRandom, mutate } from '../conformance/buildkit/mutate.ts'
import { ownFiles } from '../corpus/files.ts'
import { processorTime } from '../processor-time.ts'

/** Whatever the bytes, the image model answers, and soon. */

const runs = Number(process.env.UNROOT_FUZZ_RUNS ?? 300)
const longest = 5_000 // milliseconds, on a slow machine

function evaluateText(text: string): number {
  return processorTime(() => {
    evaluate(parseDockerfile(text), { context: emptyBuildContext, baseImages: catalogue() })
  })
}

/** Bits of shell that mean something, and some that only look so. */
const shellTokens = [
  ...['useradd', '-u', '1500', 'app', 'chown', '-R', 'app:app', '/app', 'mkdir', '-p', '{a,b}', '{1..9}', '~', '~app', '~x/y'],
  ...['$X', '${X}', '${X:-$Y}', '${X:=a}', '${X#*/}', '${X//a/b}', '$(id -u)', '`id`', '$((1+X))', '"$@"', '$*', '$#', '$?', '$$'],
  ...['&&', '||', ';', '|', '&', '\n', '(', ')', '{', '}', '!', '>', '>>', '<', '2>&1', '<<EOF\nx\nEOF\n', '<<<', '&>'],
  ...['if', 'then', 'else', 'elif', 'fi', 'for', 'in', 'do', 'done', 'while', 'until', 'case', 'esac', ';;', '*)', 'f()', 'function'],
  ...['[', ']', '[[', ']]', 'test', '-f', '-n', '=', '==', 'exit', 'return', 'break', 'continue', 'set', '-e', '-eu', '--', 'shift'],
  ...['eval', 'exec', '.', 'source', 'sh', '-c', 'su', 'sudo', 'gosu', 'xargs', 'find', '-exec', '{}', '+', '\\;', 'env', 'cd', 'umask'],
  ...["'", '"', '\\', '*', '?', '[a-z]', '/etc/passwd', '/etc/group', 'tee', 'cat', 'echo', 'sed', '-i', 'rm', '-rf', '/', '..', ''],
] // biome-ignore format: a list to look over

const nested = (depth: number, inner: string): string =>
  depth === 0 ? inner : `sh -c ${JSON.stringify(nested(depth - 1, inner)).replaceAll('$', '\\$')}`

const hostile: Readonly<Record<string, string>> = {
  'brace expansions': `touch ${'{a,b}'.repeat(40)}`,
  'nested brace expansions': `touch ${'{a,b{c,d'.repeat(60)}${'}}'.repeat(60)}`,
  'a long sequence': 'touch {1..1000000000}',
  'sh in sh': nested(8, 'true'),
  'groups in groups': `${'('.repeat(500)}true${')'.repeat(500)}`,
  'substitutions in substitutions': `echo ${'$(echo '.repeat(200)}x${')'.repeat(200)}`,
  'a function that calls itself': 'f() { f; }; f',
  'a function that calls itself twice': 'f() { f; f; }; f',
  'a function in a pipe of its own': ':(){ :|:& };:',
  'loops in loops': `${'for i in 1 2 3 4 5 6 7 8 9; do '.repeat(8)}touch /x$i; ${'done; '.repeat(8)}true`,
  'an endless loop': 'while true; do useradd app; done',
  'unknown branches in unknown branches': `${'if curl x; then touch /a; '.repeat(20)}${'else touch /b; fi; '.repeat(20)}true`,
  'a long chain of doubts': Array.from({ length: 2000 }, (_, index) => `curl x${index} || touch /y${index}`).join('; '),
  'doubts that end the script': Array.from({ length: 500 }, (_, index) => `if curl x${index}; then exit 0; fi`).join('; '),
  'patterns with many stars': `case ${'a'.repeat(200)} in ${'*a'.repeat(60)}b) true;; esac`,
  'eval of eval': `x='eval "$x"'; eval "$x"`,
  'a variable that doubles': `x=aaaaaaaaaa; ${'x=$x$x; '.repeat(40)}echo $x`,
  'output that doubles': `${'x=$(echo "$x$x"); '.repeat(60)}echo $x`,
  'positional parameters that double': `set -- a; ${'set -- "$@" "$@"; '.repeat(30)}echo $#`,
  'a file that sources itself': 'echo ". /f; . /f" > /f && . /f',
  'a script that runs itself': "printf '#!/bin/sh\\n/s; /s\\n' > /s && chmod +x /s && /s",
  'links in circles': 'ln -s /a /b; ln -s /b /a; touch /a/x; mkdir -p /b/y; chown -R app /a',
  'chown -R again and again': `mkdir -p ${Array.from({ length: 2000 }, (_, index) => `/d/${index}`).join(' ')}; ${'chown -R 1 /d; '.repeat(200)}`,
  'a deep path': `mkdir -p ${'/d'.repeat(1000)}`,
  'xargs of xargs': `echo a | ${'xargs '.repeat(200)} touch`,
  'find in find': `find / ${'-exec find / '.repeat(40)} ${'\\; '.repeat(40)}`,
  'heredocs in heredocs': `${'cat <<A | sh\n'.repeat(40)}true\n${'A\n'.repeat(40)}`,
  'chmod modes': `chmod ${'u+x,'.repeat(10_000)}u+x /etc`,
  'copies of themselves': `mkdir /c; touch /c/f; ${'cp -r /c /c/d; mv /c/d /e; cp -r /e /c/g; rm -rf /e; '.repeat(14)}`,
} // biome-ignore format: one a line

describe('Image model: hostile input', () => {
  for (const [name, script] of Object.entries(hostile)) {
    it(name, () => {
      const took = evaluateText(
        `FROM debian:12\nRUN ${script.replaceAll('\n', ' \\\n')}\nRUN <<E_O_F\n${script}\nE_O_F\n`,
      )
      ok(took < longest, `${took.toFixed(0)} ms`)
    })
  }

  it('answers to files near to real ones', () => {
    const corpus = ownFiles().map(({ text }) => text)
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const text = mutate(corpus, createRandom(seed))
        ok(evaluateText(text) < longest)
      }),
      { numRuns: runs },
    )
  })

  it('answers to shell scripts of any kind', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...shellTokens), { maxLength: 40 }), (tokens) => {
        ok(evaluateText(`FROM debian:12\nRUN <<E_O_F\n${tokens.join(' ')}\nE_O_F\n`) < longest)
      }),
      { numRuns: runs * 5 },
    )
  })
})
