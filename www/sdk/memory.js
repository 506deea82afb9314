// The last good snapshot of a server: in memory for the next one to ask, and in storage for the next page.

const known = new Map()

/** A browser may forbid to even look for it. Servers may have one, which would be all visitors'. */
function browsersOwn() {
  try {
    return globalThis.document && globalThis.localStorage
  } catch {
    return undefined
  }
}

/** Bytes that are written as base64. */
export const bytesOf = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))

/** What is remembered under a name. Whatever storage does, memory works. */
export function memoryOf(name, storage = browsersOwn()) {
  const item = `pointsman ${name}`
  return {
    /** `{etag, bytes}`, or nothing. */
    read() {
      if (known.has(name)) return known.get(name)
      try {
        const { etag, text } = JSON.parse(storage.getItem(item))
        return { etag, bytes: bytesOf(text) }
      } catch {
        return undefined
      }
    },

    write(entry) {
      known.set(name, entry)
      try {
        let text = ''
        for (const byte of entry.bytes) text += String.fromCharCode(byte)
        storage.setItem(item, JSON.stringify({ etag: entry.etag, text: btoa(text) }))
      } catch {
        // Full, forbidden or not there: the next page asks.
      }
    },
  }
}
