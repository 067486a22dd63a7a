import assert from 'node:assert/strict'
import { parseConfig } from '../../../server/src/config/index.ts'
import { inEnglish } from '../../../server/src/l10n/index.ts'

const ruleIds = ['runs-as-root', 'user-not-numeric', 'uid-taken']
const read = (text: string) => parseConfig(text, '.unroot.json', ruleIds)
/** `line:column-endLine:endColumn message` of each problem. */
const problemsOf = (text: string) =>
  read(text).problems.map((p) => `${p.line}:${p.column}-${p.endLine}:${p.endColumn} ${inEnglish(p.message)}`)

describe('.unroot.json', () => {
  it('is JSON with comments and trailing commas', () => {
    const { config, problems } = read(`\uFEFF{
  // who may read this
  "$schema": "./unroot.schema.json",
  "profile": "kubernetes", /* restricted */
  "builder": "kaniko",
  "rules": { "runs-as-root": "error", "uid-taken": "off" },
  "failOn": "never",
  "newUser": { "name": "svc", "uid": 20000, "gid": 0 },
  "ignore": ["vendor/**"],
  "buildArgs": { "UID": 1000, "NAME": "app", "DEBUG": false },
  "resolve": { "engine": false },
}`)
    assert.deepEqual(problems, [])
    assert.deepEqual(config, {
      profile: 'kubernetes',
      builder: 'kaniko',
      rules: { 'runs-as-root': 'error', 'uid-taken': 'off' },
      failOn: 'never',
      newUser: { name: 'svc', uid: 20000, gid: 0 },
      ignore: ['vendor/**'],
      buildArgs: { UID: '1000', NAME: 'app', DEBUG: 'false' },
      resolve: { engine: false },
    })
  })

  it('declares base images', () => {
    const { config, problems } = read(`{ "baseImages": {
      "a": { "like": "debian:12", "tools": ["gosu"], "ports": [80, "53/udp"] },
      "b": { "os": "scratch", "user": null, "uid": 0, "gid": 0, "users": [], "groups": [{ "name": "g", "gid": 5 }] } } }`)
    assert.deepEqual(problems, [])
    assert.deepEqual(config.baseImages, {
      a: { like: 'debian:12', tools: ['gosu'], ports: [80, '53/udp'] },
      b: { os: 'scratch', user: null, uid: 0, gid: 0, users: [], groups: [{ name: 'g', gid: 5 }] },
    })
  })

  it('takes targets for all files or by glob', () => {
    assert.deepEqual(read('{"targets": ["prod"]}').config.targets, { '**': ['prod'] })
    assert.deepEqual(read('{"targets": {"a/*": "api", "b/*": ["x", "y"]}}').config.targets, {
      'a/*': ['api'],
      'b/*': ['x', 'y'],
    })
  })

  it('names the key that was meant', () => {
    assert.deepEqual(
      problemsOf('{\n  "proflie": "docker",\n  "zzz": 1,\n  "baseImages": { "x": { "usr": "a" } }\n}'),
      [
        '2:3-2:12 Unknown key `proflie`. Did you mean `profile`?',
        '3:3-3:8 Unknown key `zzz`.',
        '4:26-4:31 Unknown key `usr` in `x`. Did you mean `user`?',
      ],
    )
  })

  it('names the rule that was meant', () => {
    assert.deepEqual(problemsOf('{ "rules": { "run-as-root": "off", "uid-taken": "warn" } }'), [
      '1:14-1:27 There is no rule `run-as-root`. Did you mean `runs-as-root`?',
      '1:49-1:55 `uid-taken` must be one of off, error, warning, information, hint, not "warn". Did you mean "warning"?',
    ])
  })

  for (const [text, problem] of [
    ['{"profile": 3}', '1:13-1:14 `profile` must be a text, not 3.'],
    ['{"ignore": "a"}', '1:12-1:15 `ignore` must be a list [ … ], not the text "a".'],
    ['{"ignore": [1]}', '1:13-1:14 `ignore` must be a text, not 1.'],
    ['{"resolve": {"engine": "yes"}}', '1:24-1:29 `engine` must be true or false, not the text "yes".'],
    ['{"newUser": {"uid": 0}}', '1:21-1:22 `uid` must be between 1 and 2147483647, not 0.'],
    ['{"newUser": {"uid": 1.5}}', '1:21-1:24 `uid` must be a whole number, not 1.5.'],
    [
      '{"newUser": {"name": "Å"}}',
      '1:22-1:25 `name` must be a user name: small letters, digits, `_` and `-`, no digit first.',
    ],
    ['{"newUser": null}', '1:13-1:17 `newUser` must be an object { … }, not null.'],
    ['{"baseImages": {"a": {"user": 1}}}', '1:31-1:32 `user` must be a text or null, not 1.'],
    ['{"baseImages": {"a": {"users": [{"uid": 1}]}}}', '1:33-1:43 `name` is missing here.'],
    ['{"failOn": "never", "failOn": "hint"}', '1:21-1:29 `failOn` is given twice; the last one counts.'],
    ['[]', '1:1-1:3 The file must be an object { … }, not a list [ … ].'],
    ['', '1:1-1:1 The file is empty. Write {} to have the defaults.'],
    ['{"profile": }', '1:13-1:14 A value is expected here.'],
    ['{"profile": "docker"', '1:21-1:21 A closing `}` is missing.'],
    ['{"profile" "docker"}', '1:12-1:20 A colon is missing here.'],
    [
      "{'profile': 'docker'}",
      '1:2-1:11 This is neither a number, true, false nor null; texts need double quotes.',
    ],
  ] as const)
    it(`says what is wrong in ${text || 'an empty file'}`, () => {
      assert.deepEqual(problemsOf(text), [problem])
    })

  it('keeps what is right beside what is wrong', () => {
    const { config } = read('{"profile": "openshift", "builder": 7, "newUser": {"name": "x", "uid": -1}}')
    assert.deepEqual(config, { profile: 'openshift', newUser: { name: 'x' } })
  })

  it('counts columns and lines whatever the line ends', () => {
    assert.deepEqual(problemsOf('{\r\n  "a": 1,\r  "b": 2}'), [
      '2:3-2:6 Unknown key `a`.',
      '3:3-3:6 Unknown key `b`.',
    ])
  })

  it('does not give way to hostile input', () => {
    const deep = read(`${'['.repeat(200_000)}`)
    assert.equal(deep.problems.length, 1)
    const { config, problems } = read(
      '{"__proto__": {"profile": "docker"}, "constructor": 1, "rules": {"toString": "off"}}',
    )
    assert.equal(problems.length, 3)
    assert.deepEqual(config, { rules: {} })
  })
})
