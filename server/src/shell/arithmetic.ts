import type { ArithmeticExpression } from 'unbash'
import type { WordContext } from './words.ts'

/** `$((…))` over whole numbers; undefined where a part is unknown, or of a kind that start scripts do without. */
export function calculate(
  expression: ArithmeticExpression | undefined,
  context: WordContext,
  depth = 0,
): number | undefined {
  if (!expression || depth > 50) return undefined
  const inner = (one: ArithmeticExpression) => calculate(one, context, depth + 1)
  switch (expression.type) {
    case 'ArithmeticGroup':
      return inner(expression.expression)
    case 'ArithmeticWord':
      return numberOf(expression.value, context)
    case 'ArithmeticUnary': {
      const value = inner(expression.operand)
      if (value === undefined) return undefined
      if (expression.operator === '-') return -value
      if (expression.operator === '+') return value
      return expression.operator === '!' ? Number(value === 0) : undefined
    }
    case 'ArithmeticTernary': {
      const test = inner(expression.test)
      return test === undefined ? undefined : inner(test === 0 ? expression.alternate : expression.consequent)
    }
    case 'ArithmeticBinary': {
      const [left, right] = [inner(expression.left), inner(expression.right)]
      const operation = operations[expression.operator]
      const value = left === undefined || right === undefined ? undefined : operation?.(left, right)
      return value !== undefined && Number.isSafeInteger(value) ? value : undefined
    }
    default:
      return undefined
  }
}

const operations: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => Math.trunc(a / b),
  '%': (a, b) => a % b,
  '==': (a, b) => Number(a === b),
  '!=': (a, b) => Number(a !== b),
  '<': (a, b) => Number(a < b),
  '>': (a, b) => Number(a > b),
  '<=': (a, b) => Number(a <= b),
  '>=': (a, b) => Number(a >= b),
  '&&': (a, b) => Number(a !== 0 && b !== 0),
  '||': (a, b) => Number(a !== 0 || b !== 0),
}

function numberOf(text: string, context: WordContext): number | undefined {
  if (/^\d+$/.test(text)) return /^0\d/.test(text) ? Number.parseInt(text, 8) : Number(text)
  const name = /^\$?\{?([A-Za-z_]\w*)\}?$/.exec(text)?.[1]
  if (name === undefined) return undefined
  const variable = context.variable(name)
  if (variable.kind === 'unset') return 0
  return variable.kind === 'set' && /^-?\d{1,15}$/.test(variable.value) ? Number(variable.value) : undefined
}
