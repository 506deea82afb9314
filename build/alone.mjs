// One at a time: whoever works in a folder that another process works in waits, and says for whom. Who died while at work
// keeps nobody waiting.

import { spawnSync } from 'node:child_process'
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** Milliseconds between two looks at whether the other one is done. */
const PAUSE = 200

/**
 * Does `work` while no other process does work of this `file`, which names who is at it.
 *
 * @param say hears what is waited for, once for each process
 */
export function alone(file, work, say = console.error) {
  take(file, say)
  try {
    return work()
  } finally {
    rmSync(file, { force: true })
  }
}

function take(file, say) {
  mkdirSync(dirname(file), { recursive: true })
  // It appears with its content, so that nobody reads half of it.
  const own = `${file}.${process.pid}`
  writeFileSync(own, String(process.pid))
  try {
    for (let told; ; Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE)) {
      if (linked(own, file)) return
      const other = holder(file)
      if (other === undefined) continue
      if (!isAtWork(other)) forget(file, other)
      else if (other !== told) say(`Process ${(told = other)} builds here already; waiting until it is done …`)
    }
  } finally {
    rmSync(own, { force: true })
  }
}

function linked(own, file) {
  try {
    linkSync(own, file)
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
}

/** The process that a file names, or nothing where it is gone. */
function holder(file) {
  try {
    return Number(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

/** Whether a process lives and, where that can be asked, is one of ours: numbers of processes are used again. */
function isAtWork(pid) {
  try {
    process.kill(pid, 0)
  } catch (error) {
    // Somebody else's process lives, too.
    if (error.code !== 'EPERM') return false
  }
  return pid > 0 && /node/i.test(spawnSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' }).stdout ?? 'node')
}

/** Takes away what a dead process has left; what a living one has put in its place meanwhile goes back. */
function forget(file, dead) {
  const aside = `${file}.${process.pid}.old`
  try {
    renameSync(file, aside)
    if (holder(aside) !== dead) linked(aside, file)
  } catch {
    // Somebody else was quicker.
  }
  rmSync(aside, { force: true })
}
