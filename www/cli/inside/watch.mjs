// A file that somebody edits. It is looked at, since editors, folders of containers and drives of networks tell of their
// changes in different ways or not at all.

import { watchFile } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

/** Milliseconds between two looks. */
const INTERVAL = 200
/** Milliseconds in which whoever writes gets to the end. */
const WRITING = 50

/** Calls `work` after every change of a file, one call after another. The process goes on as long as it is watched. */
export function watch(path, work) {
  let last = Promise.resolve()
  watchFile(path, { interval: INTERVAL }, () => {
    last = last.then(() => pause(WRITING)).then(work)
  })
}
