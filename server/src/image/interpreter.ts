export { interpret, interpretArgv } from './interpreter/index.ts'
