import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import type { IGrammar } from 'vscode-textmate'

const root = path.join(import.meta.dirname, '../..')
// Both are UMD bundles, whose exports an import does not see.
const require = createRequire(import.meta.url)
const oniguruma: typeof import('vscode-oniguruma') = require('vscode-oniguruma')
const textmate: typeof import('vscode-textmate') = require('vscode-textmate')

/** Where the grammars of a scope lie. The one of Dockerfiles is VS Code's; shell is enough of one to see where it begins. */
const grammars: Readonly<Record<string, () => string>> = {
  'source.dockerfile': () =>
    readFileSync(path.join(import.meta.dirname, 'dockerfile.tmLanguage.json'), 'utf8'),
  'unroot.injection': () =>
    readFileSync(path.join(root, 'syntaxes/unroot.injection.tmLanguage.json'), 'utf8'),
  'source.shell': () =>
    JSON.stringify({
      scopeName: 'source.shell',
      patterns: [{ match: '\\b[a-z]+\\b', name: 'entity.name.command.shell' }],
    }),
}

describe('the injection grammar', () => {
  let grammar: IGrammar

  before(async () => {
    await oniguruma.loadWASM(readFileSync(require.resolve('vscode-oniguruma/release/onig.wasm')))
    const registry = new textmate.Registry({
      onigLib: Promise.resolve({
        createOnigScanner: (patterns) => oniguruma.createOnigScanner(patterns),
        createOnigString: (text) => oniguruma.createOnigString(text),
      }),
      loadGrammar: async (scope) => {
        const text = grammars[scope]?.()
        return text === undefined ? null : textmate.parseRawGrammar(text, `${scope}.json`)
      },
      getInjections: (scope) => (scope === 'source.dockerfile' ? ['unroot.injection'] : []),
    })
    const loaded = await registry.loadGrammar('source.dockerfile')
    assert.ok(loaded)
    grammar = loaded
  })

  /** The innermost scope of the first token in the text that reads `word`. */
  function scopeOf(text: string, word: string): string | undefined {
    return scopesOf(text, word)?.at(-1)
  }
  function scopesOf(text: string, word: string): string[] | undefined {
    let state = textmate.INITIAL
    for (const line of text.split('\n')) {
      const { tokens, ruleStack } = grammar.tokenizeLine(line, state)
      state = ruleStack
      const token = tokens.find(
        ({ startIndex, endIndex }) => line.slice(startIndex, endIndex).trim() === word,
      )
      if (token) return token.scopes
    }
    return undefined
  }

  it('names the user and the group of USER', () => {
    assert.equal(scopeOf('USER app:web', 'app'), 'entity.name.type.identity.unroot')
    assert.equal(scopeOf('USER app:web', 'web'), 'entity.name.type.identity.unroot')
    assert.equal(scopeOf('user 10001:10001', '10001'), 'constant.numeric.identity.unroot')
    assert.equal(scopeOf('USER $APP_UID', '$APP_UID'), 'variable.other.identity.unroot')
    assert.equal(scopeOf('ONBUILD USER app', 'app'), 'entity.name.type.identity.unroot')
  })

  it('marks root, by name and by number', () => {
    assert.equal(scopeOf('USER root', 'root'), 'entity.name.type.identity.root.unroot')
    assert.equal(scopeOf('USER 0:0', '0'), 'entity.name.type.identity.root.unroot')
    assert.equal(scopeOf('USER rootless', 'rootless'), 'entity.name.type.identity.unroot')
    assert.equal(scopeOf('USER root-less', 'root-less'), 'entity.name.type.identity.unroot')
    assert.equal(scopeOf('USER 7zip', '7zip'), 'entity.name.type.identity.unroot')
  })

  it('names owners and modes in flags', () => {
    const copy = 'COPY --chown=app:0 --chmod=0550 . /app'
    assert.equal(scopeOf(copy, '--chown'), 'variable.parameter.flag.unroot')
    assert.equal(scopeOf(copy, 'app'), 'entity.name.type.identity.unroot')
    assert.equal(scopeOf(copy, '0'), 'entity.name.type.identity.root.unroot')
    assert.equal(scopeOf(copy, '0550'), 'constant.numeric.mode.unroot')
    assert.equal(scopeOf('RUN useradd --user-group app', 'app'), undefined)
  })

  it('reads the body of a RUN heredoc as shell', () => {
    for (const start of [
      'RUN <<EOF',
      "RUN --network=none <<-'EOF'",
      'RUN bash -e <<EOF',
      'ONBUILD RUN <<EOF',
    ]) {
      const text = `${start}\nuseradd\nEOF\nUSER app`
      assert.deepEqual(
        scopesOf(text, 'useradd')?.slice(-2),
        ['meta.embedded.block.shell.unroot', 'entity.name.command.shell'],
        start,
      )
      assert.equal(scopeOf(text, 'app'), 'entity.name.type.identity.unroot', start)
    }
  })

  it('reads the body of other heredocs as text', () => {
    for (const start of ['COPY --chown=app <<EOF /etc/x', 'RUN python3 <<"EOF"', 'ADD <<EOF /x']) {
      assert.equal(scopeOf(`${start}\nUSER root\nEOF`, 'USER root'), 'string.unquoted.heredoc.unroot', start)
    }
    assert.equal(scopeOf('COPY --chown=app <<EOF /etc/x', 'app'), 'entity.name.type.identity.unroot')
  })

  it('ends a heredoc where BuildKit does', () => {
    const text = 'RUN python3 <<EOF\nEOF2\nEOF \nbody\nEOF\nUSER app'
    assert.equal(scopeOf(text, 'body'), 'string.unquoted.heredoc.unroot')
    assert.equal(scopeOf(text, 'app'), 'entity.name.type.identity.unroot')
  })

  it('marks comments that suppress findings', () => {
    const comment = '# unroot ignore=runs-as-root,user-not-numeric reason="started by systemd"'
    assert.equal(scopeOf(comment, 'ignore'), 'keyword.control.ignore.unroot')
    assert.equal(scopeOf(comment, 'runs-as-root,user-not-numeric'), 'entity.name.function.rule.unroot')
    assert.equal(scopeOf(comment, '"started by systemd"'), 'string.quoted.reason.unroot')
    assert.equal(scopeOf('# unroot is a tool', 'unroot is a tool'), 'comment.line.number-sign.dockerfile')
  })

  it('leaves plain comments and strings alone', () => {
    assert.equal(scopeOf('# USER root', 'USER root'), 'comment.line.number-sign.dockerfile')
    assert.equal(scopeOf('CMD ["x --chown=root"]', 'x --chown=root'), 'string.quoted.double.dockerfile')
  })
})
