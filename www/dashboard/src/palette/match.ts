// How well a line answers what was typed: whole words before beginnings, beginnings before letters in their order.

export interface Line {
  label: string
  /** What else it is found by. */
  words?: string
}

const WHOLE = 100
const BEGINNING = 60
const INSIDE = 30
const LETTERS = 10
/** What is only found by its other words stands below what is called so. */
const ASIDE = 0.5

/** How well a line matches, or nothing. Every word has to be found; nothing typed matches everything alike. */
export function rank({ label, words = '' }: Line, typed: string): number | undefined {
  let total = 0
  const [called, aside] = [parted(label), parted(words)]
  for (const word of typed.toLowerCase().split(/\s+/).filter(Boolean)) {
    const found = Math.max(inText(called, word), ASIDE * inText(aside, word, false))
    if (found <= 0) return undefined
    total += found
  }
  // Of two that match alike the shorter is meant.
  return total - label.length / 1000
}

interface Parted { text: string; parts: string[] }

/** Texts in small letters and in words: each key that is pressed asks all of them again. */
const known = new Map<string, Parted>()
/** Texts that are kept: all lines of a project as large as any that we know, and some to spare. */
const KEPT = 20_000

function parted(told: string): Parted {
  const before = known.get(told)
  if (before) return before
  if (known.size >= KEPT) known.clear()
  const text = told.toLowerCase()
  const made = { text, parts: text.split(/[^\p{L}\p{N}]+/u) }
  known.set(told, made)
  return made
}

function inText({ text, parts }: Parted, word: string, fuzzy = true): number {
  if (parts.includes(word)) return WHOLE
  if (parts.some((part) => part.startsWith(word))) return BEGINNING
  if (text.includes(word)) return INSIDE
  return fuzzy && word.length > 1 && inOrder(text, word) ? LETTERS : 0
}

/** Whether the letters come in their order, the first at the beginning of a word. */
function inOrder(text: string, word: string): boolean {
  const starts = [...text.matchAll(/(?<![\p{L}\p{N}])[\p{L}\p{N}]/gu)].map(({ index }) => index)
  return starts.some((start) => {
    let at = start
    for (const letter of word) {
      at = text.indexOf(letter, at) + 1
      if (at === 0) return false
    }
    return text[start] === word[0]
  })
}
