import assert from 'node:assert/strict'
import { find } from '../../../server/src/image/index.ts'
import { inEnglish } from '../../../server/src/l10n/index.ts'
import { image } from './built-image.ts'

/** What a script leaves behind where something in it fails, or may. Seen on Docker 28.5 (BuildKit 0.25). */

const failures = (text: string) =>
  image(text).timeline.runtime!.stage.steps.flatMap(({ failure }) =>
    failure ? [`${failure.certainty} ${failure.exitCode}: ${inEnglish(failure.message)}`] : [],
  )
const printed = (text: string) =>
  image(text)
    .timeline.runtime!.stage.steps.flatMap(({ commands }) => commands)
    .filter(({ argv }) => argv[0]?.text === 'echo')
    .map(({ argv, reached }) => `${argv[1]?.text ?? '?'}${reached === 'certain' ? '' : '~'}`)

describe('A command that may fail, and nobody needs it to work', () => {
  it('has possibly done nothing', () => {
    image('FROM debian:12\nUSER 65534\nRUN mkdir -p /run/app; true').sees({
      '/run/app': 'unknown~possible ?:? ?',
    })
    image('FROM debian:12\nUSER 65534\nRUN mkdir -p /run/app').sees({
      '/run/app': 'directory 65534~likely:65534~likely 0755~likely',
    })
  })
})

describe('A function or a script that nobody needs to work', () => {
  const asNobody = (step: string) => image(`FROM debian:12\nARG SET=1\nUSER 65534\n${step}`)
  it('makes nothing certain that is only likely to have worked', () => {
    const maybe = 'mkdir -p /run/app && chown 0 /run/app'
    for (const step of [
      `RUN f() { ${maybe}; }; f; true`,
      `RUN sh -c '${maybe}'; true`,
      `RUN eval '${maybe}'; true`,
    ]) {
      const { node } = find(asNobody(step).timeline.runtime!.state.files, '/run/app')
      assert.notEqual(node.exists, 'certain', step)
    }
  })
})

describe('A failed step whose earlier commands may have failed as well', () => {
  it('has no certain exit code', () => {
    const step = 'date > /srv/x; cd /run/app && useradd ghost'
    assert.match(failures(`FROM debian:12\nUSER 65534\nRUN ${step}`).join(), /^certain undefined: /)
    assert.match(
      failures(`FROM debian:12\nUSER 65534\nRUN set -e; cd /run/app; useradd ghost`).join(),
      /^certain undefined: /,
    )
  })
})

describe('A pipe under pipefail', () => {
  it('ends with the code of the last command that fails', () => {
    const bash = (steps: string) =>
      printed(`FROM debian:12\nSHELL ["/bin/bash", "-o", "pipefail", "-c"]\nRUN ${steps}`)
    assert.deepEqual(bash('(exit 3) | (exit 4) | true; echo "pipe=$?"'), ['pipe=4'])
    assert.deepEqual(bash('(exit 3) | true | true; echo "pipe=$?"'), ['pipe=3'])
    assert.deepEqual(bash('(exit 3) | curl x | true; echo "pipe=$?"'), ['?'])
    assert.deepEqual(bash('(exit 3) | curl x && echo never'), [])
  })
})

describe('A command that fails, and may have failed before it did anything', () => {
  const asNobody = (command: string) =>
    `FROM debian:12\nARG X\nRUN rm -rf $X; mkdir -p -m 0777 /run/a\nUSER 65534\nRUN ${command}; echo "it=$?"`
  it('has possibly done nothing', () => {
    image(asNobody('cp -a /run/a /run/a/b')).sees({ '/run/a/b': 'unknown~possible ?:? ?' })
  })
  it('has the exit code of the shell where a redirection failed', () => {
    assert.deepEqual(printed(asNobody('cat /nowhere/x > /run/a/conf')), ['?'])
    assert.deepEqual(printed('FROM debian:12\nRUN cat /nowhere/x > /run/conf; echo "it=$?"'), ['it=1'])
  })
})

describe('An account written by hand', () => {
  const made = "echo 'app:x:1500:1500::/:/bin/sh' >> /etc/passwd"
  const said = (base: string, steps: string) => printed(`FROM ${base}\nRUN ${made}; ${steps}`).slice(-1)
  it('is refused by PAM where su asks it, as it has no line in /etc/shadow', () => {
    const su = 'su app -c true; echo "su=$?"'
    assert.deepEqual(said('debian:12', su), ['su=1'])
    assert.deepEqual(said('alpine:3.22', su), ['su=0'])
    assert.deepEqual(said('debian:12', 'runuser app -c true; echo "su=$?"'), ['su=0'])
    assert.deepEqual(said('debian:12', `pwconv; ${su}`), ['su=0'])
    assert.deepEqual(said('debian:12', `passwd -d app; ${su}`), ['su=0'])
    assert.deepEqual(said('debian:12', 'passwd -l app; echo "it=$(grep ^app: /etc/passwd)"'), ['?'])
    assert.deepEqual(said('debian:12', `echo 'app:!::0:99999:7:::' >> /etc/shadow; ${su}`), ['?'])
    assert.deepEqual(said('debian:12', `${su.replace('app', 'www-data -s /bin/sh')}`), ['su=0'])
  })
})

