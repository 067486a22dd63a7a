import { english, type Language, languageOf } from '../l10n/index.ts'

export const languages = ['en', 'zh-cn'] as const

/** The language that text is printed in; what programs read is English always. */
export async function outputLanguage({
  lang,
  format,
}: {
  readonly lang?: (typeof languages)[number]
  readonly format: string
}): Promise<Language> {
  return format === 'text' ? languageOf(lang) : english
}
