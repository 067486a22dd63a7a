import type { CommandModel } from '../model.ts'
import { compress, unzip } from './archives.ts'
import { cp, ln, mv } from './copying.ts'
import { curl, wget } from './downloads.ts'
import { openssl, patch, perl, rsync, sed, sshKeygen } from './editing.ts'
import { find } from './find.ts'
import { mkdir, rmdir } from './folders.ts'
import { git } from './git.ts'
import { harmlessCommands } from './harmless.ts'
import { install } from './install.ts'
import { chmod } from './mode.ts'
import { chgrp, chown } from './ownership.ts'
import { basename, cat, dirname, ls, readerCommands, realpath, stat } from './reading.ts'
import { rm } from './removing.ts'
import { setcap, setfacl } from './special.ts'
import { tar } from './tar.ts'
import { dd, mkfifo, mktemp, tee, touch, truncate } from './writing.ts'

/** Programs whose work is in the file tree, and those that only look at it. */
export const fileCommands: readonly CommandModel[] = [
  ...[install, cp, mv, ln, rm, rsync, truncate, dd, sed, perl, patch],
  ...[mkdir, rmdir, chown, chgrp, chmod, setfacl, setcap, find],
  ...[touch, tee, mktemp, mkfifo, sshKeygen, openssl],
  ...[tar, unzip, compress, curl, wget, git],
  ...[cat, ls, stat, realpath, basename, dirname, ...readerCommands],
  ...harmlessCommands,
]
