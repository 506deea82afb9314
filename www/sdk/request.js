// What a request tells about its visitor, by the same rules wherever it arrives: at the edge or at a server.

/** The attributes that rules can ask for, beside `unit` and `country`. `header` gives one by its lower-case name. */
export function attributesOf(path, header) {
  return {
    path,
    language: /^\s*([a-z]{1,8}(?:-[a-z\d]{1,8})*)\s*(?:[,;]|$)/i.exec(header('accept-language') ?? '')?.[1],
    device: deviceOf(header),
  }
}

/**
 * `phone`, `tablet` or `desktop`: as the browser's hints have it, and else by its user agent. Android's tablets are those that
 * do not say `Mobile`; an iPad that gives itself out for a Mac is taken for one.
 */
export function deviceOf(header) {
  const [agent, mobile] = [header('user-agent') ?? '', header('sec-ch-ua-mobile')]
  if (mobile === '?1') return 'phone'
  const isAndroid = /android/i.test(header('sec-ch-ua-platform') ?? '')
  if (/ipad|tablet|android(?!.*mobile)/i.test(agent) || (isAndroid && mobile === '?0')) return 'tablet'
  return /mobi|iphone|android/i.test(agent) ? 'phone' : 'desktop'
}

/** The cookie by which a page says that its visitor has agreed to be counted; it is `1`. */
export const AGREED = 'pmc'

/** Seconds that a cookie of ours is kept: as long as browsers keep any. */
export const COOKIE_AGE = 400 * 24 * 3600

/** A `Set-Cookie` header that only this host and no script can read. */
export const cookieOf = (name, value, secure, age = COOKIE_AGE) =>
  `${name}=${value}; Path=/; Max-Age=${age}; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`

/** The cookies of a header, each `[name, value]`, in their order. */
export const cookiesIn = (header) => (header ?? '').split(';').flatMap((part) => {
  const at = part.indexOf('=')
  return at > 0 ? [[part.slice(0, at).trim(), part.slice(at + 1).trim()]] : []
})

/** One cookie's value. */
export const readCookie = (header, name) => cookiesIn(header).find(([own]) => own === name)?.[1]

/** Whether these cookies say that their visitor has agreed to be counted. */
export const hasAgreed = (header) => readCookie(header, AGREED) === '1'

/** JSON that no HTML parser can mistake for markup, and that means the same in every encoding. */
export const escaped = (json) =>
  json.replace(/[<>&\x7f-\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** The script element that carries decisions. It has no `id`: browsers make each id a global variable, and
 * `pointsman` is where pages push their goals. */
export const carrier = (decisions) =>
  `<script type="application/json" data-id="pointsman">${escaped(JSON.stringify(decisions))}</script>`
