import { type Argument, type Message, text } from '../../l10n/index.ts'
import type { Started } from '../observe.ts'
import type { Prediction } from '../prediction.ts'
import type { Check } from '../types.ts'
import { error } from './problem.ts'

/** Whether it starts and stays up, and why not. */
export function runsCheck(
  { startFails, hasCommand }: Prediction,
  started: Started,
  plain: Started | undefined,
  seconds: number,
): Check {
  const subject = text`The start`
  const id = 'runs'
  const predicted = startFails === undefined ? text`nothing fails` : text`fails: ${startFails}`
  if (!hasCommand || /no command specified/i.test(started.words))
    return {
      id,
      subject,
      predicted: text`there is nothing to start`,
      observed: started.outcome === 'refused' ? text`refused` : text`started`,
      verdict: started.outcome === 'refused' ? 'confirmed' : 'wrong',
      problem: error(text`The image has no CMD and no ENTRYPOINT: there is nothing to start. Add a CMD.`),
    }
  const fine = started.outcome === 'up' || started.exitCode === 0
  const observed =
    started.outcome === 'up'
      ? text`stays up for ${seconds} s`
      : started.outcome === 'refused'
        ? text`refused`
        : text`ends with exit code ${started.exitCode ?? '?'}`
  if (fine)
    return startFails === undefined
      ? { id, subject, predicted, observed, verdict: 'confirmed' }
      : {
          id,
          subject,
          predicted,
          observed,
          verdict: 'wrong',
          problem: error(text`Unroot takes the start to fail, and it does not.`),
        }
  return {
    id,
    subject,
    predicted,
    observed,
    verdict: startFails === undefined ? 'new' : 'confirmed',
    ...(started.words === '' ? {} : { words: started.words }),
    problem: error(whyEnded(started, plain, startFails)),
  }
}

function whyEnded(started: Started, plain: Started | undefined, startFails: Argument | undefined): Message {
  if (startFails !== undefined) return text`It does not start, as foreseen: ${startFails}`
  const code = started.exitCode ?? '?'
  const worksPlain = plain?.outcome === 'up' || plain?.exitCode === 0
  if (started.outcome === 'refused')
    return worksPlain
      ? text`The engine does not start it under the recommended flags, but does without them.`
      : text`The engine does not start it (exit code ${code}).`
  if (!plain) return text`It does not stay up: exit code ${code}.`
  return worksPlain
    ? text`It does not stay up under the recommended flags (exit code ${code}), but does without them: it needs something that they take away.`
    : text`It does not stay up, with the recommended flags or without them (exit code ${code}). It may need variables or arguments: give them with \`unroot verify --env\`.`
}
