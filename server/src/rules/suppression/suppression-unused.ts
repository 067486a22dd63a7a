import { defineRule } from '../types.ts'

/** Reported by the analysis, which knows which comments silenced something. */
export const suppressionUnused = defineRule({
  id: 'suppression-unused',
  category: 'suppression',
  severity: 'hint',
  summary: 'An ignore comment silences nothing.',
  why: 'It would hide the next real finding of that rule unseen.',
  remedy: 'Remove it.',
  check() {},
})
