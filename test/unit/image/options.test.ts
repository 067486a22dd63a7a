import assert from 'node:assert/strict'
import { readOptions } from '../../../server/src/image/commands/options.ts'
import { wordsOf } from './account-world.ts'

const table = {
  uid: '-u --uid N',
  home: '-m --create-home',
  homeDir: '-d --home-dir DIR',
  inPlace: '-i --in-place [SUFFIX]',
}
const read = (line: string, more = {}) => {
  const { options, operands } = readOptions({ options: table, ...more }, wordsOf(line))
  return { options, operands: operands.map(({ text }) => text) }
}

describe('options', () => {
  it('bundles short options, the last may take the rest or the next word', () => {
    assert.equal(read('-mu1500 app').options.value('uid'), '1500')
    assert.equal(read('-mu 1500 app').options.value('uid'), '1500')
    assert.deepEqual(read('-mu 1500 app').operands, ['app'])
  })
  it('reads long options with = and with the next word, before and after operands', () => {
    const { options, operands } = read('app --uid=7 --home-dir /x')
    assert.equal(options.value('uid'), '7')
    assert.equal(options.value('homeDir'), '/x')
    assert.deepEqual(operands, ['app'])
  })
  it('takes a prefix of a long option where only one fits', () => {
    assert.ok(read('--create app').options.has('home'))
    assert.equal(read('--h /x').options.value('homeDir'), '/x')
    assert.equal(
      readOptions({ options: { a: '--all', b: '--alias' } }, wordsOf('--al')).options.unknown.length,
      1,
    )
  })
  it('ends at -- and, where asked, at the first operand', () => {
    assert.deepEqual(read('-m -- -u').operands, ['-u'])
    assert.deepEqual(read('-m sh -u', { stopAtOperand: true }).operands, ['sh', '-u'])
  })
  it('knows optional values that are attached', () => {
    assert.equal(read('-i.bak f').options.value('inPlace'), '.bak')
    assert.deepEqual(read('-i f').operands, ['f'])
  })
  it('says what it does not know', () => {
    assert.deepEqual(
      read('-x app').options.unknown.map(({ text }) => text),
      ['-x'],
    )
    assert.ok(read('$X app').options.uncertain)
    assert.equal(read('-u').options.unknown.length, 1)
  })
  it('places an attached value', () => {
    assert.deepEqual(read('--uid=1500').options.word('uid')?.range, { start: 6, end: 10 })
  })
  it('reads long options with one dash where a program does', () => {
    assert.equal(read('-uid 5 app', { singleDash: true }).options.value('uid'), '5')
  })
})
