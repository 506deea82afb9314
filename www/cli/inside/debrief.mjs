// A debrief as it is written: the playbook's questions as headings, and beneath each its answer.

import { Complaint } from './complaint.mjs'

/** What stands where nobody has answered yet. */
const NOTHING = '–'

/** The answers of a text by the question's id; `place` is where it stands. What is no question of the playbook is named by its line. */
export function answersOf(text, questions, place) {
  const answers = {}
  let id
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const heading = /^## +(.*?) *$/.exec(line)?.[1]
    if (heading === undefined) {
      if (id) answers[id] += `${line}\n`
      continue
    }
    id = questions.find((question) => question.text === heading)?.id
    const known = questions.map((question) => `“${question.text}”`).join(', ')
    if (!id) throw new Complaint(`${place}:${index + 1}`, `“${heading}” is no question of the playbook.`, `Ask ${known}.`)
    if (id in answers) throw new Complaint(`${place}:${index + 1}`, `“${heading}” stands there twice.`, 'Answer each question once.')
    answers[id] = ''
  }
  const given = Object.entries(answers).map(([id, answer]) => [id, answer.trim()]).filter(([, answer]) => answer && answer !== NOTHING)
  if (given.length) return Object.fromEntries(given)
  throw new Complaint(place, 'Nothing is answered.', 'Write beneath the headings that pointsman experiment debrief KEY prints.')
}