describe('ARG declared anew', () => {
  it('keeps its value where it gets no other', () => {
    const as = (args: string) => image(`FROM debian:12\n${args}\nUSER \${X:-nobody}`).runsAs()
    assert.equal(as('ARG X=mail\nARG X'), '8:8 /var/mail')
    assert.equal(as('ARG X=mail\nARG X=games'), '5:60 /usr/games')
    assert.equal(as('ARG X'), '65534:65534 /nonexistent')
  })
})

describe('ONBUILD of the base', () => {
  const stage = (trigger: string) =>
    image(`FROM debian:12 AS base\nONBUILD ${trigger}\nFROM base\nRUN id`).timeline.runtime!.stage
  it('is a step at FROM where it fails or may, and is what the stage starts with', () => {
    const [from, run] = stage('RUN useradd -u 33 app').steps
    assert.equal(from?.instruction.keyword, 'FROM')
    assert.equal(from?.failure?.exitCode, 4)
    assert.match(inEnglish(from!.failure!.message), /^The base has `ONBUILD RUN useradd -u 33 app`/)
    assert.equal(run?.instruction.keyword, 'RUN')
    assert.deepEqual(
      stage('RUN some-tool').steps.map(({ instruction, sure }) => [instruction.keyword, sure]),
      [
        ['FROM', false],
        ['RUN', true],
      ],
    )
  })
  it('decides who the stage starts as', () => {
    const { initial, started, steps } = stage('USER 1500')
    assert.deepEqual(
      [initial.identity.uid, started.identity.uid].map((uid) => 'value' in uid && uid.value),
      [0, 1500],
    )
    assert.deepEqual(
      steps.map(({ instruction }) => instruction.keyword),
      ['RUN'],
    )
  })
})

describe('COPY --from of what may not be there', () => {
  it('may fail', () => {
    const step = (path: string) =>
      image(`FROM debian:12 AS build\nRUN mkdir /data\nFROM debian:12\nCOPY --from=build ${path} /x/`)
        .timeline.runtime!.stage.steps[0]
    assert.deepEqual([step('/data')?.sure, step('/data')?.failure], [true, undefined])
    assert.deepEqual([step('/run/app')?.sure, step('/run/app')?.failure], [false, undefined])
    assert.equal(step('/data/none')?.failure?.certainty, 'certain')
  })
})

describe('cp from a folder that nobody knows', () => {
  it('may make its target', () => {
    const run = 'RUN some-tool && cd /srv || cd /opt; cp -r . /data/app; true'
    const { node } = find(
      image(`FROM debian:12\nRUN mkdir /data\n${run}`).timeline.runtime!.state.files,
      '/data/app',
    )
    assert.equal(node.kind, 'unknown')
  })
})

describe('COPY below what may be a file', () => {
  it('may fail', () => {
    const context = 'COPY <<EOF /run/x\nx\nEOF\nCOPY <<EOF /run/x/y\nx\nEOF'
    const [first, second] = image(`FROM debian:12\n${context}`).timeline.runtime!.stage.steps
    assert.equal(first?.sure, true)
    assert.equal(second?.sure, false)
    assert.equal(second?.failure, undefined)
  })
})

describe('A special builtin that fails', () => {
  const end = ': > /nowhere/file; echo "after=$?"'
  it('ends dash and ash, not bash (POSIX 2.8.1)', () => {
    assert.match(failures(`FROM debian:12\nRUN ${end}`).join(), /^certain 2: \/nowhere /)
    assert.match(failures(`FROM alpine:3.22\nRUN ${end}`).join(), /^certain 1: \/nowhere /)
    assert.deepEqual(printed(`FROM debian:12\nSHELL ["/bin/bash", "-c"]\nRUN ${end}`), ['after=1'])
    assert.deepEqual(printed(`FROM debian:12\nRUN true ${end.slice(1)}`), ['after=2'])
  })
  it('may end a subshell where it may fail', () => {
    const maybe = ': > /run/x || true; touch /run/y'
    const { timeline } = image(`FROM debian:12\nUSER 65534\nRUN (${maybe}); echo "out=$?"`)
    const commands = timeline.runtime!.stage.steps.flatMap((step) => step.commands)
    assert.equal(commands.find(({ name }) => name === 'touch')?.reached, 'possible')
    assert.deepEqual(printed(`FROM debian:12\nUSER 65534\nRUN ${maybe}; echo here`), ['here'])
  })
  it('ends no more than its subshell', () => {
    assert.deepEqual(printed(`FROM debian:12\nRUN (${end}); echo "out=$?"`), ['out=2'])
  })
})

describe('cd', () => {
  it('may leave the shell where it was', () => {
    const said = (step: string) =>
      printed(`FROM debian:12\nARG X\nRUN [ -n "$X" ] && mkdir /app; ${step}`).slice(-1)
    assert.deepEqual(said('cd /app && echo; echo "in=$(pwd)"'), ['?'])
    assert.deepEqual(said('cd /srv && echo; echo "in=$(pwd)"'), ['in=/srv'])
  })
  it('fails with 2 in dash and in BusyBox, with 1 in bash', () => {
    const end = 'cd /nowhere; echo "cd=$?"'
    assert.deepEqual(printed(`FROM debian:12\nRUN ${end}`), ['cd=2'])
    assert.deepEqual(printed(`FROM alpine:3.22\nRUN ${end}`), ['cd=2'])
    assert.deepEqual(printed(`FROM debian:12\nSHELL ["/bin/bash", "-c"]\nRUN ${end}`), ['cd=1'])
  })
})

