import type { CompoundList, Statement, SyntaxNode } from 'unbash'
import type { OffsetRange } from '../dockerfile/types.ts'
import type { ShellScript } from './parse.ts'

/** A simple command as written: its words without quotes, expansions left as they stand. */
export interface SimpleCommand {
  readonly range: OffsetRange
  readonly words: readonly { readonly text: string; readonly range: OffsetRange }[]
}

/** All simple commands of a script in order, those of branches, loops and functions too. */
export function simpleCommands(script: ShellScript): readonly SimpleCommand[] {
  const found: SimpleCommand[] = []
  const list = (body: CompoundList | undefined) => body?.commands.forEach(statement)
  const statement = (one: Statement) => visit(one.command)
  const visit = (node: SyntaxNode): void => {
    switch (node.type) {
      case 'Command': {
        if (!node.name) return
        const words = [node.name, ...node.suffix].flatMap((word) =>
          'value' in word && typeof word.value === 'string'
            ? [{ text: word.value, range: script.rangeOf(word.pos, word.end) }]
            : [],
        )
        const last = words.at(-1)
        if (last) found.push({ range: { start: words[0]!.range.start, end: last.range.end }, words })
        return
      }
      case 'AndOr':
      case 'Pipeline':
        node.commands.forEach(visit)
        return
      case 'Subshell':
      case 'BraceGroup':
      case 'For':
      case 'Select':
      case 'ArithmeticFor':
        list(node.body)
        return
      case 'CompoundList':
        list(node)
        return
      case 'If':
        list(node.clause)
        list(node.then)
        if (node.else) visit(node.else)
        return
      case 'While':
        list(node.clause)
        list(node.body)
        return
      case 'Case':
        for (const item of node.items) list(item.body)
        return
      case 'Redirected':
        visit(node.command)
        return
      case 'Function':
        visit(node.body)
        return
    }
  }
  script.tree.commands.forEach(statement)
  return found
}
