/** Two texts, as edits. */
export { editsBetween } from './edits-between.ts'
/** All fixes of a kind at once: `unroot fix`, `source.fixAll`. */
export { type AppliedFix, type Repair, type RepairRequest, repair } from './repair.ts'
