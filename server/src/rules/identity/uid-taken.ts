import { defineRule } from '../types.ts'
import { reportTaken, useFreeId } from './taken.ts'

/** useradd asks for an id that the base has given away already. */
export const uidTaken = defineRule({
  id: 'uid-taken',
  category: 'identity',
  severity: 'error',
  summary: 'The uid asked for already belongs to another account of the image.',
  why: 'useradd and adduser refuse a uid that is taken, so the step fails; with --non-unique two accounts would share their files.',
  remedy: 'Take a free id such as 10001, or run as the account that is there.',
  equivalents: { dockle: ['DKL-LI-0002'] },
  references: ['container-facts/useradd-uid-taken', 'container-facts/busybox-adduser-uid-taken'],
  check({ timeline, settings }, report) {
    reportTaken(timeline, 'uid-taken', report, (failure, taken) =>
      useFreeId(timeline, failure, taken, settings),
    )
  },
})
