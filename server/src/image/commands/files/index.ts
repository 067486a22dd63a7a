import type { CommandModel } from '../model.ts'
import { cp, ln, mv } from './copying.ts'
import { mkdir, rmdir } from './folders.ts'
import { install } from './install.ts'
import { chmod } from './mode.ts'
import { chgrp, chown } from './ownership.ts'
import { rm } from './removing.ts'
import { dd, mkfifo, mktemp, tee, touch, truncate } from './writing.ts'

/** Programs whose work is in the file tree. */
export const fileCommands: readonly CommandModel[] = [
  ...[mkdir, rmdir, install, cp, mv, ln, rm],
  ...[chown, chgrp, chmod],
  ...[touch, tee, truncate, dd, mktemp, mkfifo],
]