describe('find', () => {
  it('may fail where it cannot go back to the folder it was started in', () => {
    const lines = (user: string) =>
      printed(
        `FROM debian:12\nRUN mkdir -m 0700 /app && mkdir /data\nWORKDIR /app\nUSER ${user}\nRUN find /data -type f; echo "find=$?"`,
      )
    assert.deepEqual(lines('0'), ['find=0'])
    assert.deepEqual(lines('33'), ['?'])
  })
})

describe('A umask that only may have been set', () => {
  it('leaves the modes of what is made in doubt, where it makes a difference', () => {
    const { state } = image(
      'FROM debian:12\nARG X\nRUN [ -n "$X" ] && umask 027; mkdir /a; mkdir -m 0700 /b; touch /c; chmod 0600 /c',
    ).timeline.runtime!
    const mode = (path: string) => find(state.files, path).node.mode
    assert.equal(mode('/a').certainty, 'possible')
    assert.deepEqual([mode('/b').certainty, mode('/c').certainty], ['certain', 'certain'])
    assert.deepEqual(
      printed('FROM debian:12\nARG X\nRUN [ -n "$X" ] && umask 027; umask 022; echo "m=$(umask)"').slice(-1),
      ['m=0022'],
    )
    assert.deepEqual(
      printed('FROM debian:12\nARG X\nRUN [ -n "$X" ] && umask 027; echo "m=$(umask)"').slice(-1),
      ['?'],
    )
  })
})

describe('A pattern over a folder that may not be read', () => {
  it('matches nothing', () => {
    const said = (user: string) =>
      printed(`FROM debian:12\nRUN mkdir -m 0711 /a; mkdir /a/b\nUSER ${user}\nRUN rm -rf /a/*; echo "rm=$?"`)
    assert.deepEqual(said('65534'), ['rm=0'])
    image('FROM debian:12\nRUN mkdir -m 0711 /a; mkdir /a/b\nUSER 65534\nRUN rm -rf /a/*; true').sees({
      '/a/b': 'directory 0:0 0755',
    })
  })
})

describe('Exit codes of what another than root may not', () => {
  const said = (base: string, step: string) => printed(`FROM ${base}\nUSER 65534\nRUN ${step}; echo $?`)
  it('are 127 of setpriv, 10 of useradd -G, 1 of BusyBox', () => {
    const setpriv = 'setpriv --reuid=1 --clear-groups true'
    assert.deepEqual(said('debian:12', setpriv), ['127'])
    assert.deepEqual(said('debian:12', 'useradd -G ghost app'), ['10'])
  })
  it('are not certain where something else may come first', () => {
    assert.deepEqual(said('debian:12', 'gpasswd -a mail ghost'), ['3'])
    assert.deepEqual(said('unknown/base', 'gpasswd -a mail ghost'), ['?'])
  })
})

describe('touch of what may be a folder', () => {
  it('makes no certain file of it', () => {
    const { state } = image('FROM debian:12\nARG X\nRUN [ -n "$X" ] && mkdir /app; touch /app').timeline
      .runtime!
    assert.equal(find(state.files, '/app').node.exists, 'likely')
  })
})

describe('An account that is only likely gone', () => {
  it('may be there', () => {
    const { state } = image('FROM debian:12\nRUN useradd app; userdel $(some-tool) app; true').timeline
      .runtime!
    const app = state.accounts.users.find(({ name }) => name === 'app')
    assert.equal(app?.certainty, 'possible')
  })
})

describe('COPY of a file to what is only likely a folder', () => {
  it('is not certain of either', () => {
    const steps = 'RUN git clone https://example.org/y /data; true\nCOPY <<EOF /data\nx\nEOF'
    const { files } = image(`FROM debian:12\n${steps}`).timeline.runtime!.state
    assert.deepEqual(
      ['/data', '/data/EOF'].map((path) => find(files, path).node.exists),
      ['likely', 'likely'],
    )
  })
})

describe('A change of what nobody knows', () => {
  it('may have met what this file made in the folders of the system', () => {
    const { files } = image('FROM debian:12\nARG X\nRUN touch /usr/local/bin/run; chown 33 "$X"').timeline
      .runtime!.state
    assert.equal(find(files, '/usr/local/bin/run').node.owner.certainty, 'possible')
    assert.equal(find(files, '/usr/local/bin').node.owner.certainty, 'certain')
  })
})

describe('chmod -R and chown -R of what partly belongs to others', () => {
  it('change the rest', () => {
    const steps =
      'RUN mkdir -m 0777 /a; touch /a/root\nUSER 33:0\nRUN mkdir /a/mine; chmod -R g+w /a; chgrp -R 33 /a; true'
    image(`FROM debian:12\n${steps}`).sees({
      '/a': 'directory 0:0 0777',
      '/a/root': 'file 0:0 0644',
      '/a/mine': 'directory 33:0 0775',
    })
  })
})

describe('cp to what may be a folder', () => {
  it('makes no certain file of it', () => {
    const steps = 'ARG X\nRUN [ -n "$X" ] && mkdir /a; cp /etc/passwd /a'
    const { files } = image(`FROM debian:12\n${steps}`).timeline.runtime!.state
    assert.equal(find(files, '/a').node.exists, 'likely')
  })
})

describe('A working directory behind a link', () => {
  it('is the folder that the link leads to', () => {
    const steps = 'RUN mkdir /a && ln -s /a /b\nWORKDIR /b\nRUN echo "in=$(pwd)"'
    assert.deepEqual(printed(`FROM debian:12\n${steps}`), ['in=/a'])
  })
})

