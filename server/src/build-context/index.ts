/** The files that COPY and start scripts come from. */
export { type Dockerignore, readDockerignore } from '../image/index.ts'
export { emptyBuildContext } from './empty.ts'
export { type FileRequests, type RemoteBuildContext, remoteBuildContext } from './remote.ts'
// `nodeBuildContext` has a door of its own, node.ts: a browser must not meet node:fs.
