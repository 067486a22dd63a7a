import type { HardenPlan, HardenStep } from '../analysis/index.ts'
import { userEdit } from '../fixes/index.ts'
import { text } from '../l10n/index.ts'
import { resultOf, unchanged } from './plan.ts'
import { startsNothing } from './remaining.ts'
import type { Subject } from './subject.ts'

/** Windows: `ContainerUser` is in nanoserver and servercore; services of Windows need the administrator. */
export function hardenWindows(subject: Subject): HardenPlan {
  const { analysis, stage, base, runtime, dockerfile, baseReference } = subject
  const source = analysis.text
  const written = runtime.state.identity.spec
  const user = written === '' ? (base?.user.name ?? '') : written
  if (user !== '' && !/^containeradministrator$/i.test(user)) return unchanged(source, 'nothing')
  const reference = baseReference ?? ''
  if (!base || !/nanoserver|servercore|windows\/server|dotnet\//.test(reference))
    return unchanged(
      source,
      'refused',
      [text`Unroot does not know whether \`${reference}\` has ContainerUser and works as it.`],
      [text`Add USER ContainerUser after the last step that installs something, and try.`],
    )
  const start = runtime.argv.join(' ')
  if (
    /ServiceMonitor|w3svc|iis|sqlservr|Start-Service/i.test(start) ||
    /iis|aspnet:4|framework\/aspnet|wcf|sql/i.test(reference)
  )
    return unchanged(
      source,
      'refused',
      [
        text`A Windows service (IIS, SQL Server) is started by ServiceMonitor or the service manager, which need ContainerAdministrator.`,
      ],
      [text`Host the application in its own process (Kestrel) to run it as ContainerUser.`],
    )
  const step: HardenStep = {
    title: text`Run as ContainerUser`,
    reason: text`${reference} runs as ContainerAdministrator; the account without its rights is in the image.`,
    safety: 'suggestion',
    edits: [userEdit(dockerfile, stage, 'ContainerUser')],
  }
  return {
    steps: [step],
    edits: step.edits,
    result: resultOf(source, [step]),
    contextFiles: [],
    outcome: 'decisions',
    refusals: [],
    remaining: [
      text`ContainerUser may write only to its profile and where the file gives it rights (icacls): start it once.`,
      ...startsNothing(subject),
    ],
  }
}
