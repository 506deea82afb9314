// What commands read: files and standard input, and why they cannot.

import { createReadStream, readFileSync, statSync } from 'node:fs'
import { Complaint } from './complaint.mjs'

const CAUSES = {
  ENOENT: ['There is no such file.', 'Look at the path; it is taken from where you are.'],
  ENOTDIR: ['There is no such file.', 'Look at the path; it is taken from where you are.'],
  EISDIR: ['It is a folder.', 'Name the file in it.'],
  EACCES: ['You may not read it.', 'Change its permissions.'],
}

function complaint(path, error) {
  const [cause, fix] = CAUSES[error.code] ?? [error.message, '']
  return new Complaint(path, cause, fix)
}

/** The name that people know a path by. */
export const named = (path) => (path === '-' ? 'standard input' : path)

/** The text of a file; `-` is standard input. */
export function text(path) {
  let bytes
  try {
    bytes = readFileSync(path === '-' ? 0 : path)
  } catch (error) {
    throw complaint(named(path), error)
  }
  try {
    // A byte order mark stays, so that the core can say what it thinks of it.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new Complaint(named(path), 'It is not UTF-8.', 'Save the file as UTF-8.')
  }
}

/** A stream of a file's bytes; `-` is standard input. */
export function stream(path) {
  if (path === '-') return process.stdin
  try {
    if (statSync(path).isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' })
  } catch (error) {
    throw complaint(path, error)
  }
  return createReadStream(path, { highWaterMark: 1 << 20 })
}

/** Bytes of a line that are kept. A context has less, so a longer line is refused whatever follows. */
const LINE = 64 << 10
const NEWLINE = 10

/** Whole lines of a stream, as many at a time as have come. */
export async function * lines(path) {
  let [rest, length] = [[], 0]
  try {
    for await (const chunk of stream(path)) {
      const end = chunk.lastIndexOf(NEWLINE) + 1
      if (end > 0) {
        yield Buffer.concat([...rest, chunk.subarray(0, end)])
        ;[rest, length] = [[], 0]
      }
      if (length < LINE) rest.push(chunk.subarray(end))
      length += chunk.length - end
    }
  } catch (error) {
    throw error instanceof Complaint ? error : complaint(named(path), error)
  }
  if (length > 0) yield Buffer.concat(rest)
}
