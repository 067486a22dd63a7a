import assert from 'node:assert/strict'
import type { BuildContext, ContextEntry } from '../../../server/src/image/index.ts'
import { inEnglish } from '../../../server/src/l10n/index.ts'
import { image } from './built-image.ts'

/** COPY, WORKDIR, VOLUME and mounts in small. Every expectation was seen on Docker 28.5 (BuildKit 0.25). */

const modes: Readonly<Record<string, number | string>> = {
  'src/': 0o750,
  'src/a.txt': 0o640,
  'src/sub/': 0o700,
  'src/sub/b.sh': 0o755,
  'src/link': '-> a.txt',
  'top.txt': 0o600,
  'u.txt': 0o640,
  'make.sh': 0o755,
}
const scripts: Readonly<Record<string, string>> = { 'make.sh': '#!/bin/sh\nmkdir /made && chown 5 /made\n' }
const context: BuildContext = {
  stat: (path) => {
    if (path === '') return { kind: 'directory', mode: 0o700 }
    const value = modes[path] ?? modes[`${path}/`]
    if (value === undefined) return 'missing'
    const entry: ContextEntry =
      typeof value === 'string'
        ? { kind: 'link', mode: 0o777, target: value.slice(3) }
        : { kind: `${path}/` in modes ? 'directory' : 'file', mode: value }
    return entry
  },
  list: (folder) => {
    const prefix = folder === '' ? '' : `${folder}/`
    if (folder !== '' && !(prefix in modes)) return 'unknown'
    const below = Object.keys(modes).filter((path) => path.startsWith(prefix) && path !== prefix)
    return [...new Set(below.map((path) => path.slice(prefix.length).split('/')[0] as string))].sort()
  },
  read: (path) => scripts[path],
}
const built = (lines: string) => image(`FROM debian:12\n${lines}`, context)

