// Puts a text behind the tag of a page's head. That mostly stands right at the page's beginning, so plainly that no parser is
// needed, and the rest passes as bytes. A page that begins otherwise is read by the rewriter.

/** Encodings in which bytes below 128 are ASCII wherever they stand; without a name it is one of these. */
const PLAIN = /^[^;]*(;\s*charset="?(utf-8|us-ascii|iso-8859-1|windows-1252)"?\s*)?$/i
/** Bytes within which a page begins plainly, and those that are held back while nothing of the page has begun. */
const [BEGIN, HELD] = [2048, 16_384]

/** What may stand before a head's content, in any order and with nothing in it that could be read in two ways. */
const SPACE = '[\\t\\n\\f\\r ]'
const attributes = `(?:${SPACE}+[\\w:-]+(?:="[^"<>]*"|='[^'<>]*'|=[\\w:./-]+)?)*${SPACE}*`
const BEFORE = `(?:${SPACE}|<!--[^<>]*-->|<!doctype[^<>]*>|<html${attributes}>)*(<head${attributes}>)?`
/** The beginning of a page, which may have a byte order mark, and how it may go on: up to the head's tag, if that is there. */
const [FIRST, NEXT] = ['(?:\\xef\\xbb\\xbf)?', ''].map((mark) => new RegExp(`^${mark}${BEFORE}`, 'i'))

const [decoder, encoder] = [new TextDecoder('windows-1252'), new TextEncoder()]

/** The response with a text in its head, or at its end where it has none. `rewriter` makes what does that to others. */
export function headed(response, text, rewriter) {
  if (!response.body || !PLAIN.test(response.headers.get('content-type'))) return rewriter().transform(response)
  const { readable, writable } = new IdentityTransformStream()
  // What breaks here breaks the page off: it must not end as if it were whole.
  pass(response.body, writable, text).catch((error) => writable.abort(error).catch(() => {}))
  return new Response(readable, response)
}

async function pass(body, writable, text) {
  const put = async (bytes) => {
    const writer = writable.getWriter()
    if (bytes.length) await writer.write(bytes)
    writer.releaseLock()
  }
  const placed = await begun(body, text, put)
  await passed(body, writable)
  if (!placed) await put(encoder.encode(text))
  await writable.close()
}

/** Puts out a page's beginning with the text in its head, as soon as that is there, or until it is clear that there is none. */
async function begun(body, text, put) {
  const reader = body.getReader()
  let [held, pattern] = [new Uint8Array(), FIRST]
  for (;;) {
    const { value, done } = await reader.read()
    if (!done) held = joined(held, value)
    const [{ length }, head] = pattern.exec(decoder.decode(held.subarray(0, BEGIN)))
    // What surely stands before a head need not wait for it.
    if (length && !head) {
      await put(held.subarray(0, length))
      held = held.subarray(length)
      pattern = NEXT
    }
    const found = head ? behind(held, length, text) : await sought(held, text)
    if (done || found.placed || found.none || held.length > HELD) {
      reader.releaseLock()
      await put(found.held)
      return found.placed
    }
  }
}

const behind = (held, at, text) => ({ held: joined(held.subarray(0, at), encoder.encode(text), held.subarray(at)), placed: true })

/** The same by the rewriter. Behind the first element that stands in no head, a page has none any more. */
async function sought(held, text) {
  let [placed, none] = [false, false]
  const look = (element) => {
    if (placed || none || element.tagName === 'html') return
    placed = element.tagName === 'head'
    none = !placed
    if (placed) element.prepend(text, { html: true })
  }
  const edited = new HTMLRewriter().on('*', { element: look }).transform(new Response(held))
  return { held: new Uint8Array(await edited.arrayBuffer()), placed, none }
}

/** The rest of a body. What comes out of another stream of a Worker's own has to be carried. */
async function passed(body, writable) {
  try {
    await body.pipeTo(writable, { preventClose: true })
  } catch (error) {
    if (!/Inter-TransformStream/.test(error.message)) throw error
    const [reader, writer] = [body.getReader(), writable.getWriter()]
    for (let part = await reader.read(); !part.done; part = await reader.read()) await writer.write(part.value)
    writer.releaseLock()
  }
}

function joined(...parts) {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
