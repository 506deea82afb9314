// What commands write: files, and why they cannot.

import { readFileSync, writeFileSync } from 'node:fs'
import { Complaint } from './complaint.mjs'

const CAUSES = {
  ENOENT: ['Its folder does not exist.', 'Make the folder, or name a file elsewhere.'],
  EISDIR: ['It is a folder.', 'Name a file in it.'],
  EEXIST: ['It is there already, and nothing is written over it.', 'Name another file.'],
  EACCES: ['It may not be written.', 'Name a file that may be.'],
}

/** Writes a file. With `{ flag: 'wx' }` only where there is none. */
export function write(path, content, options) {
  try {
    writeFileSync(path, content, options)
  } catch ({ code, message }) {
    const [cause, fix] = CAUSES[code] ?? [`${message}.`, 'Name a file that may be written.']
    throw new Complaint(path, cause, fix)
  }
}

/** Writes a file if it would change; tells whether it did. Whoever watches it is not woken for nothing. */
export function renew(path, text) {
  if (present(path) === text) return false
  write(path, text)
  return true
}

function present(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