describe('COPY', () => {
  it('--exclude is of paths inside the folder; `!` takes back, a slash in front fits nothing', () => {
    built('COPY --exclude=*.txt src /x/').sees({
      '/x/a.txt': 'missing',
      '/x/sub/b.sh': 'file 0:0 0755',
      '/x/link': 'link 0:0 0777',
    })
    built('COPY --exclude=**/*.sh --exclude=/a.txt src /x/').sees({
      '/x/a.txt': 'file 0:0 0640',
      '/x/sub': 'directory 0:0 0700',
      '/x/sub/b.sh': 'missing',
    })
    built('COPY --exclude=* --exclude=!sub/b.sh src /x/').sees({
      '/x/a.txt': 'missing',
      '/x/sub': 'directory 0:0 0700',
      '/x/sub/b.sh': 'file 0:0 0755',
    })
    built('COPY --exclude=src/sub src /x/').sees({ '/x/sub/b.sh': 'file 0:0 0755' })
  })

  it('--exclude leaves files alone that are named themselves', () => {
    built('COPY --exclude=*.txt top* /x/').sees({ '/x/top.txt': 'file 0:0 0600' })
  })

  it('--exclude works on stages too; with an unknown pattern anything may be left out', () => {
    const stage = 'RUN mkdir -p /s/d && touch /s/a /s/d/b && chown -R 5:6 /s\nFROM debian:12\n'
    built(`${stage}COPY --from=0 --exclude=a /s /x/`).sees({
      '/x/a': 'missing',
      '/x/d/b': 'file 5:6 0644',
    })
    built(`${stage}ARG E\nCOPY --from=0 --exclude=$E /s /x/`).sees({ '/x/a': 'file~possible 5:6 0644' })
  })

  it('of several files to a name without a slash leaves the last one', () => {
    built('COPY src/a.txt top.txt /x').sees({ '/x': 'file 0:0 0600', '/x/a.txt': 'missing' })
    built('COPY t*.txt u.txt /x').sees({ '/x': 'file 0:0 0640' })
  })

  it('into what a folder before it has made a folder', () => {
    built('COPY src/sub top.txt /y').sees({ '/y': 'directory 0:0 0755', '/y/top.txt': 'file 0:0 0600' })
  })

  it('patterns stand in any part of a path', () => {
    built('COPY sr?/a.txt /y').sees({ '/y': 'file 0:0 0640' })
    built('COPY s*/s*/*.sh /y/').sees({ '/y/b.sh': 'file 0:0 0755' })
    built(
      'RUN mkdir -p /s/t && touch /s/t/f && chown 5 /s/t/f\nFROM debian:12\nCOPY --from=0 /s/?/f /y',
    ).sees({
      '/y': 'file 5:0 0644',
    })
  })

  it('--parents brings the folders on the way, from the root or from /./', () => {
    built('COPY --parents src/sub/b.sh top.txt /x/').sees({
      '/x': 'directory 0:0 0755',
      '/x/src': 'directory~likely 0:0 0750~likely',
      '/x/src/sub': 'directory~likely 0:0 0700~likely',
      '/x/src/sub/b.sh': 'file~likely 0:0 0755~likely',
      '/x/src/a.txt': 'missing',
      '/x/top.txt': 'file~likely 0:0 0600~likely',
    })
    built('COPY --parents src/./s*/*.sh /x/').sees({
      '/x/src': 'missing',
      '/x/sub/b.sh': 'file~likely 0:0 0755~likely',
    })
    built(
      'RUN mkdir -p /s/t && touch /s/t/f && chown -R 5:6 /s\nFROM debian:12\nCOPY --parents --from=0 /s/t/f /x/',
    ).sees({
      '/x/s': 'directory~likely 5~likely:6~likely 0755~likely',
      '/x/s/t/f': 'file~likely 5~likely:6~likely 0644~likely',
    })
    built('COPY --parents nope/f /x/').sees({ '/x/nope': 'unknown~possible 0:0 ?' })
  })

  it('makes folders in a setgid folder as mkdir does', () => {
    const setgid = 'RUN mkdir /x && chgrp 50 /x && chmod 2775 /x\n'
    built(`${setgid}COPY src /x/d\nCOPY top.txt /x/`).sees({
      '/x/d': 'directory 0:50 2755',
      '/x/d/sub': 'directory 0:0 0700',
      '/x/top.txt': 'file 0:0 0600',
    })
    built(`${setgid}COPY --chown=5:6 src /x/d/e`).sees({
      '/x/d': 'directory 5:6 2755',
      '/x/d/e': 'directory 5:6 2755',
    })
    built(`${setgid}COPY --chmod=0640 top.txt /x/h/i`).sees({ '/x/h': 'directory 0:50 2640' })
  })
})

describe('--chown and USER', () => {
  it('a colon with nothing after it is root’s group', () => {
    const user = 'RUN useradd -u 1500 -g 4 app\n'
    built(`${user}COPY --chown=app: top.txt /a\nCOPY --chown=1500 top.txt /c\nUSER 1500:\nWORKDIR /d`).sees({
      '/a': 'file 1500:0 0600',
      '/c': 'file 1500:1500 0600',
      '/d': 'directory 1500:0 0755',
    })
  })
})

describe('COPY --link', () => {
  it('replaces links and files in its way: the copy knows nothing of the image', () => {
    built('RUN mkdir -p /r/d && touch /r/d/old && ln -s /r /l\nCOPY --link src /l/d/').sees({
      '/l': 'directory 0:0 0755',
      '/l/d/a.txt': 'file 0:0 0640',
      '/l/d/old': 'missing',
      '/r/d/old': 'file 0:0 0644',
      '/r/d/a.txt': 'missing',
    })
  })

  it('to a name that is a folder makes it a file', () => {
    built('RUN mkdir -m 0700 /x\nCOPY --link top.txt /x').sees({
      '/x': 'file 0:0 0600',
      '/x/top.txt': 'missing',
    })
  })

  it('leaves what lies beside the copy', () => {
    built('RUN mkdir -m 0700 /x && touch /x/old && chown 5 /x /x/old\nCOPY --link src /x/').sees({
      '/x': 'directory 0:0 0755',
      '/x/old': 'file 5:0 0644',
      '/x/a.txt': 'file 0:0 0640',
    })
  })
})

