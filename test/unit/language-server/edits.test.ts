import assert from 'node:assert/strict'
import { harden } from '../../../server/src/harden/index.ts'
import { english } from '../../../server/src/l10n/index.ts'
import { readClient } from '../../../server/src/language-server/client-capabilities.ts'
import { hardenEdit } from '../../../server/src/language-server/features/harden-edit.ts'
import { createSnapshot } from '../../../server/src/language-server/snapshot.ts'
import { analysed } from '../harden/files.ts'
import { able } from './editor.ts'

describe('the edit of a plan', () => {
  const uri = 'file:///work/a%20b/Dockerfile'
  const analysis = analysed('FROM httpd:2.4\nCOPY my.conf /usr/local/apache2/conf/httpd.conf\nEXPOSE 80\n', {
    profile: 'kubernetes',
    files: { 'my.conf': '# ours\nListen 80\n' },
  })
  const snapshot = createSnapshot({ uri, version: 3 }, 1, analysis, false)
  const editFor = (capabilities: object) =>
    hardenEdit(
      snapshot,
      harden(analysis),
      readClient({ processId: null, rootUri: null, capabilities }, english),
    )

  it('reaches files of the build context, in the same step', () => {
    const { documentChanges = [], changeAnnotations = {} } = editFor(able)
    const [own, other] = documentChanges
    assert.ok(own && 'edits' in own && other && 'edits' in other)
    assert.deepEqual(own.textDocument, { uri, version: 3 })
    assert.deepEqual(other.textDocument, { uri: 'file:///work/a%20b/my.conf', version: null })
    const [listen] = other.edits
    assert.ok(listen && 'annotationId' in listen && 'newText' in listen)
    assert.equal(listen.newText, '8080')
    assert.deepEqual(listen.range, { start: { line: 1, character: 7 }, end: { line: 1, character: 9 } })
    assert.match(changeAnnotations[listen.annotationId]?.label ?? '', /8080 instead of 80/)
  })

  it('is there for a client that knows only changes', () => {
    assert.deepEqual(Object.keys(editFor({}).changes ?? {}), [uri, 'file:///work/a%20b/my.conf'])
  })
})
