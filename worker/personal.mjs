// What is one visitor's, said so that no cache gives it to another.

/** Fields by which an origin speaks to caches of its choice, over `Cache-Control` (RFC 9213 and the makers of such caches). */
const TARGETED = ['cdn-cache-control', 'cloudflare-cdn-cache-control', 'surrogate-control']

/** Makes a response's headers those of one visitor alone, of whom the browser may keep what `control` says. */
export function personal(headers, control = 'private, no-store') {
  for (const name of TARGETED) headers.delete(name)
  headers.set('cache-control', control)
  headers.append('vary', 'cookie')
}

/** What an answer says of caches, for the visitor's own alone. */
export function own(headers) {
  const said = (headers.get('cache-control') ?? '').split(',').map((part) => part.trim())
  return ['private', ...said.filter((part) => part && !/^(public|private|s-maxage|proxy-revalidate|stale-)/i.test(part))].join(', ')
}
