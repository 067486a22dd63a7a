import type { HardenPlan } from '../analysis/index.ts'
import { userEdit } from '../fixes/index.ts'
import { resultOf, unchanged } from './plan.ts'
import { startsNothing } from './remaining.ts'
import type { Subject } from './subject.ts'

/** Windows: `ContainerUser` is in nanoserver and servercore; services of Windows need the administrator. */
export function hardenWindows(subject: Subject): HardenPlan {
  const { analysis, stage, base, runtime, dockerfile, baseReference } = subject
  const { text } = analysis
  const written = runtime.state.identity.spec
  const user = written === '' ? (base?.user.name ?? '') : written
  if (user !== '' && !/^containeradministrator$/i.test(user)) return unchanged(text, 'nothing')
  const reference = baseReference ?? ''
  if (!base || !/nanoserver|servercore|windows\/server|dotnet\//.test(reference))
    return unchanged(
      text,
      'refused',
      [`Unroot does not know whether \`${reference}\` has ContainerUser and works as it.`],
      ['Add USER ContainerUser after the last step that installs something, and try.'],
    )
  const start = runtime.argv.join(' ')
  if (
    /ServiceMonitor|w3svc|iis|sqlservr|Start-Service/i.test(start) ||
    /iis|aspnet:4|framework\/aspnet|wcf|sql/i.test(reference)
  )
    return unchanged(
      text,
      'refused',
      [
        'A Windows service (IIS, SQL Server) is started by ServiceMonitor or the service manager, which need ContainerAdministrator.',
      ],
      ['Host the application in its own process (Kestrel) to run it as ContainerUser.'],
    )
  const step = {
    title: 'Run as ContainerUser',
    reason: `${reference} runs as ContainerAdministrator; the account without its rights is in the image.`,
    safety: 'suggestion',
    edits: [userEdit(dockerfile, stage, 'ContainerUser')],
  } as const
  return {
    steps: [step],
    edits: step.edits,
    result: resultOf(text, [step]),
    contextFiles: [],
    outcome: 'decisions',
    refusals: [],
    remaining: [
      `ContainerUser may write only to its profile and where the file gives it rights (icacls): start it once.`,
      ...startsNothing(subject),
    ],
  }
}
