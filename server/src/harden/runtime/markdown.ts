import type { Powers } from './powers.ts'

/** The guidance as a document. */
export function guidanceMarkdown(
  powers: Powers,
  {
    docker,
    compose,
    kubernetes,
  }: { readonly docker: string; readonly compose: string; readonly kubernetes: string },
): string {
  const { notes } = powers
  return [
    '# Run with less power',
    '## docker run',
    fence('sh', docker),
    ...notes.map((note) => `- ${note}`),
    '## Compose',
    fence('yaml', compose),
    '## Kubernetes',
    fence('yaml', kubernetes),
  ].join('\n\n')
}

function fence(language: string, text: string): string {
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``
}
