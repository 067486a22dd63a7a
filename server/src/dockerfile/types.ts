import type { Message } from '../l10n/index.ts'
/**
 * A Dockerfile as data. Every node carries half-open UTF-16 offsets into the file's text.
 * The grammar is BuildKit's: frontend/dockerfile/parser and frontend/dockerfile/instructions.
 */

/** Half-open range of UTF-16 offsets into the file's text. */
export interface OffsetRange {
  readonly start: number
  readonly end: number
}

/**
 * Text that was put together from pieces of the file (continuations and comment lines taken out,
 * tabs of `<<-` stripped).
 */
export interface MappedText {
  readonly text: string
  /** Where its first character stands in the file. */
  readonly offset: number
  /** For every piece after the first, two numbers: its place in the text, and its offset in the file. */
  readonly breaks: readonly number[]
}

/** A word as the builder sees it before expansion: quotes, escapes and variables still in it. */
export interface Word {
  readonly raw: string
  /** Where it stands in the file; spans continuations if it does. */
  readonly range: OffsetRange
}

export interface Flag {
  /** Without the dashes: `chown`. */
  readonly name: string
  /** The text after `=`, as written; undefined for a bare `--link`. */
  readonly value: Word | undefined
  readonly range: OffsetRange
  readonly nameRange: OffsetRange
}

export interface Heredoc {
  /** Delimiter without quotes. */
  readonly name: string
  /** File descriptor before `<<`; 0 where none is written. */
  readonly fd: number
  /** `<<-`: leading tabs are stripped. */
  readonly chomp: boolean
  /** False where the delimiter is quoted: variables stay as written. */
  readonly expand: boolean
  /** The body as the builder sees it (tabs stripped for `<<-`), with a map back to the file. */
  readonly content: MappedText
  /** The whole body in the file, without the delimiter's line. */
  readonly bodyRange: OffsetRange
  /** The marker on the instruction's line: `<<-"EOF"`. */
  readonly markerRange: OffsetRange
  /** The closing delimiter's line; undefined where the file ends before it. */
  readonly closingRange: OffsetRange | undefined
}

export interface Directive {
  /** Lower-cased: `syntax`, `escape`, `check`. */
  readonly name: string
  readonly value: string
  readonly range: OffsetRange
  readonly valueRange: OffsetRange
}

export type SyntaxProblemKind =
  | 'empty-file'
  | 'unknown-instruction'
  | 'missing-argument'
  | 'wrong-arguments'
  | 'unknown-flag'
  | 'bad-flag'
  | 'unterminated-heredoc'
  | 'bad-directive'
  | 'no-stage'
  | 'bad-reference'
  | 'bad-expansion'
  | 'forbidden-onbuild'
  | 'bad-value'
  | 'line-too-long'
  | 'builder-warning'

/** Something BuildKit refuses (`error`) or warns of (`warning`); our words. */
export interface SyntaxProblem {
  readonly kind: SyntaxProblemKind
  readonly severity: 'error' | 'warning'
  readonly range: OffsetRange
  readonly message: Message
  /** The nearest right spelling, where there is one: replaces `range`. */
  readonly suggestion?: string
}

/** What RUN, CMD, ENTRYPOINT, HEALTHCHECK CMD hold. */
export type CommandLine =
  | { readonly form: 'json'; readonly args: readonly Word[] } // `raw` is the decoded string
  | { readonly form: 'shell'; readonly script: MappedText }

interface InstructionBase {
  /** From the keyword to the end of the last line that belongs to it, heredoc bodies and closing delimiters included; without the final line break. */
  readonly range: OffsetRange
  readonly keywordRange: OffsetRange
  /** After the flags, up to the end of the logical line (heredoc bodies excluded). */
  readonly argumentsRange: OffsetRange
  /** 1-based, inclusive; as BuildKit's parser reports it. */
  readonly startLine: number
  readonly endLine: number
  /** As written in the file: `run`, `Run`. */
  readonly written: string
  readonly flags: readonly Flag[]
  readonly heredocs: readonly Heredoc[]
  /** Comment lines directly above (no blank line or instruction between), in order. */
  readonly leadingComments: readonly OffsetRange[]
  /** The arguments as the builder sees them: continuations joined, comments out, flags removed. */
  readonly argumentsText: MappedText
}