describe('An account whose password has to be renewed', () => {
  it('may be kept by PAM from what it does', () => {
    const said = (step: string) => printed(`FROM debian:12\nRUN ${step}; echo $?`)
    const adduser = "adduser --disabled-password --gecos '' app"
    assert.deepEqual(said(`chage -d 0 root; ${adduser}`), ['?'])
    assert.deepEqual(said(`chage -d 0 games; ${adduser}`), ['0'])
    assert.deepEqual(said('chage -d 0 games; su -s /bin/sh games -c true'), ['?'])
  })
})

describe('chmod -w', () => {
  it('fails where the umask spares a right', () => {
    const said = (mode: string) =>
      printed(`FROM debian:12\nRUN mkdir /a; chmod ${mode} /a; chmod -w /a; echo "it=$?"`)
    assert.deepEqual([...said('755'), ...said('775')], ['it=0', 'it=1'])
  })
})

describe('usermod -g', () => {
  it('goes through a home that is the account’s own', () => {
    const made = 'RUN useradd -m app; mkdir /home/app/x; chown -R app:app /home/app'
    image(`FROM debian:12\n${made}; usermod -g tty app`).sees({ '/home/app/x': 'directory 1000:5 0755' })
    image(`FROM debian:12\n${made}; chown 33 /home/app; usermod -g tty app`).sees({
      '/home/app/x': 'directory 1000:1000 0755',
    })
  })
})

describe('A mount below a file', () => {
  it('fails', () => {
    const step = (path: string) =>
      `FROM debian:12\nRUN mkdir /a; touch /a/f\nRUN --mount=type=cache,target=${path} true`
    assert.deepEqual(failures(step('/a/b/c')), [])
    assert.match(failures(step('/a/f/c')).join(), /^certain undefined: \/a\/f is a file here/)
  })
})

describe('A program that this file may have put there', () => {
  it('is not missing', () => {
    const steps =
      'RUN touch /usr/local/bin/gosu; apt-get update; rm -rf "$(some-tool)"; gosu nobody true; echo "it=$?"'
    assert.notDeepEqual(printed(`FROM debian:12\n${steps}`), ['it=127'])
    assert.deepEqual(printed('FROM debian:12\nRUN gosu nobody true; echo "it=$?"'), ['it=127'])
  })
})

describe('A system without its programs', () => {
  it('does nothing that is certain', () => {
    const { state } = image('FROM debian:12\nRUN mv /usr/sbin /data; useradd app').timeline.runtime!
    assert.equal(
      state.accounts.users.some(({ name }) => name === 'app'),
      false,
    )
    assert.deepEqual(printed('FROM debian:12\nRUN rm -rf /usr/sbin; useradd app; echo "it=$?"'), ['?'])
  })
})

describe('A file with two names', () => {
  it('is not certain of its owner: what is done under the other name is not seen', () => {
    image('FROM debian:12\nRUN touch /srv/a; mkdir /b; ln /srv/a /b/c; chown -R 33:33 /b').sees({
      '/srv/a': 'file 0~likely:0~likely 0644~likely',
    })
  })
})

describe('chown of a folder alone', () => {
  it('says nothing of what lies in it', () => {
    const { node } = find(
      image('FROM debian:12\nRUN chown 33 /var/lib').timeline.runtime!.state.files,
      '/var/lib/none',
    )
    assert.deepEqual('value' in node.owner && node.owner.value, 0)
  })
})

describe('chown and chmod --reference', () => {
  it('fail where the file is not there', () => {
    const said = (step: string) =>
      printed(`FROM debian:12\nRUN mkdir /a; ${step} --reference=/a/none /a; echo $?`)
    assert.deepEqual([...said('chown'), ...said('chmod')], ['1', '1'])
  })
})

describe('sudo', () => {
  it('becomes nobody whose id has no account', () => {
    const base = 'FROM debian:12\nRUN apt-get install -y sudo\n'
    assert.deepEqual(printed(`${base}RUN sudo -u '#4321' true; echo $?`), ['1'])
    assert.deepEqual(printed(`${base}RUN sudo -u '#33' true; echo $?`), ['0'])
  })
})

describe('What BusyBox does otherwise', () => {
  it('adduser makes no home in a folder that may be missing', () => {
    const steps = 'ARG X\nRUN [ -n "$X" ] && mkdir /a; adduser -D -h /a/home app'
    const { files } = image(`FROM alpine:3.22\n${steps}`).timeline.runtime!.state
    assert.equal(find(files, '/a/home').node.exists, 'possible')
  })
  it('install -o gives the group of the process as well', () => {
    const steps = 'RUN mkdir /a && chown 33:33 /a && install -d -o nobody /a'
    image(`FROM alpine:3.22\n${steps}`).sees({ '/a': 'directory 65534:0 0755' })
    image(`FROM debian:12\n${steps}`).sees({ '/a': 'directory 65534:33 0755' })
  })
  it('chmod: others have no sticky bit, and what is copied is what `=` left', () => {
    const steps = 'RUN mkdir -m 1750 /a; chmod o=g /a; mkdir -m 0750 /b; chmod ug=u /b'
    image(`FROM alpine:3.22\n${steps}`).sees({ '/a': 'directory 0:0 1755', '/b': 'directory 0:0 0000' })
    image(`FROM debian:12\n${steps}`).sees({ '/a': 'directory 0:0 0755', '/b': 'directory 0:0 0770' })
  })
  it('cp hands on setuid and setgid', () => {
    const steps = 'RUN mkdir /a && chmod 6755 /a && touch /a/f && chmod 4755 /a/f && cp -r /a /b'
    image(`FROM alpine:3.22\n${steps}`).sees({ '/b': 'directory 0:0 6755', '/b/f': 'file 0:0 4755' })
    image(`FROM debian:12\n${steps}`).sees({ '/b': 'directory 0:0 0755', '/b/f': 'file 0:0 0755' })
  })
  it('find -delete works even where it may not', () => {
    const said = (base: string) =>
      printed(`FROM ${base}\nRUN mkdir -p /a/b\nUSER 65534\nRUN find /a -mindepth 1 -delete; echo "find=$?"`)
    assert.deepEqual(said('alpine:3.22'), ['find=0'])
    assert.deepEqual(said('debian:12'), ['find=1'])
  })
})

