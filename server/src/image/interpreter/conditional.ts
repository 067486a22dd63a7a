import type { TestExpression, Word } from 'unbash'
import { expandToText } from '../../shell/index.ts'
import { commands } from '../commands/index.ts'
import type { Outcome } from '../commands/model.ts'
import { maybe, ok } from '../commands/model.ts'
import type { ShellValue } from '../types.ts'
import { callFor } from './call.ts'
import { matchesPattern } from './compound.ts'
import { rangeOfWords, type Shell } from './shell.ts'
import { contextOf } from './words.ts'

const no: Outcome = { status: 'fail', exitCode: 1 }

/** `[[ … ]]` */
export function runTest(expression: TestExpression, shell: Shell): Outcome {
  switch (expression.type) {
    case 'TestLogical': {
      const results = expression.operands.map((operand) => runTest(operand, shell).status)
      const deciding = expression.operator === '&&' ? 'fail' : 'ok'
      if (results.includes(deciding)) return deciding === 'ok' ? ok : no
      return results.includes('maybe') ? maybe : deciding === 'fail' ? ok : no
    }
    case 'TestNot': {
      const inner = runTest(expression.operand, shell)
      const flips = expression.negations.length % 2 === 1
      return !flips || inner.status === 'maybe' ? inner : inner.status === 'ok' ? no : ok
    }
    case 'TestGroup':
      return runTest(expression.expression, shell)
    case 'TestUnary':
      return runTestWords(
        [literal(expression.operator, expression, shell), valueOfWord(expression.operand, shell)],
        shell,
      )
    case 'TestBinary': {
      const operator = expression.operator === '==' ? '=' : expression.operator
      if (operator === '=' || operator === '!=') {
        const context = contextOf(shell)
        const match = matchesPattern(expression.right, expandToText(expression.left, context), context)
        return match === undefined ? maybe : match === (operator === '=') ? ok : no
      }
      return runTestWords(
        [
          valueOfWord(expression.left, shell),
          literal(operator, expression, shell),
          valueOfWord(expression.right, shell),
        ],
        shell,
      )
    }
  }
}

function runTestWords(words: readonly ShellValue[], shell: Shell): Outcome {
  const model = commands.get('test')
  if (!model) return maybe
  const range = rangeOfWords(words)
  return model.run(callFor(model, 'test', range, words, shell, range))
}

function literal(
  text: string,
  node: { readonly pos: number; readonly end: number },
  shell: Shell,
): ShellValue {
  return { text, glob: false, range: shell.script.rangeOf(node.pos, node.end) }
}
function valueOfWord(word: Word, shell: Shell): ShellValue {
  return {
    text: expandToText(word, contextOf(shell)),
    glob: false,
    range: shell.script.rangeOf(word.pos, word.end),
  }
}
