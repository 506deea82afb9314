// A program that runs beside a test. Whoever stands still meanwhile does not hear that a connection was closed, and asks
// the next question over it.

import { execFile } from 'node:child_process'

/** Runs it to its end: `{status, stdout, stderr}`. */
export const beside = (program, args, options) => new Promise((resolve) => {
  const child = execFile(program, args, { maxBuffer: 2 ** 28, ...options }, (error, stdout, stderr) =>
    resolve({ status: error ? error.code ?? error.signal : 0, stdout, stderr }))
  child.stdin.end()
})
