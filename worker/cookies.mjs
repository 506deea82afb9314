// Our cookies: how they are named, read and written. Usually they belong to one host alone, which browsers guarantee by
// the `__Host-` prefix; a deployment may share them among the hosts of its domain (`COOKIE_DOMAIN`).

import { cookieOf } from './sdk/request.js'

let domain = ''

/** The deployment's choice, before any request. */
export function shareCookies(chosen) {
  if (chosen && !/^(?!-)[a-z\d-]+(\.[a-z\d-]+)+$/.test(chosen)) {
    throw new Error(`COOKIE_DOMAIN is wrong. "${chosen}" is no domain such as example.com.`)
  }
  domain = chosen || ''
}

/** The name of one of our cookies. Browsers refuse the prefixes where there is no https. */
export const cookieName = (name, secure) => (secure ? `__${domain ? 'Secure' : 'Host'}-${name}` : name)

/** A `Set-Cookie` header with one of our cookies, for so many seconds or for as long as browsers keep any. */
export const writeCookie = (name, value, secure, age) =>
  cookieOf(cookieName(name, secure), value, secure, age) + (domain && `; Domain=${domain}`)

/** A `Set-Cookie` header that takes a cookie away. */
export const expired = (name, secure) => writeCookie(name, '', secure, 0)

/** All values of a cookie: whoever can write on a neighbouring host can put one of the same name beside ours. */
export function readCookies(header, name) {
  const [values, begin] = [[], `${name}=`]
  // Most requests have none.
  if (!header?.includes(begin)) return values
  for (const part of header.split(';')) {
    const cookie = part.trim()
    // Each is a signature to check.
    if (cookie.startsWith(begin) && values.length < 4) values.push(cookie.slice(begin.length))
  }
  return values
}

/** What a function makes of the first value of a cookie of which it makes anything. */
export function firstOf(header, name, secure, make) {
  const values = readCookies(header, cookieName(name, secure))
  return values.length ? made(values, make) : undefined
}

async function made(values, make) {
  for (const value of values) {
    const one = await make(value)
    if (one !== undefined) return one
  }
  return undefined
}
