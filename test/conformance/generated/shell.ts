// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the shell has them too
import { fill, type Memory, oneIn } from './memory.ts'

/** Shell text that RUN is given: templates of single commands, and ways to put them together. */

/** Of every system; most of them twice as often as the odd ones. */
const fileCommands = [
  'mkdir -p «new-folder»', 'mkdir -p «new-folder»', 'mkdir -p -m «mode» «new-folder»', 'mkdir -m «mode» «new-folder»',
  'install -d -m «mode» «new-folder»', 'install -d -o «user» -g «group» «new-folder»', 'install -d -o «user» -m «mode» «new-folder» «new-folder»',
  'install -m «mode» «file» «new-file»', 'install -o «user» «file» «folder»/',
  'touch «new-file»', 'touch «new-file» «new-file»', 'touch -c «file»', 'touch -r «file» «new-file»',
  'echo hello > «new-file»', 'echo more >> «file»', 'printf "%s\\n" one two > «new-file»', 'cat «file» > «new-file»', 'echo x | tee «new-file»', 'echo x | tee -a «file» >/dev/null', ': > «new-file»',
  'chown «owner» «path»', 'chown «owner» «path»', 'chown -R «owner» «folder»', 'chown -R «owner» «folder»', 'chown -h «owner» «path»', 'chown --reference=«path» «path»', 'chgrp «group» «path»', 'chgrp -R «gid» «folder»', 'chown «owner» «folder» «file»',
  'chmod «mode» «path»', 'chmod «symbolic» «path»', 'chmod -R «symbolic» «folder»', 'chmod -R «mode» «folder»', 'chmod «symbolic» «file» «folder»',
  'cp «file» «new-file»', 'cp -p «file» «new-file»', 'cp -a «folder» «new-folder»', 'cp -r «folder» «folder»', 'cp -r «folder»/. «new-folder»', 'cp «file» «folder»', 'cp -rp «folder» «new-folder»',
  'mv «file» «new-file»', 'mv «file» «folder»/', 'mv «folder» «folder»/«word»',
  'ln -s «path» «folder»/link', 'ln -sf «file» «folder»/link', 'ln -sfn «folder» «folder»/«word»', 'ln «file» «folder»/hard',
  'rm -f «file»', 'rm -rf «folder»', 'rm «file»', 'rmdir «folder»', 'rm -rf «folder»/*',
  'find «folder» -type d -exec chmod «mode» {} +', 'find «folder» -type f -exec chown «user» {} \\;', 'find «folder» -type f -exec chmod «symbolic» {} +', 'find «folder» -name "*.sh" -exec chmod +x {} +', 'find «folder» -type d -print0 | xargs -0 chmod «mode»', 'find «folder» | xargs chown «user»', 'find «folder» -mindepth 1 -delete', 'find «folder» ! -user «user» -exec chown «user» {} +',
  'ls «folder» | xargs -I % touch «folder»/%.bak', 'echo «path» «path» | xargs chmod «mode»',
  'tar -C «folder» -cf /tmp/t.tar . && tar -C «new-folder» -xf /tmp/t.tar', 'tar -C «folder» -c . | tar -C «folder» -x',
  'sed -i s/a/b/ «file»', 'truncate -s 0 «file»', 'dd if=/dev/null of=«new-file» 2>/dev/null',
] as const // biome-ignore format: a list to look over

const debianAccounts = [
  'useradd «new-user»', 'useradd -m «new-user»', 'useradd -u «new-uid» «new-user»', 'useradd -u «new-uid» -m -s /bin/bash «new-user»', 'useradd -r «new-user»', 'useradd -r -d «new-folder» -m «new-user»', 'useradd -N -g «group» «new-user»', 'useradd -g «group» «new-user»', 'useradd -U -u «new-uid» «new-user»', 'useradd -o -u «new-uid» -g «group» «new-user»', 'useradd -G «group» «new-user»', 'useradd -d «new-folder» «new-user»', 'useradd --no-create-home --shell /usr/sbin/nologin «new-user»', 'useradd --system --uid «new-uid» --user-group «new-user»', 'useradd -K UMASK=077 -m «new-user»',
  'groupadd «new-group»', 'groupadd -g «new-gid» «new-group»', 'groupadd -r «new-group»', 'groupadd -f «new-group»', 'groupadd -o -g «new-gid» «new-group»', 'groupadd -g 3100 «new-group» && useradd -g 3100 «new-user»',
  'usermod -aG «group» «user»', 'usermod -u «new-uid» «user»', 'usermod -g «group» «user»', 'usermod -d «new-folder» «user»', 'usermod -d «new-folder» -m «user»', 'usermod -l renamed «user»', 'usermod -s /bin/sh «user»', 'groupmod -g «new-gid» «group»', 'userdel «user»', 'userdel -r «user»', 'groupdel «group»', 'gpasswd -a «user» «group»', 'gpasswd -d «user» «group»', 'passwd -l «user»', 'chage -d 0 «user»',
  'adduser --disabled-password --gecos "" «new-user»', 'adduser --system «new-user»', 'adduser --system --group «new-user»', 'adduser --system --uid «new-uid» --group «new-user»', 'adduser --disabled-password --gecos "" --uid «new-uid» «new-user»', 'adduser --disabled-password --gecos "" --no-create-home «new-user»', 'adduser --disabled-password --gecos "" --home «new-folder» «new-user»', 'adduser --system --ingroup «group» --home «new-folder» «new-user»', 'addgroup «new-group»', 'addgroup --gid «new-gid» «new-group»', 'addgroup --system «new-group»', 'adduser «user» «group»', 'deluser «user»',
] as const // biome-ignore format: a list to look over

