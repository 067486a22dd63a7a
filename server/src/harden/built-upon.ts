import { lineOf } from '../image/index.ts'
import { type Message, text } from '../l10n/index.ts'
import type { Subject } from './subject.ts'

/** Images that others build on or log in to: USER there is a promise to people whom the file does not show. */
interface Purpose {
  readonly bases: RegExp
  readonly what: Message
  readonly advice: Message
}
const purposes: readonly Purpose[] = [
  {
    bases: /(?:^|\/)(?:devcontainers\/|vscode\/devcontainers\/|gitpod\/workspace|gitpod-io\/|codespaces)/,
    what: text`a development container: the editor chooses the user`,
    advice: text`Set remoteUser (and containerUser) in devcontainer.json to the account of the base, such as \`vscode\` or \`node\`.`,
  },
  {
    bases:
      /(?:^|\/)(?:jenkins\/(?:inbound-agent|agent|ssh-agent|jnlp-slave|slave)|gitlab\/gitlab-runner|gitlab-org\/gitlab-runner|actions\/actions-runner|cimg\/|circleci\/|buildkite\/agent|cloud-builders\/)/,
    what: text`an image for build jobs: they bring a checkout of their own and install what they need`,
    advice: text`Give jobs a user with the number that owns their checkout: --user "$(id -u):$(id -g)", or a variant of the image with its own USER.`,
  },
]

export function builtUpon(
  subject: Subject,
): { readonly reason: Message; readonly advice: Message } | undefined {
  const { stage, dockerfile, baseReference } = subject
  const trigger = stage.final.onbuild.first()
  if (trigger?.origin.kind === 'instruction')
    return {
      reason: text`Other images are built on this one (ONBUILD in line ${lineOf(dockerfile, trigger.origin.range.start)}): their steps would run as the new user, and those that install something would fail.`,
      advice: text`Publish a second tag that ends with USER, or document the account that children are to switch to.`,
    }
  const purpose = purposes.find(({ bases }) => bases.test(baseReference ?? ''))
  if (purpose)
    return { reason: text`${baseReference ?? ''} makes this ${purpose.what}.`, advice: purpose.advice }
  return undefined
}
