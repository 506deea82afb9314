// The words that people take along: one to an appointment, which says what survey and variant it is about and nothing of who they
// are; and two to pages of ours, which say also whose answer it is, by a pseudonym: to a question, and to where an address can be
// left.

import { same, sealed, unitKeys } from './identity.mjs'
import { now } from './now.mjs'
import { PREFIX } from './prefix.mjs'

const VERSION = 'v1'

/** The survey's page for appointments, with a signed reference. */
export async function referred(env, place, { key, talk }, { run, variant }) {
  const to = new URL(talk)
  to.searchParams.set('reference', await signed(env, place, 'talk', [key, run, variant]))
  return to.href
}

async function signed(env, place, purpose, fields) {
  const [[keyId]] = unitKeys(env)
  const text = [VERSION, keyId, ...fields, now()].join('.')
  return `${text}.${await sealed(env, place, purpose, text, keyId)}`
}

/** What a word says for a purpose, `[...fields, time]`, or nothing if it is not this place's. */
async function read(env, place, purpose, word, count) {
  const parts = String(word).split('.')
  const [version, keyId, ...fields] = parts.slice(0, -1)
  if (version !== VERSION || fields.length !== count + 1) return undefined
  return same(await sealed(env, place, purpose, parts.slice(0, -1).join('.'), keyId), parts.at(-1)) ? fields : undefined
}

/** What a reference says, or nothing if it is not this place's. */
export async function referenceOf(env, place, reference) {
  const [survey, run, variant, at] = (await read(env, place, 'talk', reference, 3)) ?? []
  return survey && { survey, run, variant, at: Number(at) }
}

/** The pages of ours: to a question, and to where an address can be left. */
export const [ASK, LEAVE] = ['ask', 'leave']

/** The path of such a page for whom `who` says, `{run, variant, hash}`. */
export const pathFor = async (env, place, page, { key }, { run, variant, hash }) =>
  `${PREFIX}${page}/${await signed(env, place, page, [key, run, variant, hash])}`

/** What the word in such a path says, `{survey, run, variant, hash, at}`, or nothing if it is not this place's. */
export async function invitedBy(env, place, page, word) {
  const [survey, run, variant, hash, at] = (await read(env, place, page, word, 4)) ?? []
  return survey && { survey, run, variant, hash, at: Number(at) }
}
