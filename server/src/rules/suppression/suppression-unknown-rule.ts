import { defineRule } from '../types.ts'

/** Reported by the analysis, which reads the comments. */
export const suppressionUnknownRule = defineRule({
  id: 'suppression-unknown-rule',
  category: 'suppression',
  severity: 'warning',
  summary: 'An ignore comment names a rule that does not exist.',
  why: 'A misspelt name silences nothing.',
  remedy: 'Correct the name; `unroot rules` lists all.',
  check() {},
})
