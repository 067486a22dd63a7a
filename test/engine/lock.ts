import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** Runs `work` while no other process holds the lock; what a dead process left is taken over. */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(file), { recursive: true })
  while (!taken(file)) {
    const pid = holder(file)
    if (!isAlive(pid)) takeAway(file, pid)
    await sleep(100)
  }
  try {
    return await work()
  } finally {
    rmSync(file, { force: true })
  }
}

export function isAlive(pid: number | undefined): boolean {
  if (pid === undefined) return true // being written just now
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function taken(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function holder(file: string): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8')) || undefined
  } catch {
    return undefined
  }
}

/** By renaming, so that of two who find it left behind only one removes it; a new holder's is put back. */
function takeAway(file: string, dead: number | undefined): void {
  const away = `${file}.${process.pid}`
  try {
    renameSync(file, away)
    if (holder(away) === dead) rmSync(away, { force: true })
    else renameSync(away, file)
  } catch {
    // Somebody else was quicker.
  }
}