const busyboxAccounts = [
  'adduser -D «new-user»', 'adduser -D «new-user»', 'adduser -D -u «new-uid» «new-user»', 'adduser -S «new-user»', 'adduser -S -G «group» «new-user»', 'adduser -D -H «new-user»', 'adduser -D -h «new-folder» «new-user»', 'adduser -S -D -H -h «new-folder» -s /sbin/nologin -G «group» -g svc «new-user»', 'adduser -D -G «group» «new-user»', 'adduser -D -s /bin/sh -u «new-uid» -G «group» «new-user»',
  'addgroup «new-group»', 'addgroup -S «new-group»', 'addgroup -g «new-gid» «new-group»', 'addgroup -S -g «new-gid» «new-group»', 'addgroup «user» «group»', 'addgroup -S «new-group» && adduser -S -G «group» «new-user»', 'deluser «user»', 'delgroup «group»', 'delgroup «user» «group»', 'adduser «user» «group»',
] as const // biome-ignore format: a list to look over

const byHand = [
  "echo '«new-user»:x:«new-uid»:«gid»::/home/by-hand:/bin/sh' >> /etc/passwd", "echo '«new-group»:x:«gid»:«user»' >> /etc/group", "printf '«new-user»:x:«new-uid»:«gid»:by hand:/app:/bin/sh\\n' >> /etc/passwd", "sed -i 's/^«user»:x:[0-9]*:/«user»:x:«new-uid»:/' /etc/passwd", "sed -i '/^«user»:/d' /etc/passwd",
] as const // biome-ignore format: a list to look over

const inSwitch = [
  'touch «new-file»',
  'mkdir -p «new-folder»',
  'echo x >> «file»',
  'cat «file»',
  'id',
  'touch ~/mine',
  'rm -f «file»',
  'chmod «mode» «file»',
  'echo "«mark»=$(id -u):$(id -g) $HOME"',
]

const switches = {
  debian: ["su «user» -c '«»'", "su -s /bin/sh «user» -c '«»'", "su - «user» -c '«»'", "runuser -u «user» -- sh -c '«»'", "runuser «user» -c '«»'", "setpriv --reuid=«uid» --regid=«gid» --clear-groups sh -c '«»'", "setpriv --reuid «user» --regid «group» --init-groups sh -c '«»'", "chroot --userspec=«uid»:«gid» / sh -c '«»'"],
  tools: ["gosu «user» sh -c '«»'", "gosu «uid»:«gid» sh -c '«»'", "gosu «user»:«group» sh -c '«»'", "sudo -u «user» sh -c '«»'", "sudo -u «user» -H sh -c '«»'", "sudo -E -u '#«uid»' sh -c '«»'"],
  busybox: ["su «user» -c '«»'", "su -s /bin/sh «user» -c '«»'", "su - «user» -c '«»'"],
} as const // biome-ignore format: a list to look over

/** Prints who runs, as the model reads it. */
export const whoAmI = 'echo "«mark»=$(id -u):$(id -g):$(id -G | tr \' \' ,) home=$HOME cwd=$(pwd)"'

const questions = [
  whoAmI,
  'echo "«mark»=$(stat -c %u:%g:%a «path»)"',
  'echo "«mark»=$(stat -c \'%U %G\' «path»)"',
  'echo "«mark»=$(umask)"',
  'if [ -w «path» ]; then echo "«mark»=yes"; else echo "«mark»=no"; fi',
  'test -d «path» && echo "«mark»=there"',
  '[ -e «path» ] || echo "«mark»=missing"',
  '[ -x «path» ] && echo "«mark»=x" || echo "«mark»=not"',
] as const

