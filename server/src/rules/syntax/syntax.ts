import { text } from '../../l10n/index.ts'
import { defineRule } from '../types.ts'

/** What the builder itself refuses or warns of. */
export const syntax = defineRule({
  id: 'syntax',
  category: 'syntax',
  severity: 'error',
  summary: 'The builder cannot read this.',
  why: 'BuildKit refuses the file, or reads it other than it looks.',
  remedy: 'Correct it as the message says.',
  references: ['BuildKit: frontend/dockerfile/parser, frontend/dockerfile/instructions'],
  check({ timeline }, report) {
    for (const problem of timeline.dockerfile.problems) {
      const { suggestion } = problem
      report({
        at: problem.range,
        message: problem.message,
        severity: problem.severity,
        certainty: 'certain',
        fixes: () =>
          suggestion === undefined
            ? []
            : [
                {
                  kind: 'edit',
                  title: text`Change to ${suggestion}`,
                  safety: 'suggestion',
                  edits: [{ range: problem.range, text: suggestion }],
                },
              ],
      })
    }
  },
})
