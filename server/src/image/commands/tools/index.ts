import type { CommandModel } from '../model.ts'

export const toolCommands: readonly CommandModel[] = []
