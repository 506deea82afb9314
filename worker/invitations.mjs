// A link in a mail, and the page that it opens: one question, without a script and without a word of who is asked. Opening it
// changes nothing, as machines open links too; the button does.

import { posted } from './body.mjs'
import { ledgerOf } from './ledgers.mjs'
import { now } from './now.mjs'
import { html, message, paper, wordsOf } from './paper.mjs'
import { reserve } from './privacy.mjs'
import { ASK, invitedBy } from './references.mjs'
import { isBot } from './visitor.mjs'
import { heard, isFollowed, objection, surveyOf } from './voices.mjs'

const BYTES = 16_384
/** Days that a link is good for: no longer than is kept who has answered. */
const GOOD = 30 * 86_400_000

/** Answers `GET <prefix>ask/<word>`, the question, and `POST`, what its reader says. */
export async function invited(request, env, place, names, word) {
  const by = await invitedBy(env, place, ASK, word)
  if (!by) return message(404, {}, 'This link opens nothing.', 'A part of it may be missing.')
  const asked = surveyOf(names, by.survey)
  if (!asked || objection({}, by, asked) || now() > by.at + GOOD) return closed()
  const words = wordsOf(asked, request)
  if (request.method === 'GET' || request.method === 'HEAD') {
    return form(200, asked, words, { choice: new URL(request.url).searchParams.get('choice') })
  }
  const { text: body, refusal } = await posted(request, 'answer', BYTES)
  if (refusal) return refusal
  const given = new URLSearchParams(body)
  // A form ends each line of a text with two signs, of which whoever counts what they wrote knows one.
  const [choice, text] = [given.get('choice') || undefined, (given.get('text') ?? '').replaceAll('\r\n', '\n')]
  // What is asked next comes before anything is kept, as it does on a page.
  if (isFollowed(asked, choice) && !given.has('next')) return form(200, asked, words, { choice, text, next: true })
  const answered = { choice, text: text.trim() || undefined }
  const wrong = objection(answered, by, asked)
  if (isBot(request.headers.get('user-agent')) || wrong) return form(422, asked, words, { text, alert: words.again })
  // Whoever is left alone is heard, and counted nowhere.
  const ledger = reserve(names.edge.privacy, request.headers) ? undefined : ledgerOf(place, names)
  const { status, body: outcomes } = await heard(env, place, ledger, names, [{ asked, who: by, ...answered }])
  const [{ outcome, reason, talk }] = status === 200 ? outcomes : [{}]
  if (reason === 'erased') return closed()
  // Their words stay before them, in the box that they wrote them in.
  if (status !== 200 || outcome === 'rejected') return form(status === 200 ? 422 : status, asked, words, { choice, text, next: given.has('next') && isFollowed(asked, choice), alert: words.again })
  return message(200, words, words.thanks, talk && html`<a href="${talk}" rel="noopener">${words.talk}</a>`)
}

const closed = () => message(410, {}, 'This question is closed.', 'Thank you for coming.')

function form(status, asked, words, { choice, text = '', next, alert }) {
  const index = (asked.follow ?? []).findIndex(({ after }) => after.includes(choice))
  const question = next ? (words.follow?.[index] ?? asked.follow[index].question) : words.question
  const ends = asked.rating ? { [asked.choices[0]]: words.low, [asked.choices.at(-1)]: words.high } : {}
  const choices = asked.choices.map((one, at) => html`<label class="choice"><input type="radio" name="choice" value="${one}"${one === choice && html` checked`}>${words.choices[at] ?? one}${ends[one] && ` · ${ends[one]}`}</label>`)
  const box = html`<label>${words.hint}<textarea name="text" rows="4" maxlength="1000">${text}</textarea></label>`
  return paper(
    status, { lang: words.lang, title: question },
    html`<form method="post"><fieldset><legend><h1>${question}</h1></legend>${alert && html`<p role="alert">${alert}</p>`}${next ? html`<input type="hidden" name="choice" value="${choice}"><input type="hidden" name="next" value="1">` : choices}${(next || asked.comment) && box}</fieldset><button>${words.send}</button></form>`,
  )
}
