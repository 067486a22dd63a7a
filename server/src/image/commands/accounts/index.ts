import type { CommandModel } from '../model.ts'

export const accountCommands: readonly CommandModel[] = []
