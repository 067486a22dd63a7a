import assert from 'node:assert/strict'
import type { Log } from 'sarif'
import { outputs } from '../../../server/src/output/index.ts'
import { checked, options, rootful, unreadable } from './sample.ts'

const files = [checked('a b/Dockerfile', rootful), unreadable]

describe('SARIF', () => {
  const log = JSON.parse(outputs.sarif.write(files, options)) as Log
  const [run] = log.runs

  it('names the tool, its version and the rules that found something', () => {
    assert.equal(log.version, '2.1.0')
    const driver = run?.tool.driver
    assert.deepEqual([driver?.name, driver?.version], ['Unroot', '1.2.3'])
    const rule = driver?.rules?.find(({ id }) => id === 'runs-as-root')
    assert.equal(rule?.helpUri, 'https://github.com/unroot-dev/unroot/blob/main/docs/rules/runs-as-root.md')
    assert.ok(rule.shortDescription?.text && rule.help?.text && rule.help.markdown)
  })

  it('places results by lines and columns in UTF-16 units, under a relative URI', () => {
    assert.equal(run?.columnKind, 'utf16CodeUnits')
    const result = run.results?.find(({ ruleId }) => ruleId === 'runs-as-root')
    assert.equal(result?.level, 'warning')
    assert.deepEqual(result.locations?.[0]?.physicalLocation, {
      artifactLocation: { uri: 'a%20b/Dockerfile' },
      region: { startLine: 1, startColumn: 6, endLine: 1, endColumn: 22 },
    })
    assert.equal(run.tool.driver.rules?.[result.ruleIndex ?? -1]?.id, 'runs-as-root')
  })

  it('has fixes as replacements', () => {
    const result = run?.results?.find(({ ruleId }) => ruleId === 'runs-as-root')
    assert.ok(result?.fixes?.length)
    for (const { description, artifactChanges } of result.fixes) {
      assert.ok(description?.text)
      assert.ok(artifactChanges[0]?.replacements.every(({ deletedRegion }) => deletedRegion.startLine))
    }
  })

  it('keeps its fingerprints when lines move', () => {
    const prints = (text: string) =>
      (JSON.parse(outputs.sarif.write([checked('Dockerfile', text)], options)) as Log).runs[0]?.results?.map(
        ({ partialFingerprints }) => partialFingerprints?.['unroot/v1'],
      )
    assert.deepEqual(prints(`# a\n\n# b\n${rootful}`), prints(rootful))
    assert.notDeepEqual(prints(rootful.replace('python', 'node')), prints(rootful))
  })

  it('tells of files that could not be read', () => {
    const [invocation] = run?.invocations ?? []
    assert.equal(invocation?.executionSuccessful, false)
    assert.match(invocation.toolExecutionNotifications?.[0]?.message.text ?? '', /binary/)
  })
})

describe('GitHub', () => {
  it('annotates, with everything escaped', () => {
    const text = outputs.github.write([checked('a,b:c/Dockerfile', rootful), unreadable], options)
    assert.match(
      text,
      /^::warning file=a%2Cb%3Ac\/Dockerfile,line=1,endLine=1,col=6,endColumn=21,title=runs-as-root::.+\n/m,
    )
    assert.match(text, /^::error file=bin\/Dockerfile,line=1,title=unroot::is a binary file/m)
  })
})

describe('GitLab', () => {
  it('is a code quality report, each fingerprint once', () => {
    const report = JSON.parse(
      outputs.gitlab.write([checked('a/Dockerfile', rootful), checked('b/Dockerfile', rootful)], options),
    ) as {
      check_name: string
      fingerprint: string
      severity: string
      location: object
    }[]
    const found = report.find(({ check_name }) => check_name === 'runs-as-root')
    assert.equal(found?.severity, 'major')
    assert.deepEqual(found.location, { path: 'a/Dockerfile', lines: { begin: 1, end: 1 } })
    assert.equal(new Set(report.map(({ fingerprint }) => fingerprint)).size, report.length)
  })
})

/** Every element closed, every attribute quoted, no bare `&` or `<`: enough to notice a hole in the escaping. */
function assertWellFormed(xml: string) {
  const open: string[] = []
  const body = xml.replace(/^<\?xml [^?]*\?>\n/, '')
  const rest = body.replace(/<(\/?)([a-z]+)((?: [a-z]+="[^"<]*")*)(\/?)>/g, (_, closing, name, __, self) => {
    if (closing) assert.equal(open.pop(), name)
    else if (!self) open.push(name)
    return ''
  })
  assert.deepEqual(open, [])
  assert.doesNotMatch(rest, /[<>]/)
  assert.doesNotMatch(body, /&(?!(?:amp|lt|gt|quot|#10|#9);)/)
}

describe('JUnit and Checkstyle', () => {
  const nasty = [checked('a&<"b/Dockerfile', 'FROM python:3.13 \u0001 & <x>\n'), ...files]

  it('are well-formed whatever the file says', () => {
    assertWellFormed(outputs.junit.write(nasty, options))
    assertWellFormed(outputs.checkstyle.write(nasty, options))
  })

  it('JUnit has a suite a file, and a passed case where nothing was found', () => {
    const text = outputs.junit.write(
      [checked('ok/Dockerfile', 'FROM scratch\nUSER 65532:65532\n'), ...files],
      options,
    )
    assert.match(text, /<testcase classname="ok\/Dockerfile" name="unroot"\/>/)
    assert.match(
      text,
      /<testcase classname="a b\/Dockerfile" name="runs-as-root \(line 1\)"><failure message=/,
    )
    assert.match(text, /<error message="is a binary file, &lt;not&gt; a &quot;Dockerfile&quot;">/)
  })

  it('Checkstyle has severity, place and rule', () => {
    assert.match(
      outputs.checkstyle.write(files, options),
      /<error line="1" column="6" severity="warning" message="[^"]+" source="unroot.runs-as-root"\/>/,
    )
  })
})

describe('text', () => {
  it('shows the part of a long line that matters', () => {
    const long = `FROM python:3.13-slim\nRUN ${'a '.repeat(200)}\nUSER ${'x'.repeat(3000)}\n`
    for (const line of outputs.text.write([checked('Dockerfile', long)], options).split('\n'))
      if (/^ +\d* │/.test(line)) assert.ok(line.length < 220, line)
  })

  it('keeps carets under the words behind tabs', () => {
    const [, source = '', carets = ''] = outputs.text
      .write([checked('Dockerfile', '\tFROM\tpython:3.13-slim\n')], options)
      .split('\n')
    assert.equal(source.slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1), 'python:3.13-slim')
  })

  it('counts', () => {
    assert.match(
      outputs.text.write([checked('Dockerfile', rootful)], options),
      /\d warnings?.* in 1 file\.\n$/,
    )
    assert.match(outputs.text.write([], options), /^No findings in 0 files\.\n$/)
  })
})

describe('all formats', () => {
  for (const [name, output] of Object.entries(outputs))
    it(`${name} says the same twice and ends its last line`, () => {
      const once = output.write(files, options)
      assert.equal(output.write(files, options), once)
      assert.ok(once.endsWith('\n'))
    })
})
