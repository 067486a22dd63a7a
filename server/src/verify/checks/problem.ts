import type { Message } from '../../l10n/index.ts'
import type { Problem } from '../types.ts'

export const error = (message: Message): Problem => ({ severity: 'error', message })
export const warning = (message: Message): Problem => ({ severity: 'warning', message })
