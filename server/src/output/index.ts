import { checkstyle } from './checkstyle.ts'
import { github } from './github.ts'
import { gitlab } from './gitlab.ts'
import { json } from './json.ts'
import { junit } from './junit.ts'
import { sarif } from './sarif.ts'
import { forPeople } from './text.ts'
import type { Output } from './types.ts'

/** Findings as text, in every form that `check --format` knows. */
export const outputs = {
  text: forPeople,
  json,
  sarif,
  github,
  gitlab,
  junit,
  checkstyle,
} as const satisfies Record<string, Output>
export type OutputName = keyof typeof outputs

/** What a report needs of a file. */
export { checkedFile, uncheckedFile } from './checked-file.ts'
/** Colours of a terminal, or none. */
export { type Paint, painter, type Style, severityStyle } from './colors.ts'
/** Cells of a table in a terminal. */
export { padded, widestOf } from './columns.ts'
/** How many findings of each severity. */
export { type Summary, summaryOf } from './count.ts'
/** `3 files`. */
export { countedFiles } from './counted-files.ts'
/** Where a rule is documented. */
export { docsOf, homepage } from './docs.ts'
/** 1-based lines and columns. */
export { type Place, placeOf } from './place.ts'
/** Text that cannot play tricks on a terminal. */
export { printable } from './printable.ts'
export type { CheckedFile, CheckedFinding, Output, OutputOptions, Problem } from './types.ts'
