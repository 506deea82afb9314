// What pages of other sites may ask us: nothing here reads cookies, so every site may.

const SHARED = { 'access-control-allow-origin': '*', 'access-control-expose-headers': 'etag' }
const DAY = 86_400

/** The answer to the question whether a page may send such a request. */
export const preflight = (methods) => new Response(null, {
  status: 204,
  headers: {
    ...SHARED, 'access-control-allow-methods': methods, 'access-control-max-age': String(DAY),
    'access-control-allow-headers': 'authorization, content-type, if-none-match, x-api-key',
  },
})

/** The same answer, for pages of every site. */
export function open(response) {
  for (const [name, value] of Object.entries(SHARED)) response.headers.set(name, value)
  return response
}
