/** Where people read about Unroot. */
export const homepage = 'https://github.com/unroot-dev/unroot'

/** The page of a rule. */
export function docsOf(rule: string): string {
  return `${homepage}/blob/main/docs/rules/${rule}.md`
}
