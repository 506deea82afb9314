// The word that somebody who has answered takes to an appointment: it says which survey and variant it is about, and
// nothing of who they are. What they tell there is the booking page's business, and is kept apart from all that is here.

import { now } from './now.mjs'
import { same, sealed, unitKeys } from './identity.mjs'

const VERSION = 'v1'

/** The survey's page for appointments, with a signed reference. */
export async function referred(env, place, { key, talk }, { run, variant }) {
  const [[keyId]] = unitKeys(env)
  const text = [VERSION, keyId, key, run, variant, now()].join('.')
  const to = new URL(talk)
  to.searchParams.set('reference', `${text}.${await sealed(env, place, 'talk', text, keyId)}`)
  return to.href
}

/** What a reference says, or nothing if it is not this place's. */
export async function referenceOf(env, place, reference) {
  const fields = String(reference).split('.')
  const [version, keyId, survey, run, variant, at, seal] = fields
  if (version !== VERSION || fields.length !== 7) return undefined
  if (!same(await sealed(env, place, 'talk', fields.slice(0, 6).join('.'), keyId), seal)) return undefined
  return { survey, run, variant, at: Number(at) }
}
