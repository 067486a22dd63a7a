/** Random commands on a handful of paths, the same for the same seed. */

export interface Step {
  readonly command: string
  /** 0, or 1500 in the groups 1500 and 3000. */
  readonly uid: 0 | 1500
  readonly umask: string
}

const names = ['a', 'b', 'a/c', 'b/d', 'a/f', 'f', 'g', 'l', 'b/l', 'a/c/h', 's', 's/x']
const modes =
  '755 700 0644 2775 1777 u+s g+s +x go-rwx a+rX u=rwX,go= g=u o= 4755 +t 000 a=rw u-w -x ug+rwx'.split(' ')
const newModes = '750 2775 u=rwx,g=,o= 1777 +t o= g=u u-w'.split(' ')
const owners = '1500 5:6 1500:3000 :3000 0:0 7 1500:1500'.split(' ')

/** `P` a path, `M` a mode, `N` the mode of a new folder, `O` an owner. */
const commands = [
  ...['mkdir P', 'mkdir -p P', 'mkdir -p -m N P', 'mkdir -m N P', 'touch P', 'touch P P', 'touch -c P'],
  ...[
    'cp P P',
    'cp -r P P',
    'cp -a P P',
    'cp -p P P',
    'cp -r P/. P',
    'cp -T -r P P',
    'cp P P P',
    'cp -rp P P',
  ],
  ...['cp --preserve=mode P P', 'mv P P', 'mv -T P P', 'mv P P P', 'ln -s P P', 'ln -sf P P', 'ln -sfn P P'],
  ...['rm P', 'rm -r P', 'rm -rf P', 'rm -f P', 'rmdir P', 'tee -a P', 'truncate -s 0 P', 'sed -i s/a/b/ P'],
  ...[
    'chown O P',
    'chown -R O P',
    'chown -h 9:9 P',
    'chown --from=1500 7 P',
    'chgrp 3000 P',
    'chgrp -R 3000 P',
  ],
  ...['chmod M P', 'chmod -R M P', 'chmod M P P', 'install -d P', 'install -d -m 2750 -o 5 -g 6 P'],
  ...['install -m 4711 P P', 'install -o 1500 P P', 'install -D P P', 'install -d -m 700 P'],
  ...['find P -type d -exec chmod 711 {} +', 'find P -type f -exec chown 1500 {} +'],
]

export function sequence(seed: number, folder: string, length = 12): readonly Step[] {
  const random = mulberry32(seed)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const fill = (template: string) =>
    template.replace(/\b[PMNO]\b/g, (what) =>
      what === 'P'
        ? `${folder}/${pick(names)}`
        : pick(what === 'M' ? modes : what === 'N' ? newModes : owners),
    )
  return Array.from({ length }, (_, index) => ({
    command: fill(pick(commands)),
    uid: index < 4 || random() < 0.4 ? 0 : 1500,
    umask: random() < 0.85 ? '022' : pick(['077', '002']),
  }))
}

function mulberry32(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
