// What browsers post to us, and how we answer: plain text of a known length, and JSON that nobody keeps.

/** The text of a post of at most `bytes`, or the answer that refuses it. `what` names what is posted. */
export async function posted(request, what, bytes) {
  if (request.method !== 'POST') return { refusal: answer(405, { error: `Send ${what}s with POST.` }) }
  if (request.headers.has('content-encoding')) return { refusal: answer(415, { error: `Send ${what}s without content encoding.` }) }
  const text = await bounded(request, bytes)
  return text === undefined ? { refusal: answer(413, { error: `At most ${bytes} bytes are taken.` }) } : { text }
}

export function answer(status, body) {
  return Response.json(body, { status, headers: { 'cache-control': 'no-store' } })
}

/** The body as text, or nothing when it is longer than a browser would have sent. */
async function bounded(request, bytes) {
  const chunks = []
  let length = 0
  for await (const chunk of request.body ?? []) {
    length += chunk.length
    if (length > bytes) return undefined
    chunks.push(chunk)
  }
  return new Blob(chunks).text()
}
