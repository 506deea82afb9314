// What lies in the segments of a log.

import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

/**
 * All lines below a folder, as text, of a moment at which no file went: segments are written anew for an erasure. What is
 * still being written has a name that begins with a dot.
 */
export function linesBelow(folder) {
  for (;;) {
    try {
      const files = readdirSync(folder, { recursive: true }).filter((name) => /(^|\/)[^./][^/]*\.gz$/.test(name))
      return files.flatMap((name) => gunzipSync(readFileSync(join(folder, name))).toString().split('\n').filter(Boolean))
    } catch (error) {
      if (error.code !== 'ENOENT') throw error
    }
  }
}