export interface FromInstruction extends InstructionBase {
  readonly keyword: 'FROM'
  readonly image: Word | undefined
  readonly platform: Word | undefined
  /** The name after AS, as written. */
  readonly stageName: Word | undefined
}
export interface Mount {
  readonly type: string
  /** Key lower-cased → value as written (unexpanded); keys without `=` map to ''. */
  readonly options: ReadonlyMap<string, Word>
  readonly flag: Flag
}
export interface RunInstruction extends InstructionBase {
  readonly keyword: 'RUN'
  readonly command: CommandLine
  readonly mounts: readonly Mount[]
}
export interface CommandInstruction extends InstructionBase {
  readonly keyword: 'CMD' | 'ENTRYPOINT'
  readonly command: CommandLine
}
export interface CopyInstruction extends InstructionBase {
  readonly keyword: 'COPY' | 'ADD'
  /** Paths only; heredoc sources are in `heredocs`. */
  readonly sources: readonly Word[]
  readonly destination: Word | undefined
  readonly from: Word | undefined
  readonly chown: Word | undefined
  readonly chmod: Word | undefined
  readonly link: boolean
  readonly parents: boolean
  readonly exclude: readonly Word[]
}
export interface KeyValue {
  readonly key: Word
  /** Undefined only in `ARG NAME`. */
  readonly value: Word | undefined
}
export interface KeyValueInstruction extends InstructionBase {
  readonly keyword: 'ENV' | 'LABEL' | 'ARG'
  readonly pairs: readonly KeyValue[]
}
export interface UserInstruction extends InstructionBase {
  readonly keyword: 'USER'
  readonly user: Word | undefined
}
export interface WorkdirInstruction extends InstructionBase {
  readonly keyword: 'WORKDIR'
  readonly path: Word | undefined
}
export interface WordsInstruction extends InstructionBase {
  readonly keyword: 'VOLUME' | 'EXPOSE' | 'SHELL'
  readonly form: 'json' | 'words'
  readonly words: readonly Word[]
}
export interface TextInstruction extends InstructionBase {
  readonly keyword: 'STOPSIGNAL' | 'MAINTAINER'
  readonly value: Word | undefined
}
export interface HealthcheckInstruction extends InstructionBase {
  readonly keyword: 'HEALTHCHECK'
  readonly test: 'none' | CommandLine | undefined
}
export interface OnbuildInstruction extends InstructionBase {
  readonly keyword: 'ONBUILD'
  /** The trigger, with offsets of this file. */
  readonly instruction: Instruction | undefined
}
export interface UnknownInstruction extends InstructionBase {
  readonly keyword: 'UNKNOWN'
}

export type Instruction =
  | FromInstruction
  | RunInstruction
  | CommandInstruction
  | CopyInstruction
  | KeyValueInstruction
  | UserInstruction
  | WorkdirInstruction
  | WordsInstruction
  | TextInstruction
  | HealthcheckInstruction
  | OnbuildInstruction
  | UnknownInstruction

export type Keyword = Instruction['keyword']

export interface Stage {
  readonly index: number
  /** Lower-cased name after AS; undefined where there is none. */
  readonly name: string | undefined
  readonly from: FromInstruction
  /** What follows FROM, up to the next FROM. */
  readonly instructions: readonly Instruction[]
  /** Those of them that take files from another stage or image: `COPY --from=`, `RUN --mount=from=`. */
  readonly referring: readonly Instruction[]
}

export interface Comment {
  /** From `#` to the end of the line. */
  readonly range: OffsetRange
  /** Without `#` and white space around. */
  readonly text: string
  /** True inside a continued instruction. */
  readonly inside: boolean
}

export interface Dockerfile {
  readonly text: string
  readonly lines: LineIndex
  readonly escape: '\\' | '`'
  readonly directives: readonly Directive[]
  readonly comments: readonly Comment[]
  /** All of them in order, the ones before the first FROM too. */
  readonly instructions: readonly Instruction[]
  readonly stages: readonly Stage[]
  /** ARG instructions before the first FROM. */
  readonly metaArgs: readonly KeyValueInstruction[]
  readonly problems: readonly SyntaxProblem[]
}

/** Line starts of a text; lines end with LF or CRLF. Lines and columns are 0-based here. */
export interface LineIndex {
  readonly count: number
  /** Offset of the first character of a line. */
  lineStart(line: number): number
  /** Offset after the last character of a line, before its line break. */
  lineEnd(line: number): number
  positionAt(offset: number): { readonly line: number; readonly character: number }
  offsetAt(position: { readonly line: number; readonly character: number }): number
}

/** What a variable holds where a word is expanded. */
export type Variable =
  | { readonly kind: 'set'; readonly value: string }
  | { readonly kind: 'unset' }
  | { readonly kind: 'unknown' }

export type Expansion =
  | {
      readonly kind: 'known'
      readonly value: string
      readonly variables: readonly string[]
      readonly unset: readonly string[]
    }
  | { readonly kind: 'unknown'; readonly variables: readonly string[] }
  | { readonly kind: 'error'; readonly message: Message; readonly variables: readonly string[] }
