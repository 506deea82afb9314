// A file that somebody edits. It is looked at, since editors, folders of containers and drives of networks tell of their
// changes in different ways or not at all.

import { statSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

/** Milliseconds between two looks. */
const INTERVAL = 200
/** Milliseconds in which whoever writes gets to the end. */
const WRITING = 50

/** Calls `work` now and after every change of a file, one call after another, for ever. */
export async function watch(path, work) {
  // The look comes before the work that reads, so that no change falls between them.
  let seen = stamp(path)
  await work()
  for (;;) {
    await pause(INTERVAL)
    const now = stamp(path)
    if (now === seen) continue
    await pause(WRITING)
    seen = stamp(path)
    await work()
  }
}

/** What tells one state of a file from another. */
function stamp(path) {
  const { mtimeNs, size, ino } = statSync(path, { bigint: true, throwIfNoEntry: false }) ?? {}
  return `${mtimeNs} ${size} ${ino}`
}
