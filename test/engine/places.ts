import { homedir } from 'node:os'
import { join } from 'node:path'

/** The engine's folder: everything that it makes is below it, and may be removed while it does not run. */
export const cache = process.env.UNROOT_ENGINE_CACHE ?? join(homedir(), '.cache/unroot/engine')

export const places = {
  programs: join(cache, 'programs'),
  debian: join(cache, 'debian-12.tar'),
  /** The image store; the base images in it are made once. */
  data: join(cache, 'data'),
  state: join(cache, 'state'),
  config: join(cache, 'config'),
  socket: join(cache, 'docker.sock'),
  pid: join(cache, 'docker.pid'),
  log: join(cache, 'dockerd.log'),
  /** A file per process that uses the engine, named after its id. */
  leases: join(cache, 'leases'),
  /** Files that builds and containers get to see. */
  work: join(cache, 'work'),
  lock: (name: string) => join(cache, 'locks', name),
}
