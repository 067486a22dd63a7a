import assert from 'node:assert/strict'
import { capabilityNames } from '../../../server/src/verify/capabilities.ts'
import { readIdMap, readProcessStatus } from '../../../server/src/verify/process-status.ts'

const status = `Name:	sleep
Uid:	100999	101000	101000	101000
Gid:	101000	101000	101000	101000
Groups:	100044 101000 
CapEff:	0000000000000000
CapBnd:	0000000000000400
NoNewPrivs:	1
`

describe('/proc/PID/status', () => {
  it('tells the effective ids, the group first, and capabilities by name', () => {
    assert.deepEqual(readProcessStatus(status), {
      uid: 101000,
      gid: 101000,
      groups: [101000, 100044],
      effective: [],
      bounding: ['NET_BIND_SERVICE'],
      noNewPrivileges: true,
    })
  })

  it('is read as the process sees itself, in its user namespace', () => {
    const map = readIdMap('         0     100000      65536\n')
    const seen = readProcessStatus(status, { uids: map, gids: map })
    assert.deepEqual([seen?.uid, seen?.gid, seen?.groups], [1000, 1000, [1000, 44]])
    const other = readIdMap('0 200000 65536')
    assert.equal(readProcessStatus(status, { uids: other, gids: other }), undefined)
  })

  it('is nothing else', () => {
    for (const text of ['', 'Uid:\tx\ty\nGid:\t1\t1\n', 'Uid:\t1000\n', '<html>'])
      assert.equal(readProcessStatus(text), undefined, text)
    assert.equal(readProcessStatus('Uid:\t1 1 1 1\nGid:\t1 1 1 1\nCapEff:\tzz\n')?.effective, undefined)
  })

  it('names every capability of a mask, and numbers those that have no name yet', () => {
    assert.deepEqual(capabilityNames('0000000000000003'), ['CHOWN', 'DAC_OVERRIDE'])
    assert.equal(capabilityNames('000001ffffffffff').length, 41)
    assert.ok(!capabilityNames('000001ffffffffff').some((name) => /\d/.test(name)))
    assert.deepEqual(capabilityNames('8000000000000000'), ['63'])
  })
})
