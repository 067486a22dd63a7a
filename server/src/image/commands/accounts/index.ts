import type { CommandModel } from '../model.ts'
import { adduserCommands } from './adduser.ts'
import { grep } from './grep.ts'
import { mindingLostFiles } from './lost-files.ts'
import { passwordCommands } from './passwords.ts'
import { queryCommands } from './queries.ts'
import { groupCommands } from './shadow-groups.ts'
import { useradd, userdel, usermod } from './shadow-users.ts'
import { textFilters } from './text-filters.ts'

/** Programs that make and change accounts, and those that ask for them. */
export const accountCommands: readonly CommandModel[] = [
  ...[useradd, usermod, userdel, ...groupCommands, ...adduserCommands, ...passwordCommands].map(
    mindingLostFiles,
  ),
  ...queryCommands,
  grep,
  ...textFilters,
]
