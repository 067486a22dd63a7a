/** Columns that a text takes in a terminal: characters of East Asia take two. */
function columnsOf(text: string): number {
  const wide = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60]/g
  return text.length + (text.match(wide)?.length ?? 0)
}

/** The text with blanks behind it, as wide as the other cells of its column. */
export function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - columnsOf(text)))
}

/** How wide a column has to be for these cells, and no wider than `most`. */
export function widestOf(texts: readonly string[], most: number): number {
  return Math.min(
    most,
    texts.reduce((width, text) => Math.max(width, columnsOf(text)), 0),
  )
}
