// Addresses that are opened for whoever presses them, and recordings of sessions, by any vendor.

/** Characters of an address. */
const ADDRESS = 1000

/** What a vendor calls a recording, where it is no address. */
const RECORDING = /^[\w.:-]{1,128}$/

/** Whether a text names a recording: an address that is safe to open, or what its vendor calls it. */
export const isRecording = (replay) => typeof replay === 'string' && (isAddress(replay) || RECORDING.test(replay))

/** Whether a text is an address that can be opened, and names nobody. */
export function isAddress(text) {
  if (typeof text !== 'string' || text.length > ADDRESS || !URL.canParse(text)) return false
  const { protocol, username, href } = new URL(text)
  return protocol === 'https:' && text.startsWith('https://') && !username && !/@|%40/i.test(href)
}
