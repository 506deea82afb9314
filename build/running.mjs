// Who serves from a folder: a file in it names the process and its port, so that no two products undo each other's work
// on one state, and other commands find the address.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const file = (folder) => join(folder, 'running.json')

/** What is known of the product that serves from this folder, or nothing. */
export const running = (folder) => (existsSync(file(folder)) ? JSON.parse(readFileSync(file(folder), 'utf8')) : undefined)

/** Notes that this process serves from there. */
export function note({ folder, child, port }) {
  writeFileSync(file(folder), JSON.stringify({ pid: process.pid, workerd: child.pid, port }))
}

/** Makes the folder this process's own. One that was killed while it served leaves workerd behind, which is ended first. */
export async function claim(folder) {
  mkdirSync(folder, { recursive: true })
  const { pid, workerd, port } = running(folder) ?? {}
  if (!pid) return
  if (isAlive(pid)) throw new Error(`This site is served already, on port ${port}. Stop that first: kill ${pid}.`)
  // Only if it is still what was left behind: numbers of processes are used again.
  const { stdout } = spawnSync('ps', ['-p', String(workerd), '-o', 'command='], { encoding: 'utf8' })
  if (!stdout?.includes(folder)) return
  process.kill(workerd)
  for (let tries = 0; tries < 100 && isAlive(workerd); tries++) await new Promise((resolve) => setTimeout(resolve, 50))
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/**
 * One Ctrl-C ends all: workerd, the `servers` beside it, this process. If workerd ends by itself, `failed` is told how,
 * and the process ends, too.
 */
export function stopWith(product, servers, failed) {
  let stopping = false
  const stop = async () => {
    if (stopping) return
    stopping = true
    for (const server of servers) server?.close()
    await product.stop()
    rmSync(file(product.folder), { force: true })
    process.exit(0)
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  product.ended.then(({ code, signal }) => {
    if (stopping) return
    failed(signal ?? code)
    process.exit(1)
  })
}
