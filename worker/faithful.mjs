// Whether words that a model has written say what a tool's answer says: each number and each word of a verdict has to stand
// there as well, with the same sign, the same unit and the same “not” before it.

/** What is counted in words counts as a number. “One” does not: it mostly stands for a thing. */
const COUNTED = `two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen
  twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand thousands million millions billion dozen half halves
  third thirds quarter quarters fifth tenth double doubled doubles twice triple tripled percent percentage`.split(/\s+/)
/** How words of a verdict begin: what moved where, what follows from it, and how sure one may be of it. */
const VERDICT = `better best worse worst win won lose lost loss loser beat outperform underperform improve increas decreas rais rose rise drop
  fell fall grow grew shrink higher lower more less fewer most least up down gain harm hurt damag safe unsafe danger break broke good bad
  ship keep stop roll abort launch release recommend should decid conclu significan prove sure certain clear likel unlikel probab chance
  confiden doubt effect differ same equal success fail posit negat neutral strong weak big small large great huge tiny early late enough
  ready reach valid invalid wrong right true false guarantee always every all nobody everybody`.split(/\s+/)
/** Turns what comes within three words behind it. */
const TURNS = new Set(['not', 'no', 'never', 'neither', 'nor', 'none', 'without', 'cannot', 'nothing', 'nobody', 'hardly', 'barely', 'un', 'isn', 'aren', 'wasn', 'weren', 'don', 'doesn', 'didn', 'won', 'can', 'couldn', 'shouldn', 'wouldn', 'hasn', 'haven'])
/** Words that only a “’t” behind them turns. */
const NEEDS_T = new Set(['won', 'can'])

const NUMBER = /[+\-−–]?\d(?:[\d.,\u00a0\u202f ']*\d)?(?:\s?[%‰€$£])?/g
const WORD = /[\p{L}\p{M}]+/gu

/** The claims of a text: what must not be said unless a tool has said it. */
export function claims(text) {
  const plain = text.normalize('NFKC')
  const found = new Set()
  for (const [number] of plain.matchAll(NUMBER)) found.add(number.replaceAll(/[\s',]/g, '').replace(/^[−–]/, '-').replace(/^\+/, ''))
  // A “not” reaches no further than its sentence.
  for (const sentence of plain.toLowerCase().split(/[.!?;:\n]+(?=\s|$)/)) {
    const words = [...sentence.matchAll(WORD)].map(([word]) => word)
    for (const [index, word] of words.entries()) {
      if (COUNTED.includes(word)) found.add(word)
      const stem = VERDICT.find((start) => word.startsWith(start))
      if (stem && !turns(words, index)) found.add(`${isTurned(words, index) ? 'not ' : ''}${stem}`)
    }
  }
  return found
}

const turns = (words, index) => TURNS.has(words[index]) && (!NEEDS_T.has(words[index]) || words[index + 1] === 't')

const isTurned = (words, index) => [1, 2, 3].some((back) => turns(words, index - back))

/** The claims of `text` that no part of `told` makes. */
export function invented(text, told) {
  const known = claims(told)
  return [...claims(text)].filter((claim) => !known.has(claim))
}
