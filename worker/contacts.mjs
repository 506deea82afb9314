// The page on which somebody who has answered may leave an address, and who reads it: with a tick, apart from the answer and for a
// set time. No other door gives an address out.

import { answer, posted } from './body.mjs'
import { now } from './now.mjs'
import { html, message, paper, wordsOf } from './paper.mjs'
import { LEAVE, invitedBy } from './references.mjs'
import { objection, stored, surveyOf } from './voices.mjs'

const BYTES = 4096
/** Milliseconds after an answer in which an address may be left. */
const GOOD = 86_400_000

/** Answers `GET <prefix>leave/<word>`, the page, and `POST`, an address. */
export async function leave(request, env, place, names, word) {
  const by = await invitedBy(env, place, LEAVE, word)
  const asked = by && surveyOf(names, by.survey)
  if (!asked?.contact || objection({}, by, asked) || now() > by.at + GOOD) return message(410, {}, 'This link opens nothing any more.', 'Thank you for coming.')
  const words = wordsOf(asked, request)
  if (request.method === 'GET' || request.method === 'HEAD') return form(200, words)
  const { text, refusal } = await posted(request, 'address', BYTES)
  if (refusal) return refusal
  const given = new URLSearchParams(text)
  const address = given.get('address') ?? ''
  // Without the tick nothing of it is read any further.
  if (given.get('tick') !== 'yes') return form(422, words, address)
  const { status, body } = await stored(env, place, 'contact', { survey: by.survey, variant: by.variant, unit: by.hash, address: address.toWellFormed() })
  if (status !== 200) return message(503, words, words.again)
  return body.outcome === 'stored' ? message(200, words, words.thanks) : form(422, words, address)
}

const form = (status, words, address) => paper(
  status, { lang: words.lang, title: words.talk },
  html`<form method="post"><h1>${words.talk}</h1>${address !== undefined && html`<p role="alert">${words.again}</p>`}<p id="kept">${words.keep}</p><p><label>${words.address}<input type="email" name="address" autocomplete="email" required aria-describedby="kept" value="${address ?? ''}"></label></p><label class="choice"><input type="checkbox" name="tick" value="yes" required>${words.tick}</label><button>${words.send}</button></form>`,
)

/** What whoever may reads of it: `GET .../contacts/<survey>` of the console. */
export async function contacts(env, place, survey) {
  const { status, body, headers } = await stored(env, place, `contacts?${encodeURIComponent(survey)}`)
  return answer(status, body, headers)
}
