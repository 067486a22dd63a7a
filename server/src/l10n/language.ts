import { type Argument, inEnglish, keyOf, type Message } from './message.ts'
import { besideArguments } from './spacing.ts'

/** Says a message in one language. */
export type Language = (message: Message) => string

export const english: Language = inEnglish

/** Translations by key; what they do not have is said in English. */
export function translated(translations: ReadonlyMap<string, string>): Language {
  const say = (arg: Argument): string => {
    if (typeof arg !== 'object') return String(arg)
    const { english, args } = arg
    const translation = translations.get(keyOf(arg))
    // The arguments may have a translation though the text around them has none.
    return translation === undefined
      ? inEnglish({ english, args: args.map(say) })
      : filled(translation, args.map(say))
  }
  return say
}

function filled(translation: string, args: readonly string[]): string {
  // Texts and indexes by turns.
  const parts = translation.split(/\{(\d+)\}/)
  const argumentAt = (index: number) => args[Number(parts[index])] ?? ''
  return parts
    .map((part, index) =>
      index % 2 === 1
        ? argumentAt(index)
        : besideArguments(part, argumentAt(index - 1), argumentAt(index + 1)),
    )
    .join('')
}

/**
 * The language for a locale as editors and environments write it: `zh-cn`, `zh-Hans`, `zh_CN.UTF-8`. English for all that we do not have.
 * A language's texts are loaded when somebody asks for them, so that English costs nothing.
 */
export async function languageOf(locale: string | undefined): Promise<Language> {
  if (!isSimplifiedChinese(locale ?? '')) return english
  const { default: translations } = await import('./zh-cn.json', { with: { type: 'json' } })
  return translated(new Map(Object.entries(translations)))
}

/** Who reads traditional characters is not given simplified ones: that is another translation. */
function isSimplifiedChinese(locale: string): boolean {
  return /^zh(-(cn|sg|my|hans(-.*)?))?$/i.test(locale.replaceAll('_', '-').replace(/[.@].*$/, ''))
}