/** Several commands as one text; what may fail has its exit code printed now and then, so that the file goes on. */
export function script(memory: Memory): string {
  const count = 1 + memory.random.below(4)
  const commands = Array.from({ length: count }, () => statement(memory))
  return commands.join(memory.random.pick([' && ', ' && ', ' && ', '; ', ' && \\\n    ']))
}

export function lines(memory: Memory): readonly string[] {
  return Array.from({ length: 2 + memory.random.below(4) }, () => statement(memory))
}

function statement(memory: Memory): string {
  const inner = () => command(memory)
  switch (memory.random.below(22)) {
    case 0:
      return `for p in ${fill('«path» «path»', memory)}; do ${fill(memory.random.pick(['chown «owner» "$p"', 'chmod «mode» $p', 'mkdir -p $p/«word»', 'touch "$p"']), memory)}; done`
    case 1:
      return `if ${fill(memory.random.pick(['[ -d «folder» ]', '[ ! -e «file» ]', 'test -f «file»', 'id «user» >/dev/null 2>&1', 'grep -q ^«group»: /etc/group', '[ "$(id -u)" = 0 ]', 'grep -q ^«user»: /etc/passwd']), memory)}; then ${inner()}; else ${inner()}; fi`
    case 2:
      return `(umask ${fill('«umask»', memory)}; ${inner()}; ${inner()})`
    case 3:
      return `umask ${fill('«umask»', memory)} && ${inner()}`
    case 4:
      return fill(
        memory.random.pick([
          'cd «folder» && touch here && mkdir -p deep/er',
          'cd «folder» && chown -R «owner» .',
          '(cd «folder» && touch below)',
          'cd «folder» && cp -r . «new-folder»',
        ]),
        memory,
      )
    case 5:
      return `for f in ${fill('«folder»', memory)}/*; do ${fill(memory.random.pick(['chmod «symbolic» "$f"', 'chown «owner» "$f"', '[ -f "$f" ] && chmod 0640 "$f"']), memory)}; done`
    case 6:
      return fill('mkdir -p «folder»/{a,b} «new-folder»', memory)
    case 7:
      return fill('f() { mkdir -p "$1" && chown «owner» "$1"; }; f «new-folder»; f «new-folder»', memory)
    case 8:
      return fill('case "$(id -u)" in 0) chown «owner» «path» ;; *) touch «new-file» ;; esac', memory)
    case 9:
      return fill('D=«new-folder»; mkdir -p "$D/in" && chmod «mode» "$D"', memory)
    case 10:
    case 11:
      return fill(memory.random.pick(questions), memory)
    case 12:
      return `{ ${inner()}; ${inner()}; } 2>/dev/null || true`
    case 13:
      return `! ${fill(memory.random.pick(['grep -q ghost /etc/passwd', 'test -d «file»', '[ -f «folder» ]', 'id phantom 2>/dev/null']), memory)}`
    case 14:
      return `${inner()} || ${inner()}`
    default:
      return inner()
  }
}

/** One command; every second one that may well fail is followed by its exit code. */
function command(memory: Memory): string {
  const { random } = memory
  const text = oneOf(memory)
  if (random.below(100) < (memory.asRoot ? 35 : 85))
    return random.pick([
      `${text}; ${fill('echo "«mark»=$?"', memory)}`,
      `{ ${text} || true; }`,
      `{ ${text} 2>/dev/null; ${fill('echo "«mark»=$?"', memory)}; }`,
    ])
  return text
}

function oneOf(memory: Memory): string {
  const { random } = memory
  const die = random.below(100)
  if (die < (memory.asRoot ? 22 : 5)) return accountCommand(memory)
  if (die < 32 && (memory.asRoot || die < 8)) return switched(memory)
  return fill(random.pick(fileCommands), memory)
}

export function accountCommand(memory: Memory): string {
  const { random, system } = memory
  if (oneIn(memory, 12)) return fill(random.pick(byHand), memory)
  return fill(random.pick(system === 'busybox' ? busyboxAccounts : debianAccounts), memory)
}

function switched(memory: Memory): string {
  const { random, system } = memory
  const ways =
    system === 'busybox'
      ? switches.busybox
      : system === 'tools'
        ? [...switches.debian, ...switches.tools]
        : switches.debian
  const inner = fill(random.pick(inSwitch), memory)
  return fill(
    random.pick<string>(ways).replace('«»', () => inner.replaceAll("'", '"')),
    memory,
  )
}
