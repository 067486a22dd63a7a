import type { HardenStep } from '../analysis/index.ts'
import { keywordIn, linesBefore } from '../fixes/index.ts'
import { isCertainlyRoot } from '../image/index.ts'
import { type Message, text } from '../l10n/index.ts'
import type { Subject } from './subject.ts'

/** Tools that install into the home of whom they run as: root's home at build time, where the new user finds nothing. */
interface HomeInstall {
  readonly command: RegExp
  readonly variable: string
  readonly folder: string
  readonly what: Message
}
const installs: readonly HomeInstall[] = [
  {
    command: /\bplaywright\s+install\b/,
    variable: 'PLAYWRIGHT_BROWSERS_PATH',
    folder: '/opt/playwright',
    what: text`The browsers of Playwright`,
  },
  {
    command: /\bpuppeteer\s+browsers\s+install\b|\bnode_modules\/puppeteer\/install\b/,
    variable: 'PUPPETEER_CACHE_DIR',
    folder: '/opt/puppeteer',
    what: text`The browser of Puppeteer`,
  },
  {
    command: /\bcypress\s+install\b/,
    variable: 'CYPRESS_CACHE_FOLDER',
    folder: '/opt/cypress',
    what: text`Cypress`,
  },
  {
    command: /\bmix\s+(?:do\s+)?(?:local\.(?:hex|rebar))\b/,
    variable: 'MIX_HOME',
    folder: '/opt/mix',
    what: text`Hex and Rebar`,
  },
  {
    command: /\bnltk\.download\b|\bnltk\.downloader\b/,
    variable: 'NLTK_DATA',
    folder: '/usr/local/share/nltk_data',
    what: text`The data of NLTK`,
  },
  {
    command:
      /\bhuggingface-cli\s+download\b|\bhf\s+download\b|\bfrom_pretrained\(|\bSentenceTransformer\(|\bsnapshot_download\(/,
    variable: 'HF_HOME',
    folder: '/opt/huggingface',
    what: text`The models of Hugging Face`,
  },
  {
    command: /\btorch\.hub\.load\b/,
    variable: 'TORCH_HOME',
    folder: '/opt/torch',
    what: text`The models of torch.hub`,
  },
  {
    command: /\bcorepack\s+(?:prepare|install|use)\b/,
    variable: 'COREPACK_HOME',
    folder: '/usr/local/share/corepack',
    what: text`The package manager that corepack gets`,
  },
]

/** One variable for each, before the first RUN that installs: both root and the new user look there. */
export function homeInstallSteps({ stage, dockerfile }: Subject): readonly HardenStep[] {
  return installs.flatMap(({ command, variable, folder, what }): HardenStep[] => {
    const step = stage.steps.find(
      ({ instruction, before }) =>
        instruction.keyword === 'RUN' &&
        command.test(
          instruction.argumentsText.text + instruction.heredocs.map(({ content }) => content.text).join('\n'),
        ) &&
        isCertainlyRoot(before.identity),
    )
    if (
      !step ||
      step.before.env.has(variable) ||
      stage.final.env.has(variable) ||
      step.before.env.has('HOME')
    )
      return []
    if (new RegExp(`\\b${variable}=`).test(step.instruction.argumentsText.text)) return []
    return [
      {
        title: text`Install to ${folder} instead of root's home`,
        reason: text`${what} would lie in /root, which only root may enter.`,
        safety: 'suggestion',
        edits: [
          linesBefore(dockerfile, step.instruction, [
            `${keywordIn(dockerfile, 'ENV')} ${variable}=${folder}`,
          ]),
        ],
      },
    ]
  })
}
