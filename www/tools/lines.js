// Whole lines out of bytes that come in pieces.

/** Bytes of a line that are kept. A context has less, so a longer line is refused whatever follows. */
const LINE = 64 << 10
const NEWLINE = 10

/** Whole lines, as many at a time as have come. `pieces` are texts or bytes, one or many, at once or one after another. */
export async function * lines(pieces) {
  const encoder = new TextEncoder()
  const all = typeof pieces === 'string' || pieces instanceof Uint8Array ? [pieces] : pieces
  let [rest, length] = [[], 0]
  for await (const piece of all) {
    const bytes = typeof piece === 'string' ? encoder.encode(piece) : piece
    const end = bytes.lastIndexOf(NEWLINE) + 1
    if (end > 0) {
      yield joined([...rest, bytes.subarray(0, end)])
      ;[rest, length] = [[], 0]
    }
    if (length < LINE) rest.push(bytes.subarray(end))
    length += bytes.length - end
  }
  if (length > 0) yield joined(rest)
}

function joined(parts) {
  if (parts.length === 1) return parts[0]
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
