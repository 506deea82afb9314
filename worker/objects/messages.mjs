// How a message leaves for Slack, for another webhook, or as mail. Each says by `Idempotency-Key` what it is: whoever gets it
// twice, as its answer got lost, knows it again.

import { parsed } from '../body.mjs'
import { placeNamed } from '../place.mjs'
import { linkOf } from '../share.mjs'
import { secretOf, signed } from '../signature.mjs'
import { quoteOf } from '../written.mjs'
import { deliver } from './egress.mjs'
import { schemeOf } from './outside.mjs'

const placeOf = (project) => placeNamed(`${project}/production`)
const purposeOf = (channel) => `channel/${channel}`

const DAY = 86_400_000
/** Days after its end for which a week can be read without an account. */
const READABLE = 90

/** Where a message tells of harm in the words of those who met it; `notify::QUOTE`. */
const QUOTE = '\u2063'

/** Sends a message of the outbox, as `deliver` does. `api` reads what the project knows. */
export async function leave(env, project, { id, event, kind, experiment, service, channel, url, ...message }, api) {
  const told = kind === 'digest' ? await opened(env, project, message.payload) : message.payload
  const quote = told.includes(QUOTE) ? await quoteOf(env, project, experiment, api).catch(() => null) : null
  const payload = told.replaceAll(QUOTE, quote ? ` ${JSON.stringify(quote).slice(1, -1)}` : '')
  if (service === 'mail') return mail(env, `${event}/${id}`, payload)
  const proof = service === 'webhook' ? await signed(env, placeOf(project), purposeOf(channel), event, payload) : {}
  return deliver(env, url, payload, { 'idempotency-key': event, ...proof })
}

/** What a week has brought, with a link that opens for whoever gets it: each time the same one. */
async function opened(env, project, payload) {
  const console_ = `${schemeOf(env)}://${env.CONSOLE_HOST}`
  const [link, week] = /#\/week\/(\d+)/.exec(payload) ?? []
  if (!link) return payload
  // Weeks are counted from that of Monday, 5 January 1970.
  const until = (4 + 7 * (Number(week) + 1) + READABLE) * DAY
  return payload.replaceAll(`${console_}/${link}`, await linkOf(env, placeOf(project), console_, week, until))
}

/** By the provider of the deployment, in the form of Resend's API; in the demo by its own. */
function mail(env, id, payload) {
  const url = env.DEMO_RECEIVER ? `${env.DEMO_RECEIVER}/emails` : env.MAIL_URL
  if (!env.DEMO_RECEIVER && !(env.MAIL_KEY && env.MAIL_FROM)) return { why: 'no mail leaves before MAIL_KEY and MAIL_FROM are set (docs/notifications.md)' }
  const body = JSON.stringify({ from: env.MAIL_FROM || 'Pointsman <pointsman@example.com>', ...parsed(payload) })
  return deliver(env, url, body, { 'idempotency-key': id, authorization: `Bearer ${env.MAIL_KEY}` })
}

/** The answer to whoever has added a channel, with the secret that signs what goes there: it is told now and never again. */
export async function connected(env, project, answer) {
  const { status, body } = JSON.parse(answer)
  if (body.service === 'webhook') body.secret = await secretOf(env, placeOf(project), purposeOf(body.id))
  return JSON.stringify({ status, body })
}