describe('A group that somebody may have joined', () => {
  it('is not certain of its members, nor they of their groups', () => {
    const { state } = image(
      'FROM debian:12\nRUN useradd app && useradd web && groupadd team; some-tool && usermod -aG team app; gpasswd -a web team\nUSER app',
    ).timeline.runtime!
    const team = state.accounts.groups.find(({ name }) => name === 'team')
    assert.deepEqual([team?.members, team?.openMembers], [['web'], true])
    assert.equal(state.identity.groups.certainty, 'possible')
  })
})

describe('Folders that BusyBox makes with a mode', () => {
  it('do not get the setgid bit of the folder that they lie in; with GNU they do', () => {
    const steps =
      'RUN mkdir -m 2775 /a && chgrp 5 /a && mkdir -m 700 /a/b && install -d -m 700 /a/c && mkdir /a/d'
    image(`FROM alpine:3.22\n${steps}`).sees({
      '/a/b': 'directory 0:5 0700',
      '/a/c': 'directory 0:5 0700',
      '/a/d': 'directory 0:5 2755',
    })
    image(`FROM debian:12\n${steps}`).sees({
      '/a/b': 'directory 0:5 2700',
      '/a/c': 'directory 0:5 2700',
      '/a/d': 'directory 0:5 2755',
    })
  })
})

describe('grep', () => {
  it('prints nothing for certain of a file that it may not be able to read', () => {
    const as = (user: string) =>
      printed(
        `FROM debian:12\nARG X\nRUN useradd app && rm -rf $X; chmod 0600 /etc/passwd\nUSER ${user}\nRUN echo "it=$(grep ^app: /etc/passwd)"`,
      )
    assert.deepEqual(as('0'), ['it=app:x:1000:1000::/home/app:/bin/sh'])
    assert.deepEqual(as('33'), ['?'])
  })
})

describe('tar', () => {
  it('may change what lies in the folder already', () => {
    const steps = 'RUN mkdir -m 0700 /a /a/b; curl x | tar -C /a -x'
    image(`FROM debian:12\n${steps}`).sees({ '/a/b': 'directory 0~likely:0~likely 0700~likely' })
  })
  it('gives up with 2, BusyBox with 1', () => {
    const end = 'tar -C /nowhere -xf /x.tar; echo "tar=$?"'
    assert.deepEqual(printed(`FROM debian:12\nRUN touch /x.tar; ${end}`), ['tar=2'])
    assert.deepEqual(printed(`FROM alpine:3.22\nRUN touch /x.tar; ${end}`), ['tar=1'])
  })
  it('needs no right to the folder where the archive may be empty', () => {
    assert.deepEqual(printed('FROM alpine:3.22\nUSER 65534\nRUN tar -c . | tar -C /home -x; echo "tar=$?"'), [
      '?',
    ])
  })
})

describe('A redirection', () => {
  it('is no write of the command before it', () => {
    const [step] = image('FROM debian:12\nRUN mkdir /app && date > /etc/built').timeline.runtime!.stage.steps
    assert.deepEqual(
      step?.commands.map(({ name, writes }) => `${name} ${writes.join(' ')}`),
      ['mkdir /app', 'date '],
    )
  })
  it('that is likely to be refused is told with the file that it opens', () => {
    const { commands } = image('FROM debian:12\nUSER 65534\nCMD ["sh", "-c", "date > /srv/started; sleep 1"]')
      .timeline.runtime!
    const refused = commands.find(({ name }) => name === undefined)
    assert.deepEqual(refused?.writes, ['/srv/started'])
    assert.equal(refused?.failure?.reason, 'permission-denied')
  })
})

describe('A path that nobody knows', () => {
  it('may be anywhere', () => {
    const made = [
      'mkdir -p "$WHERE/in"',
      'touch $WHERE',
      'echo > "$WHERE"',
      'tee $WHERE',
      'cp /etc/passwd $WHERE',
    ]
    for (const command of made) {
      const { timeline } = image(`FROM debian:12\nARG WHERE\nRUN mkdir -m 0700 /app && ${command}; true`)
      const { node } = find(timeline.runtime!.state.files, '/app/x')
      assert.equal(node.kind, 'unknown', command)
    }
  })
})