describe('A file where the builder needs a folder', () => {
  for (const line of [
    'COPY src /f',
    'COPY top.txt /f/g',
    'COPY top.txt /f/',
    'COPY --from=0 /etc/apt /f',
    'WORKDIR /f',
    'WORKDIR /f/g',
  ])
    it(`stops ${line}`, () => {
      const { timeline } = image(`FROM debian:12\nFROM debian:12\nRUN touch /f\n${line}`, context)
      const failure = timeline.stages[1]?.steps.at(-1)?.failure
      assert.equal(failure?.certainty, 'certain')
      assert.match(inEnglish(failure!.message), /^\/f is a file here/)
    })

  it('is no trouble to a file, to a pattern that may mean one, and to a linked copy', () => {
    for (const line of ['COPY top.txt /f', 'COPY nope*/x /f', 'COPY --link src /f']) {
      const { timeline } = built(`RUN touch /f\n${line}`)
      assert.equal(timeline.stages[0]?.steps.at(-1)?.failure, undefined, line)
    }
  })
})

describe('A folder or link in the place of what is copied', () => {
  const stopped = (lines: string, message: RegExp) =>
    it(`stops ${lines.split('\n').at(-1)}`, () => {
      const { timeline } = built(`RUN mkdir -p /s/d && touch /s/f\nFROM debian:12\n${lines}`)
      const failure = timeline.stages[1]?.steps.at(-1)?.failure
      assert.equal(failure?.certainty, 'certain')
      assert.match(inEnglish(failure!.message), message)
    })
  stopped('RUN mkdir -p /x/top.txt\nCOPY top.txt /x/', /^\/x\/top.txt is a folder here/)
  stopped('RUN mkdir -p /x/a.txt\nCOPY src /x/', /^\/x\/a.txt is a folder here/)
  stopped('RUN mkdir /x && touch /x/sub\nCOPY src /x/', /^\/x\/sub is a file here/)
  stopped('RUN mkdir /x && ln -s /tmp /x/sub\nCOPY src /x/', /^\/x\/sub is a link to \/tmp here/)
  stopped('RUN mkdir -p /x/link\nCOPY src /x/', /^\/x\/link is a folder here/)
  stopped('RUN mkdir -p /x/f\nCOPY --from=0 /s /x/', /^\/x\/f is a folder here/)
  stopped('RUN mkdir -p /x && touch /x/d\nCOPY --from=0 /s /x/', /^\/x\/d is a file here/)
  stopped('RUN mkdir -p /x/h\nCOPY <<h /x/\nq\nh', /^\/x\/h is a folder here/)

  it('a link in the place of a file is replaced, one in front of it followed', () => {
    built('RUN mkdir -p /x /r && ln -s /r /x/a.txt\nCOPY src /x/').sees({
      '/x/a.txt': 'file 0:0 0640',
      '/r': 'directory 0:0 0755',
    })
    built('RUN touch /r && chown 5 /r && ln -s /r /l\nCOPY top.txt /l').sees({
      '/l': 'link 0:0 0777',
      '/r': 'file 0:0 0600',
    })
  })
})

describe('WORKDIR', () => {
  it('makes folders in a setgid folder as mkdir does', () => {
    built('RUN mkdir /x && chgrp 50 /x && chmod 2775 /x\nWORKDIR /x/a/b\nUSER 1500\nWORKDIR /x/c').sees({
      '/x/a': 'directory 0:50 2755',
      '/x/a/b': 'directory 0:50 2755',
      '/x/c': 'directory 1500:1500 2755',
    })
  })
})

