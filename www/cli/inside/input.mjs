// What commands read: files and standard input, and why they cannot.

import { createReadStream, readFileSync, statSync } from 'node:fs'
import { Complaint } from './complaint.mjs'

const CAUSES = {
  ENOENT: ['There is no such file.', 'Look at the path; it is taken from where you are.'],
  ENOTDIR: ['There is no such file.', 'Look at the path; it is taken from where you are.'],
  EISDIR: ['It is a folder.', 'Name the file in it.'],
  EACCES: ['You may not read it.', 'Change its permissions.'],
}

/** The document of a project, unless somebody names another file. */
export const DOCUMENT = 'pointsman.json'

function complaint(path, error) {
  const [cause, otherwise] = CAUSES[error.code] ?? [error.message, '']
  const first = path === DOCUMENT && error.code === 'ENOENT'
  const fix = first ? 'pointsman init writes a first one; a document elsewhere has to be named.' : otherwise
  return new Complaint(path, cause, fix)
}

/** The name that people know a path by. */
export const named = (path) => (path === '-' ? 'standard input' : path)

/** The bytes of a file; `-` is standard input. */
export function bytesOf(path) {
  try {
    return readFileSync(path === '-' ? 0 : path)
  } catch (error) {
    throw complaint(named(path), error)
  }
}

/** The text of a file; `-` is standard input. */
export function text(path) {
  const bytes = bytesOf(path)
  try {
    // A byte order mark stays, so that the core can say what it thinks of it.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new Complaint(named(path), 'It is not UTF-8.', 'Save the file as UTF-8.')
  }
}

/** The bytes of a file, one piece after another; `-` is standard input. */
export async function * stream(path) {
  try {
    if (path !== '-' && statSync(path).isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' })
    yield * (path === '-' ? process.stdin : createReadStream(path, { highWaterMark: 1 << 20 }))
  } catch (error) {
    throw complaint(named(path), error)
  }
}