describe('set -e', () => {
  const goesOn = (script: string) =>
    assert.deepEqual(printed(`FROM debian:12\nRUN set -e; ${script}; echo on`), ['on'], script)
  it('does not mind what fails left of && and ||, and after !, however deep it lies', () => {
    goesOn('{ false; true; } || true')
    goesOn('{ false; true; } && true')
    goesOn('! { false; true; } || true')
    goesOn('f() { false; true; }; f || true')
    goesOn('{ true && (false; true); } || true')
  })
  it('minds what fails right of the last', () => {
    assert.deepEqual(failures('FROM debian:12\nRUN set -e; true && { false; true; }; echo on'), [
      'certain 1: `false` fails (exit code 1), and the step with it.',
    ])
  })
})

describe('A command of which nobody knows whether it works', () => {
  it('has likely done it, where nobody needs it to work', () => {
    image('FROM debian:12\nUSER 1500\nRUN touch /run/app/x; true').sees({
      '/run/app/x': 'file~likely 1500~likely:0~likely 0644~likely',
    })
  })
  it('does not make accounts doubtful that a program of its own did not touch', () => {
    const text = 'FROM debian:12\nRUN echo /etc/passwd | xargs chmod 0600; useradd app\nUSER app'
    assert.equal(image(text).timeline.runtime!.state.identity.uid.certainty, 'certain')
  })
  it('is chown to a name that may not be there', () => {
    const text = 'FROM debian:12\nRUN something-unknown\nRUN touch /f; chown maybe /f; echo $?'
    assert.deepEqual(printed(text), ['?'])
  })
})

describe('BusyBox', () => {
  it('has no --reference and no --from', () => {
    for (const command of [
      'chown --reference=/tmp /srv',
      'chmod --reference=/tmp /srv',
      'chown --from=1 2 /srv',
    ])
      assert.deepEqual(printed(`FROM alpine:3.22\nRUN ${command}; echo $?`), ['1'], command)
  })
  it('gives folders that install -d makes on the way the umask, those that cp makes the bits of their source', () => {
    image(
      'FROM alpine:3.22\nRUN umask 027; install -d /a/b; install -d -m 2775 /c; mkdir /d; cp -r /d /c',
    ).sees({
      '/a': 'directory 0:0 0750',
      '/a/b': 'directory 0:0 0755',
      '/c/d': 'directory 0:0 0750',
    })
  })
})

describe('A working directory that was removed', () => {
  it('is made again, by root, for the next RUN', () => {
    image('FROM debian:12\nWORKDIR /app\nRUN rm -rf /app\nRUN true').sees({ '/app': 'directory 0:0 0755' })
  })
})

describe('A function', () => {
  it('is there once its declaration is reached', () => {
    image('FROM debian:12\nRUN true && f() { mkdir "$1"; }; f /a').sees({ '/a': 'directory 0:0 0755' })
    image('FROM debian:12\nRUN false && f() { mkdir "$1"; }; f /a; true').sees({
      '/a': 'unknown~possible 0~likely:0~likely ?',
    })
  })
  it('is only possible where its declaration is', () => {
    image('FROM debian:12\nRUN something && f() { mkdir "$1"; }; f /a; true').sees({
      '/a': 'unknown~possible 0~likely:0~likely ?',
    })
  })
})

describe('cd into what is no folder', () => {
  const said = (code: number) => [`certain ${code}: /etc/passwd is a file, cd needs a folder.`]
  it('ends dash with 2, bash with 1', () => {
    assert.deepEqual(failures('FROM debian:12\nRUN cd /etc/passwd'), said(2))
    assert.deepEqual(failures('FROM debian:12\nSHELL ["/bin/bash", "-c"]\nRUN cd /etc/passwd'), said(1))
    assert.deepEqual(failures('FROM debian:12\nRUN bash -c "cd /etc/passwd"'), said(1))
    assert.deepEqual(
      failures('FROM debian:12\nSHELL ["/bin/bash", "-c"]\nRUN sh -c "cd /etc/passwd"'),
      said(2),
    )
  })
  it('is told so to the next command', () => {
    assert.deepEqual(printed('FROM debian:12\nRUN cd /etc/passwd; echo $?'), ['2'])
  })
})

describe('What fails and has done its work', () => {
  it('cp of a folder into itself copies all else (GNU 9.1, BusyBox 1.35)', () => {
    const text = 'RUN mkdir -p /opt/s && touch /opt/f && chmod 0751 /opt/s; cp -a /opt /opt/tool; echo $?'
    for (const base of ['debian:12', 'alpine:3.22']) {
      assert.deepEqual(printed(`FROM ${base}\n${text}`), ['1'])
      image(`FROM ${base}\n${text}`).sees({
        '/opt/tool': 'directory 0:0 0755',
        '/opt/tool/f': 'file 0:0 0644',
        '/opt/tool/s': 'directory 0:0 0751',
        '/opt/tool/tool': 'missing',
      })
    }
  })
  it('deluser of BusyBox, whose group of the same name is another account’s primary one', () => {
    const text = 'FROM alpine:3.19\nRUN deluser mail; echo $?; grep -c ^mail: /etc/passwd /etc/group'
    assert.deepEqual(printed(text), ['1'])
    const { users, groups } = image(text).timeline.runtime!.state.accounts
    assert.equal(
      users.some(({ name }) => name === 'mail'),
      false,
    )
    assert.equal(
      groups.some(({ name }) => name === 'mail'),
      true,
    )
  })
})

describe('A folder read as a file', () => {
  it('fails', () => {
    for (const program of ['cat', 'head', 'tail', 'wc', 'md5sum', 'base64'])
      assert.deepEqual(printed(`FROM debian:12\nRUN ${program} /etc; echo $?`), ['1'], program)
  })
})

