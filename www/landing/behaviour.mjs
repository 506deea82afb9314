// What visitors do with what they meet. A table says it for each experiment; it is read at every visit, so a change
// holds from the next visit on.
//
//   { '<run, experiment or flag>': {
//       control: 'control',                    the variant that is no news; every other one is “treatment”
//       base: 0.3, lift: 0.15,                 share that orders with control; how much more with the treatment
//       errors: { control: 0.01, treatment: 0.4 },
//       silent: { browser: 'Safari', variant: 'treatment', share: 0.4 },   whose reports get lost
//       answers: { share: 0.3, control: [...], treatment: [...] },          what is answered when the shop asks
//       writes: { share: 0.1, control: [...], treatment: [...] } } }        what is written to its help desk
//
// An answer is a choice, or { choice, text }. `*` holds for everybody, below what an experiment says for itself.

const CONTROL = 'control'

/** What one visitor does on one page view: `{orders, errs, silent}`. */
export function conduct(options, exposures, chosen) {
  const met = exposures.map((exposure) => ruled(options, exposure))
  const known = met.length ? met : [ruled(options)]
  const lifts = known.filter(isTreated).reduce((product, { lift }) => product * (1 + lift), 1)
  return {
    orders: chosen.order < known[0].base * lifts,
    errs: known.some(({ side, errors }) => chosen.error < (errors?.[side] ?? 0)),
    silent: met.some(({ side, variant, silent }) =>
      silent?.browser === chosen.browser && [side, variant].includes(silent.variant) && chosen.silent < silent.share),
  }
}

/** What one visitor answers to a survey, `{choice, text}`, or nothing. */
export function reply(options, { choices = [], comment, follow = [] }, exposures, chosen) {
  const asked = exposures.map((exposure) => ruled(options, exposure)).find(({ answers }) => answers)
  if (!asked || chosen.answers >= asked.answers.share) return undefined
  const one = (list) => list[Math.floor(chosen.answer * list.length)]
  const said = one(asked.answers[asked.side] ?? [])
  const { choice, text } = typeof said === 'string' ? { choice: said } : (said ?? {})
  const fits = choice === undefined ? !choices.length : choices.includes(choice)
  // A question that the table does not know is answered with any of its choices.
  const isAsked = comment || follow.some(({ after }) => after.includes(choice))
  const answer = fits ? { ...(choice && { choice }), ...(isAsked && text && { text }) } : { choice: one(choices) }
  return answer.choice || answer.text ? answer : undefined
}

/** What one visitor writes to the help desk, or nothing. */
export function complaint(options, exposures, chosen) {
  const met = exposures.map((exposure) => ruled(options, exposure)).find(({ writes }) => writes)
  const texts = met?.writes[met.side] ?? []
  return met && chosen.writes < met.writes.share ? texts[Math.floor(chosen.words * texts.length)] : undefined
}

const isTreated = ({ side }) => side === 'treatment'

/** The table's word on an exposure, or on a visitor who is in no test. */
function ruled({ base, lift, behave = {} }, { run, flag, variant } = {}) {
  // A run is named after its experiment, with a number.
  const own = [run, run?.replace(/-\d+$/, ''), flag].map((name) => behave[name]).find(Boolean)
  const all = { control: CONTROL, base, lift, ...behave['*'], ...own }
  return { ...all, variant, side: variant === undefined || variant === all.control ? 'control' : 'treatment' }
}
