import { defineRule } from '../types.ts'
import { reportTaken, useFreeId } from './taken.ts'

/** groupadd asks for an id that another group of the image has. */
export const gidTaken = defineRule({
  id: 'gid-taken',
  category: 'identity',
  severity: 'error',
  summary: 'The gid asked for already belongs to another group of the image.',
  why: 'groupadd and addgroup refuse a gid that is taken, so the step fails. Bases give away more groups than people think: 20 is dialout, 33 www-data, 100 users, 1000 ubuntu or node.',
  remedy: 'Take a free id such as 10001, or use the group that is there.',
  equivalents: { dockle: ['DKL-LI-0002'] },
  references: ['container-facts/groups-groupadd-gid-taken', 'container-facts/busybox-adduser-gid-taken'],
  check({ timeline, settings }, report) {
    reportTaken(timeline, 'gid-taken', report, (failure, taken) =>
      useFreeId(timeline, failure, taken, settings),
    )
  },
})
