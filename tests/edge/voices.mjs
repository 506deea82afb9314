// What lies in the stores of voices on the disk, read by a program of its own; and those who say something, each by their door.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { root } from '../../build/setup.mjs'
import { ask, cookieHeader, decisionsOf, NAVIGATION, PART, visitorOf } from './wire.mjs'

/** Every answer below a product's state folder, in the order of arrival. The product must have stopped. */
export const answersIn = (product) => voicesIn(product).answers

/** Every ticket there, with what its unit had met. */
export const ticketsIn = (product) => voicesIn(product).tickets

function voicesIn({ folder }) {
  const args = ['run', '--locked', '--quiet', '-p', 'pointsman-native', '--bin', 'voices', '--', join(folder, 'state')]
  const { status, stdout, stderr, error } = spawnSync('cargo', args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 })
  if (status !== 0) throw new Error(`reading the answers failed: ${error?.message ?? stderr}`)
  return JSON.parse(stdout)
}

/** A survey of the tests' one experiment. */
export const SURVEY = { experiment: 'hero', question: 'Was it clear when your coffee is roasted?', choices: ['Yes', 'No'], comment: true }

/** The variant that a visitor met, as the edge's own word has it. */
export const tokenOf = ({ answer }) => decisionsOf(answer.text).flags.hero.token

/** Those who come to a product, which `of` gives once it runs. */
export function callers(of) {
  let server
  const serverKey = async () => (server ??= (await (await of().api('GET', 'keys')).json()).server)

  /** Whoever has seen their variant, as the collector knows it. `more` are further events of their page. */
  async function seer(variant, more = []) {
    const visitor = await visitorOf(of(), variant)
    const events = [{ t: 'seen', run: 'hero-1', x: variant, d: tokenOf(visitor), dt: 0 }, ...more]
    const body = JSON.stringify({ v: 1, page: `p${visitor.cookies.pm.slice(3, 20)}`, seq: 0, dropped: 0, events })
    const { text } = await ask(of(), '/_pm/e', { method: 'POST', headers: { ...PART, cookie: cookieHeader(visitor.cookies) }, body })
    return { ...visitor, unit: visitor.cookies.pm.split('.')[1], told: JSON.parse(text) }
  }

  /** Posts with the server key. */
  async function send(path, type, body, key) {
    const headers = { ...PART, 'content-type': type, authorization: `Bearer ${key ?? (await serverKey())}` }
    return ask(of(), `/_pm/${path}`, { method: 'POST', headers, body })
  }

  /** The same with JSON: the status, and what is answered. */
  async function told(path, body, key) {
    const { status, text } = await send(path, 'application/json', JSON.stringify(body), key)
    return { status, ...JSON.parse(text) }
  }

  /** Opens a page of ours, or sends its form. */
  async function paper(link, form, { method = form ? 'POST' : 'GET', ...headers } = {}) {
    const { pathname, search } = new URL(link, of().site)
    const body = form && new URLSearchParams(form).toString()
    return ask(of(), pathname + search, { method, body, headers: { ...NAVIGATION, ...(form && { 'content-type': 'application/x-www-form-urlencoded' }), ...headers } })
  }

  return { seer, serverKey, send, told, paper }
}