describe('Account files and busy accounts', () => {
  it('shadow writes /etc/passwd without execute, BusyBox as it was', () => {
    const text = 'RUN chmod 0711 /etc/passwd'
    image(`FROM debian:12\n${text} && useradd app`).sees({ '/etc/passwd': 'file 0:0 0600' })
    image(`FROM alpine:3.22\n${text} && adduser -D app`).sees({ '/etc/passwd': 'file 0:0 0711' })
  })
  it('nobody can rename, move or remove the account that he runs as', () => {
    const said = (user: string, command: string) =>
      printed(`FROM debian:12\nRUN useradd -u 1500 app\nUSER ${user}\nRUN ${command}; echo $?`)
    for (const command of ['userdel root', 'usermod -l admin root', 'usermod -d /x root'])
      assert.deepEqual(said('root', command), ['8'], command)
    assert.deepEqual(said('root', 'usermod -u 5 root'), ['4'])
    assert.deepEqual(said('root', 'usermod -g 5 root'), ['0'])
    assert.deepEqual(said('app', 'userdel app'), ['8'])
    assert.deepEqual(said('app', 'userdel mail'), ['1'])
    assert.deepEqual(said('app', 'usermod -u 8 app'), ['4'])
  })
})

describe('usermod that changes nothing', () => {
  it('works for anybody', () => {
    const said = (command: string) =>
      printed(`FROM debian:12\nRUN useradd -m app\nUSER app\nRUN ${command}; echo $?`)
    assert.deepEqual(said('usermod -s /bin/sh app'), ['0'])
    assert.deepEqual(said('usermod -u 1000 -d /home/app app'), ['0'])
    assert.deepEqual(said('usermod -g app app'), ['0'])
    assert.deepEqual(said('usermod -g 1000 -s /bin/sh app'), ['0'])
    assert.deepEqual(said('usermod -g users app'), ['1'])
    assert.deepEqual(said('usermod -s /bin/bash app'), ['1'])
    assert.deepEqual(said('usermod -s /bin/sh -L app'), ['1'])
    assert.deepEqual(said('usermod -s "$(curl example.org)" app'), ['?'])
  })
})

describe('A read-only mount', () => {
  const said = (mount: string, command: string) =>
    printed(`FROM debian:12\nRUN --mount=${mount} ${command}; echo $?`)
  it('keeps owners and modes, from root as well', () => {
    for (const command of ['chown 1500 /m', 'chgrp 5 /m', 'chmod 0700 /m', 'chown -R 1500 /m'])
      assert.deepEqual(said('type=bind,target=/m', command), ['1'], command)
    assert.deepEqual(said('type=bind,target=/m,rw', 'chown 1500 /m'), ['0'])
    assert.deepEqual(said('type=secret,id=a,target=/m,required=true', 'chmod 0700 /m'), ['1'])
  })
  it('may be a secret that was not given, or a part of what is changed', () => {
    assert.deepEqual(said('type=secret,id=a,target=/m', 'chmod 0700 /m'), ['?'])
    assert.deepEqual(said('type=bind,target=/opt/m', 'chgrp -R 1500 /opt'), ['?'])
  })
})

describe('usermod -m', () => {
  it('may fail where the new home is there, or its folder is not', () => {
    const said = (home: string) =>
      printed(`FROM debian:12\nRUN useradd -m app; mkdir /opt/there\nRUN usermod -m -d ${home} app; echo $?`)
    assert.deepEqual(said('/opt/new'), ['0'])
    assert.deepEqual(said('/opt/there'), ['?'])
    assert.deepEqual(said('/opt/none/new'), ['?'])
  })
})

describe('A volume where nobody knows whether anything is', () => {
  it('is a folder at run time, whose owner nobody knows', () => {
    const made = 'RUN mkdir /app; chown 65534 /app\nUSER 65534\nRUN curl x | tar -C /app -x'
    image(`FROM debian:12\n${made}\nVOLUME /app/sub`).sees({ '/app/sub': 'directory ?:? ?' })
  })
})

describe('A volume over a file', () => {
  it('keeps the container from starting', () => {
    const { failure } = image('FROM debian:12\nRUN touch /data\nVOLUME /data').timeline.runtime!
    assert.equal(failure?.exitCode, 125)
    assert.equal(failure.certainty, 'certain')
  })
})

describe('Folders under a mount', () => {
  it('go with it where they are empty, and stay with what a step puts beside it', () => {
    const run = 'FROM debian:12\nRUN --mount=type=cache,target=/app/.cache'
    image(`${run} true`).sees({ '/app': 'missing' })
    image(`${run} touch /app/.cache/x /app/tool; chgrp -R 4321 /app`).sees({
      '/app': 'directory 0:4321 0755',
      '/app/tool': 'file 0:4321 0644',
      '/app/.cache': 'missing',
    })
  })
  it('may stay where nobody knows whether they are empty', () => {
    const unpacked = 'RUN --mount=type=cache,target=/app/data/.cache curl x | tar -C /app/data -x'
    image(`FROM debian:12\n${unpacked}`).sees({
      '/app': 'unknown~possible 0:0 0755',
      '/app/data': 'unknown~possible ?:? ?',
    })
  })
})

