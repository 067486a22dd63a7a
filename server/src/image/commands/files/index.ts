import type { CommandModel } from '../model.ts'

export const fileCommands: readonly CommandModel[] = []
