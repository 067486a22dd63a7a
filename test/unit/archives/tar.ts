/** Writes tar archives (ustar), as small as tests need them. */
export interface Member {
  readonly path: string
  readonly kind?: 'file' | 'directory' | 'link' | 'hardlink' | 'fifo'
  readonly mode?: number
  readonly uid?: number
  readonly gid?: number
  readonly user?: string
  readonly target?: string
  readonly text?: string
}

const types = { file: '0', hardlink: '1', link: '2', directory: '5', fifo: '6' }

export function tarOf(members: readonly Member[]): Buffer {
  const blocks = members.flatMap((member) => {
    const body = Buffer.from(member.text ?? '')
    return [header(member, body.length), body, Buffer.alloc((512 - (body.length % 512)) % 512)]
  })
  return Buffer.concat([...blocks, Buffer.alloc(1024)])
}

function header({ path, kind = 'file', ...member }: Member, size: number): Buffer {
  const block = Buffer.alloc(512)
  const number = (value: number, at: number, length: number) =>
    block.write(value.toString(8).padStart(length - 1, '0'), at, 'latin1')
  block.write(path, 0)
  number(member.mode ?? (kind === 'directory' ? 0o755 : 0o644), 100, 8)
  number(member.uid ?? 0, 108, 8)
  number(member.gid ?? 0, 116, 8)
  number(size, 124, 12)
  number(0, 136, 12)
  block.write(' '.repeat(8), 148)
  block.write(types[kind], 156)
  block.write(member.target ?? '', 157)
  block.write('ustar\0' + '00', 257, 'latin1')
  block.write(member.user ?? '', 265)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return block
}
