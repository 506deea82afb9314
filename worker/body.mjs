// What browsers post to us, and how we answer: plain text of a known length, and JSON that nobody keeps.

/** Milliseconds within which a body has to be here: on the slowest phone it takes one of them. */
const PATIENCE = 10_000
/** Why a body is refused that is never read to its end, as the ledger calls it. */
const REASONS = { 408: 'slow', 413: 'too-long', 415: 'encoded' }

/** The text of a post of at most `bytes`, or the answer that refuses it and its reason. `what` names what is posted. */
export async function posted(request, what, bytes) {
  const refuse = (status, error, headers) => ({ refusal: answer(status, { error }, headers), reason: REASONS[status] })
  if (request.method !== 'POST') return refuse(405, `Send ${what}s with POST.`, { allow: 'POST, OPTIONS' })
  if (request.headers.has('content-encoding')) return refuse(415, `Send ${what}s without content encoding.`)
  const { blob, status, error } = await bounded(request, bytes)
  return blob ? { text: await blob.text() } : refuse(status, error)
}

/** What JSON says, or nothing where it is none. */
export function parsed(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** A part of a path as it is meant. One that is badly escaped is nobody's. */
export function plainly(part) {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** The things in a body, one of them or `{v: 1, <name>: [...]}`, or why it has none. */
export function listIn(text, name, most) {
  const body = parsed(text)
  if (body === null || typeof body !== 'object' || Array.isArray(body)) return 'malformed'
  const all = body[name] === undefined ? [body] : body.v === 1 && Object.keys(body).length === 2 ? body[name] : undefined
  if (!Array.isArray(all) || !all.length) return 'malformed'
  return all.length <= most ? all : 'too-many'
}

export function answer(status, body, headers) {
  return Response.json(body, { status, headers: { 'cache-control': 'no-store', ...headers } })
}

/** The body of a message, `{blob}`, or `{status, error}` where it is longer than that, or too slow. */
export async function bounded({ body }, bytes) {
  const reader = body?.getReader()
  const chunks = []
  let length = 0
  let late = false
  const timer = setTimeout(() => {
    late = true
    reader?.cancel().catch(() => {})
  }, PATIENCE)
  try {
    for (let part; reader && !(part = await reader.read()).done; ) {
      length += part.value.length
      if (length > bytes) return { status: 413, error: `At most ${bytes} bytes are taken.` }
      chunks.push(part.value)
    }
  } catch (error) {
    if (!late) throw error
  } finally {
    clearTimeout(timer)
  }
  return late ? { status: 408, error: 'The body took too long.' } : { blob: new Blob(chunks) }
}
