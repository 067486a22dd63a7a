import type { Instruction, Keyword, Word } from './types.ts'

/**
 * Which words of an instruction the builder expands, and with what. BuildKit: the `Expand` methods of
 * instructions/commands.go and dockerfile2llb (convert.go: dispatch, dispatchArg; convert_expose.go).
 *
 * - `word`: one word in, one value out (expandWord).
 * - `words`: split again after expansion (expandWords).
 * - `heredoc`: bodies of heredocs with a plain marker, escape `\` whatever the directive says, quotes kept
 *   (expandWord with `keep-quotes`).
 * - `never`: used as written.
 */
export type ExpansionRule = 'word' | 'words' | 'heredoc' | 'never'

export interface Expanded {
  readonly rule: ExpansionRule
  readonly word: Word
}

/**
 * `stage`: ENV and ARG of the stage so far. `global`: ARGs before the first FROM and the platform's.
 * An `ARG` outside of the stages is expanded with the globals before it.
 */
export const expansionScope: Readonly<Partial<Record<Keyword, 'stage' | 'global'>>> = {
  FROM: 'global',
  ADD: 'stage',
  ARG: 'stage',
  COPY: 'stage',
  ENV: 'stage',
  EXPOSE: 'stage',
  LABEL: 'stage',
  RUN: 'stage',
  STOPSIGNAL: 'stage',
  USER: 'stage',
  VOLUME: 'stage',
  WORKDIR: 'stage',
}

/** The words that the builder expands before it acts on an instruction, in BuildKit's order. */
export function expandedWords(instruction: Instruction): readonly Expanded[] {
  switch (instruction.keyword) {
    case 'FROM':
      return words([instruction.image, instruction.platform])
    case 'ADD':
    case 'COPY': {
      const checksum = instruction.flags.find(({ name }) => name === 'checksum')?.value
      return [
        ...words([
          instruction.chown,
          instruction.chmod,
          checksum,
          ...instruction.sources,
          instruction.destination,
        ]),
        ...instruction.heredocs
          .filter(({ expand }) => expand)
          .map(({ content, bodyRange }) => ({
            rule: 'heredoc' as const,
            word: { raw: content.text, range: bodyRange },
          })),
      ]
    }
    case 'ENV':
    case 'LABEL':
      return words(instruction.pairs.flatMap(({ key, value }) => [key, value]))
    case 'ARG':
      // A name is used as written; a default only where the build gives no value.
      return words(instruction.pairs.map(({ value }) => value))
    case 'RUN':
      // The shell expands the command itself. `from` refuses variables.
      return words(
        instruction.mounts.flatMap(({ options }) =>
          [...options].map(([key, word]) => (key === 'from' ? undefined : word)),
        ),
      )
    case 'EXPOSE':
      return instruction.words.map((word) => ({ rule: 'words' as const, word }))
    case 'VOLUME':
      return words(instruction.words)
    case 'USER':
      return words([instruction.user])
    case 'WORKDIR':
      return words([instruction.path])
    case 'STOPSIGNAL':
      return words([instruction.value])
    default:
      // CMD, ENTRYPOINT, HEALTHCHECK, SHELL, MAINTAINER; ONBUILD is expanded when it is triggered.
      return []
  }
}

function words(list: readonly (Word | undefined)[]): Expanded[] {
  return list.flatMap((word) => (word === undefined ? [] : [{ rule: 'word' as const, word }]))
}
