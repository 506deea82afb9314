// The dashboard's files, from the service that serves assets: a folder on this machine, Cloudflare's assets there.

const TYPES = {
  html: 'text/html; charset=utf-8', js: 'text/javascript; charset=utf-8', css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml', json: 'application/json', woff2: 'font/woff2', wasm: 'application/wasm',
}

/** The thread of the statistics alone may compile wasm; a thread has the policy of the answer that brought it. */
const STATISTICS = /^\/assets\/statistics\.worker-[\w-]+\.js$/

/** Frames show pages of our sites (worker/frame.mjs). Sites speak as the console does. */
const policy = ({ SITES }, { protocol, pathname }) => [
  "default-src 'none'", `script-src 'self'${STATISTICS.test(pathname) ? " 'wasm-unsafe-eval'" : ''}`,
  "style-src 'self'", "img-src 'self' data:", "font-src 'self'", "connect-src 'self'",
  ['frame-src', ...Object.keys(JSON.parse(SITES)).map((host) => `${protocol}//${host}`)].join(' '),
  "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
].join('; ')

/** Plain names only, so that no path leads out of the folder. */
const NAME = /^\/(?:assets\/)?[\w.-]+\.(\w+)$/

/** Answers a request for a file of the dashboard. */
export async function asset(request, env, url) {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return Response.json({ error: 'This path has no such method.' }, { status: 405 })
  }
  const path = url.pathname === '/' ? '/index.html' : url.pathname
  const [, extension] = NAME.exec(path) ?? []
  const found = TYPES[extension] && !path.includes('..') && (await env.ASSETS.fetch(`http://assets${path}`))
  if (!found?.ok) return new Response('There is nothing here.\n', { status: 404, headers: { 'content-type': 'text/plain' } })
  const headers = {
    'content-type': TYPES[extension], 'content-security-policy': policy(env, url), 'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    // Names of built files carry a digest of their content; only the page itself may change.
    'cache-control': path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
  }
  return new Response(request.method === 'HEAD' ? null : found.body, { headers })
}
