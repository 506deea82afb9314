// The elements of a page that a test may change, each with a selector that finds it and nothing else. A page is read
// twice: once for what is there, once to ask the rewriter itself what each selector finds.

import { plain } from './plain.mjs'

/** Elements that are listed, and characters of their words. */
const [MOST, LONGEST] = [200, 200]
/** Bytes of a selector that a document takes (src/limits.rs, UNIT_BYTES). */
const SELECTOR = 256

/** Where the words of an element stand that has no content. */
const WORDS = { img: 'alt', input: 'value' }
/** Elements that words may have in them and still be words. */
const PLAIN = /^(b|i|em|br|wbr|small|mark|sub|sup)$/
/** Elements in which edits find nothing (rewrite.mjs), or no words of the page. */
const APART = /^(template|noscript|svg|script|style)$/
/** Attributes that tell an element from others of its name. A class and an id come before. */
const TELLING = /^(href|src|name|data-.+)$/

/**
 * The slots of a page, `{slots: [{select, slot, kind, text, attribute, holds}], left}` (docs/api.md). `page` gives the
 * response anew each time.
 */
export async function slotsIn(page) {
  const all = (await elementsOf(page())).filter(isOffered)
  const listed = all.slice(0, MOST).map((element) => ({ ...element, selectors: selectorsOf(element) }))
  const found = await findingsOf(page(), new Set(listed.flatMap(({ selectors }) => selectors)))
  const slots = listed.flatMap(({ at, kind, name, slot, holds, text, selectors }) => {
    const select = selectors.find((select) => found.get(select).length === 1 && found.get(select)[0] === at)
    return select ? [{ select, ...(select === markOf(slot) && { slot }), kind, text, attribute: WORDS[name], holds }] : []
  })
  return { slots, left: all.length - slots.length }
}

/** All elements of a page, in their order. */
async function elementsOf(page) {
  const all = []
  const open = []
  const root = { steps: [], counts: {}, words: [] }
  const enter = (element) => {
    const one = elementOf(element, open.at(-1) ?? root, all.length)
    all.push(one)
    for (const outer of PLAIN.test(one.name) ? [] : open) {
      outer.holds = true
      outer.words.push(' ')
    }
    const depth = open.length
    try {
      element.onEndTag((end) => {
        one.isWhole = end.name.toLowerCase() === one.name
        open.length = Math.min(open.length, depth)
      })
      open.push(one)
    } catch {
      one.isWhole = true // No tag ends it, and nothing is in it.
    }
  }
  const read = ({ text }) => {
    for (const one of open.at(-1)?.isApart ? [] : open) if (one.words.length < LONGEST) one.words.push(text)
  }
  await new HTMLRewriter().on('*', { element: enter, text: read }).transform(page).arrayBuffer()
  return all.map((one) => ({ ...one, text: plain(one.attributes[WORDS[one.name]] ?? one.words.join('')) }))
}

/** An element as it is met: its number, what it is, and the steps of a path to it. */
function elementOf(element, outer, at) {
  const name = element.tagName.toLowerCase()
  const attributes = Object.fromEntries(element.attributes)
  const nth = (outer.counts[name] = (outer.counts[name] ?? 0) + 1)
  return {
    at, name, attributes, kind: kindOf(name, attributes), slot: attributes['data-slot'], words: [], counts: {},
    steps: [...outer.steps, isWritten(attributes.id) ? `#${attributes.id}` : `${name}:nth-of-type(${nth})`],
    isApart: outer.isApart || APART.test(name),
  }
}

function kindOf(name, { role, type, href, 'data-slot': slot }) {
  if (/^h[1-6]$/.test(name)) return 'heading'
  if (name === 'button' || role === 'button' || (name === 'input' && /^(submit|button)$/i.test(type))) return 'button'
  if (name === 'a' && href !== undefined) return 'link'
  if (name === 'img') return 'image'
  if (slot !== undefined) return 'slot'
  return /^(p|span|li|strong|figcaption)$/.test(name) ? 'text' : undefined
}

/** Whether somebody can change it: it has words or is a picture, and an edit would end where it does. */
const isOffered = ({ kind, text, holds, isApart, isWhole }) =>
  kind && isWhole && !isApart && (kind === 'image' || kind === 'slot' || (text && text.length <= LONGEST) || (holds && kind !== 'text'))

/** Selectors of an element, the one that is likeliest to last first. */
function selectorsOf({ name, attributes, slot, steps }) {
  const { id, class: classes = '' } = attributes
  const told = Object.entries(attributes).filter(([key, value]) => TELLING.test(key) && key !== 'data-slot' && isPlain(value))
  return [
    markOf(slot),
    isWritten(id) && `#${id}`,
    ...classes.split(/\s+/).filter(isWritten).map((one) => `${name}.${one}`),
    ...told.map(([key, value]) => `${name}[${key}="${value}"]`),
    name,
    ...steps.map((_, index) => steps.slice(-index - 1).join(' > ')),
  ].filter((select) => select && select.length <= SELECTOR)
}

/** How the rewriter finds a region that a page marks by a name. */
const markOf = (slot) => (/^[a-z][a-z\d_-]{0,63}$/.test(slot ?? '') ? `[data-slot="${slot}"]` : undefined)

/** Whether a person has written this name: machines put numbers and hashes there, which the next release changes. */
const isWritten = (name) => /^[A-Za-z_][A-Za-z_-]*\d{0,2}$/.test(name ?? '')

/** Whether a value means the same in a selector, in the page's source and in its document. */
const isPlain = (value) => value && /^[ -~]+$/.test(value) && !/["\\&]/.test(value)

/** The numbers of the elements that each selector finds. */
async function findingsOf(page, selectors) {
  let at = -1
  const found = new Map()
  const rewriter = new HTMLRewriter().on('*', { element: () => at++ })
  for (const select of selectors) {
    const these = []
    found.set(select, these)
    rewriter.on(select, { element: () => these.length < 2 && these.push(at) })
  }
  await rewriter.transform(page).arrayBuffer()
  return found
}
