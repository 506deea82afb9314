// A link that shows one experiment's result, or what a week has brought, to whoever has it, without a login and for a while
// (docs/dashboard.md). The word in it is signed and names the experiment or the week, so it opens nothing else; once the keys are
// replaced none of them opens anything.

import { answer } from './body.mjs'
import { same, sealed, toHex, unitKeys } from './identity.mjs'
import { now } from './now.mjs'

const VERSION = 'v1'
const DAY = 86_400_000
/** Days that a link is good for at most, and if nobody says. */
const [LONGEST, USUALLY] = [90, 7]

/** What is shared, by its name: a week is a number, and no experiment's key is. */
const pathOf = (project, name) => `/api/v1/projects/${project}/${isWeek(name) ? `digest?week=${name}` : `experiments/${encodeURIComponent(name)}/reading`}`
const sharesOf = (project) => `/api/v1/projects/${project}/shares`
const isWeek = (name) => /^\d+$/.test(name)

/** Answers `POST .../share` of the console: `{experiment, days}` or `{week, days}`. `api` asks the API in the caller's name. */
export async function share(request, env, place, api) {
  const { experiment, week, days = USUALLY } = (await request.json().catch(() => undefined)) ?? {}
  if (!(Number.isInteger(days) && days >= 1 && days <= LONGEST)) {
    return refused('/days', `A link is good for 1 to ${LONGEST} days.`, `Write a whole number; ${USUALLY} is a week.`)
  }
  const name = Number.isInteger(week) ? String(week) : experiment
  if (typeof name !== 'string' || place.environment !== 'production' || !(await api('GET', pathOf(place.project, name))).ok) {
    return refused('/experiment', 'There is no result of such an experiment here.', 'Name one that has started in production, or a week.')
  }
  const until = now() + days * DAY
  // Whoever made it stands in the history, and it can be called back.
  const noted = await api('PUT', `${sharesOf(place.project)}/${until}.${name}`, '{}')
  if (!noted.ok) return noted
  const { origin } = new URL(request.url)
  return answer(200, { link: await linkOf(env, place, origin, name, until), until })
}

/** A link to an experiment or a week, with `v1.<key id>.<until>.<name>.<mac>`. */
export async function linkOf(env, place, origin, name, until) {
  const [[keyId]] = unitKeys(env)
  const text = [VERSION, keyId, until, name].join('.')
  return `${origin}/#/shared/${place.project}/${text}.${await sealed(env, place, 'share', text, keyId)}`
}

/**
 * Answers `GET .../shared` to whoever has such a word, `Authorization: Share <word>`. `read` asks for a path as the engine
 * itself would, whom nobody else can pretend to be.
 */
export async function shared(request, env, place, read) {
  const word = /^Share (.+)$/.exec(request.headers.get('authorization') ?? '')?.[1] ?? ''
  const [, text, keyId, until, name, seal] = /^(v1\.(\w+)\.(\d+)\.([a-z0-9-]+))\.([\w-]+)$/.exec(word) ?? []
  if (place.environment !== 'production' || !seal || !same(await sealed(env, place, 'share', text, keyId), seal)) {
    return closed(403, 'This link opens nothing.', 'A part of it may be missing, or the keys were replaced: ask whoever sent it for a new one.')
  }
  if (now() >= Number(until)) return closed(410, 'This link is good no longer.', 'Ask whoever sent it for a new one.')
  const noted = await read(sharesOf(place.project))
  // Who cannot say which links were called back opens none.
  if (!noted.ok) return closed(503, 'It cannot be looked up now.', 'Try again in a moment.')
  const { shares } = await noted.json()
  if (shares.some(({ id, revoked }) => revoked && id === `${until}.${name}`)) return closed(410, 'This link was called back.', 'Ask whoever sent it for a new one.')
  const response = await read(pathOf(place.project, name))
  if (!response.ok) return closed(404, 'What it showed is not there any more.', 'Ask whoever sent the link.')
  const found = await response.json()
  return answer(200, { ...(isWeek(name) ? found : told(found)), ends: Number(until) }, { 'x-robots-tag': 'noindex' })
}

/** A result without those who work on it, without what visitors wrote, and without what is known of other experiments. */
function told({ experiment, record, written, quote, ...reading }) {
  const { stop, decision, plan } = experiment
  const { key, title, state, started, ended, planHash, run, perArm, playbook, flag, control, treatment, intake, ramp } = experiment
  return {
    ...reading, record: null, written: null, quote: null,
    experiment: {
      key, title, state, started, ended, plan, planHash, run, perArm, playbook, flag, control, treatment, intake, ramp,
      stop: stop && { ...stop, who: '' }, decision: decision && { ...decision, who: '', approver: undefined },
      note: '', author: '', reviewer: null, asked: null, due: null, debrief: null, history: [], problems: [], actions: [], quality: {},
    },
  }
}

/** A token for one request that the engine makes of itself, and what it is known by. */
export async function ownWord() {
  const token = toHex(crypto.getRandomValues(new Uint8Array(32)))
  return { token, hash: toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token)))) }
}

const refused = (pointer, cause, fix) => answer(422, { problems: [{ pointer, code: 'share', cause, fix }] })
const closed = (status, error, fix) => answer(status, { error, fix }, { 'x-robots-tag': 'noindex' })