describe('Exit codes', () => {
  const code = (base: string, command: string) => printed(`FROM ${base}\nRUN ${command}; echo $?`).at(-1)
  it('xargs ends with 123, or says that the program is not there', () => {
    for (const base of ['debian:12', 'alpine:3.22']) {
      assert.equal(code(base, 'echo /none | xargs chmod 755'), '123')
      assert.equal(code(base, "echo a | xargs sh -c 'exit 255'"), '124')
    }
    assert.deepEqual(failures('FROM debian:12\nRUN rm -rf /srv/x; echo /srv/x | xargs chmod 755'), [
      'certain 123: /srv/x does not exist here.',
    ])
  })
  it('sed -i ends with 2 where it cannot read, with 4 where it cannot write; BusyBox with 1', () => {
    assert.equal(code('debian:12', 'sed -i s/a/b/ /none'), '2')
    assert.equal(code('debian:12', 'sed -i s/a/b/ /etc'), '4')
    assert.equal(code('alpine:3.22', 'sed -i s/a/b/ /none'), '1')
  })
  it('mv of a file to itself fails with GNU, not with BusyBox', () => {
    assert.equal(code('debian:12', 'mv /etc/passwd /etc'), '1')
    assert.equal(code('alpine:3.22', 'touch /f; mv /f /f'), '0')
    assert.equal(code('alpine:3.22', 'touch /srv/f; mv /srv/f /srv/'), '0')
    assert.equal(code('alpine:3.22', 'touch /f; cp /f /f'), '1')
  })
  it('touch -r makes nothing where the other file is missing', () => {
    const text = 'FROM debian:12\nRUN touch -r /none /new; echo $?'
    assert.deepEqual(printed(text), ['1'])
    image(text).sees({ '/new': 'missing' })
  })
})

describe('COPY of a file to what may be a folder', () => {
  it('is not sure of anything there', () => {
    image('FROM debian:12\nUSER 1500\nRUN mkdir /run/app; true\nCOPY --chmod=0600 <<EOF /run/app\nEOF').sees({
      '/run/app': 'file~likely 0~likely:0~likely 0600~likely',
    })
  })
})

describe('What other steps left', () => {
  it('an account that is only likely there may take an id', () => {
    const text = 'FROM debian:12\nRUN something-unknown\nRUN useradd -G team one; useradd two\nUSER two'
    assert.equal(image(text).timeline.runtime!.state.identity.uid.certainty, 'likely')
  })
  it('useradd -G as a user cannot lock /etc/group', () => {
    const text = 'FROM debian:12\nUSER 1500\nRUN'
    assert.deepEqual(printed(`${text} useradd -G daemon app; echo $?`), ['10'])
    assert.deepEqual(printed(`${text} useradd app; echo $?`), ['1'])
  })
  it('a cache mount is made with the umask of the builder', () => {
    const mode = (given: string) =>
      printed(`FROM debian:12\nRUN --mount=type=cache,target=/c,mode=${given} echo $(stat -c %a /c)`)
    assert.deepEqual(mode('0770'), ['750'])
    assert.deepEqual(mode('0700'), ['700'])
  })
  it('a tmpfs has the mode of the folder that it hides', () => {
    const run = 'USER 1500\nRUN --mount=type=tmpfs,target=/app touch /app/f; echo $?'
    assert.deepEqual(printed(`FROM debian:12\nWORKDIR /app\n${run}`), ['1'])
    assert.deepEqual(printed(`FROM debian:12\n${run}`), ['0'])
  })
})

describe('What only may be there', () => {
  const nobodyKnows = 'FROM debian:12\nRUN curl example.org -o "/srv/$NAME"\n'
  it('is no surer after two commands that may have failed', () => {
    image(`${nobodyKnows}USER daemon\nRUN touch /srv/web/one; touch /srv/web/two; true`).sees({
      '/srv/web': 'directory~likely ?:? ?',
    })
  })
  const perhaps =
    'FROM debian:12\nRUN if curl example.org; then mkdir /data; fi; cp -r /data/. /data/x; true\n'
  it('keeps what it has or is as the builder makes it', () => {
    image(`${perhaps}COPY --chown=0:50 <<EOF /data/sub/\nEOF`).sees({
      '/data': 'directory 0~likely:? 0755~likely',
    })
  })
  it('keeps what it has or is as mkdir -p makes it', () => {
    image(`${perhaps}RUN umask 027; mkdir -p /data/in/deep`).sees({
      '/data': 'directory 0~likely:0~likely ?',
    })
  })
})

describe('A command that fails for one of its paths', () => {
  it('may have failed for another as well', () => {
    const locked = 'FROM debian:12\nRUN mkdir /data && touch /file\nRUN chmod "$MODE" /data\nUSER daemon\n'
    for (const paths of ['/file /data/in', '/data/in /file'])
      image(`${locked}RUN mkdir -p ${paths}; true`).sees({
        '/data/in': 'unknown~possible ?:? ?',
      })
  })
})

describe('mkdir -p below something that may be a file', () => {
  it('may fail', () => {
    const perhaps = 'FROM debian:12\nRUN if curl example.org; then echo x > /opt/tool; fi\n'
    image(`${perhaps}RUN mkdir -p /opt/tool/x; true`).sees({
      '/opt/tool': 'directory~likely 0~likely:0~likely 0755~likely',
    })
    image('FROM debian:12\nRUN mkdir -p /etc/shells/x; true').sees({
      '/etc/shells': 'directory~likely 0~likely:0~likely 0755~likely',
    })
    assert.deepEqual(printed('FROM debian:12\nRUN mkdir -p /etc/shells/x && echo made; true'), ['made~'])
  })
})
