import type { CommandModel } from '../model.ts'

export const switchCommands: readonly CommandModel[] = []