describe('VOLUME', () => {
  it('is relative to the root, not to WORKDIR', () => {
    built('WORKDIR /a\nVOLUME b').sees({ '/b': 'directory 0:0 0755', '/a/b': 'missing' })
  })
})

describe('RUN --mount=type=bind', () => {
  it('shows the build context, root’s and read-only', () => {
    built('RUN --mount=type=bind,source=src,target=/b cp /b/a.txt /a1 && cp -a /b/sub /s1').sees({
      '/a1': 'file 0:0 0640',
      '/s1': 'directory 0:0 0700',
      '/s1/b.sh': 'file 0:0 0755',
      '/b': 'missing',
    })
  })

  it('shows a file, and runs a script', () => {
    built('RUN --mount=type=bind,source=top.txt,target=/etc/t.txt cp /etc/t.txt /t').sees({
      '/t': 'file 0:0 0600',
    })
    built('RUN --mount=source=make.sh,target=/make.sh /make.sh').sees({ '/made': 'directory 5:0 0755' })
  })

  it('shows a stage with its owners', () => {
    const stage = 'RUN mkdir /s && touch /s/f && chown -R 5:6 /s && chmod 0600 /s/f\nFROM debian:12\n'
    image(
      `FROM debian:12 AS b\n${stage}RUN --mount=from=b,source=/s,target=/b cp -a /b/f /g && cp /b/f /h`,
      context,
    ).sees({ '/g': 'file 5:6 0600', '/h': 'file 0:0 0600' })
  })

  it('refuses writing, and what the mode refuses', () => {
    const failing = (lines: string, message: RegExp) => {
      const { timeline } = built(lines)
      const failure = timeline.stages[0]?.steps.at(-1)?.failure
      assert.equal(failure?.certainty, 'certain', lines)
      assert.match(inEnglish(failure!.message), message)
    }
    failing('RUN --mount=source=src,target=/b touch /b/sub/n', /read-only/)
    failing('USER 1500:1500\nRUN --mount=source=src,target=/b cat /b/a.txt', /Permission denied/)
  })

  it('what nobody can see stays unknown', () => {
    built('RUN --mount=source=nope,target=/b cp -r /b /c').sees({ '/c': 'unknown~likely 0:0 ?' })
  })
})

describe('COPY to a name that the base may have as a folder', () => {
  it('is not sure of what is below it, whatever comes first', () => {
    const lines = [
      'COPY top.txt /home/x',
      'COPY u.txt /home/x',
      'COPY make.sh /home/x/bin/make',
      'RUN chown 5 /home/x/top.txt && chown 5 /home/x/u.txt && chmod u+x /home/x/u.txt',
    ].join('\n')
    const { timeline } = image(`FROM example.com/nobody/knows\n${lines}\n`, context)
    assert.deepEqual(
      timeline.stages[0]?.steps.map(({ failure }) => failure?.certainty ?? 'none'),
      ['none', 'none', 'none', 'none'],
    )
  })
})

describe('RUN --mount=type=secret', () => {
  it('is there only where the build was given it, if it is not required', () => {
    const both = '[ -f /run/secrets/s ] && touch /yes || touch /no'
    built(`RUN --mount=type=secret,id=s ${both}`).sees({
      '/yes': 'unknown~possible 0~likely:0~likely 0644~likely',
      '/no': 'unknown~possible 0~likely:0~likely 0644~likely',
    })
    built(`RUN --mount=type=secret,id=s,required ${both}`).sees({
      '/yes': 'file 0:0 0644',
      '/no': 'missing',
    })
  })

  it('may be a variable', () => {
    const { timeline } = built('RUN --mount=type=secret,id=s,env=S test -n "$S"')
    assert.equal(timeline.stages[0]?.steps[0]?.failure, undefined)
  })
})
