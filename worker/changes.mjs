// The changes of a plan, one by one, as the streaming rewriter makes them. No change runs code in the page but one that
// says so, which somebody else has approved (src/project/publishing.rs): others that could are refused when they are published
// (src/compile/check/pages.rs), and elements that act are left alone.

/** Elements that run, load or redirect by what stands in them. Edits change words and looks, never behaviour. */
const ACTIVE = new Set(['script', 'style', 'base', 'meta', 'link', 'iframe', 'frame', 'object', 'embed', 'template', 'noscript'])
const HTML = { html: true }

/** The selector of an edit: its own, or that of the region that the page has marked. */
export const selectorOf = ({ select, slot }) => select ?? `[data-slot="${slot}"]`

/** Edits that the rewriter makes, those that need the whole page, rules of style, and code. */
export function sorted(edits) {
  const styles = edits.flatMap(({ change }) => (change.css === undefined ? [] : [change.css]))
  const scripts = edits.flatMap(({ change }) => change.script ?? [])
  const moves = edits.filter(({ change }) => change.move)
  return { styles, scripts, moves, streamed: edits.filter((edit) => (edit.select ?? edit.slot) !== undefined && !edit.change.move) }
}

/** Moves as the browser makes them. */
export const movesOf = (moves) => moves.map((edit) => ({ select: selectorOf(edit), ...edit.change.move }))

/** What makes a change, by the change: a configuration's are the same for all its visitors. */
const makers = new WeakMap()

/** Makes a change to an element. */
export function apply(element, change) {
  if (ACTIVE.has(element.tagName.toLowerCase())) return
  let make = makers.get(change)
  if (!make) {
    const [kind] = Object.keys(change)
    make = KINDS[kind]?.(change[kind]) ?? (() => {})
    makers.set(change, make)
  }
  make(element)
}

/** By kind, what makes a change of what the document says of it. */
const KINDS = {
  text: (text) => content('setInnerContent', referenced(text)),
  attribute: ({ name, value }) => {
    const ready = referenced(value)
    return (element) => element.setAttribute(name, ready)
  },
  // What stands there already is spelt as the page spells it.
  class: ({ add, remove }) => {
    const more = add.map(referenced)
    return (element) => {
      const kept = (element.getAttribute('class') ?? '').split(/\s+/).filter((name) => name && !remove.includes(name))
      element.setAttribute('class', [...kept, ...more.filter((name) => !kept.includes(name))].join(' '))
    }
  },
  style: ({ name, value }) => {
    const ready = `${name}: ${referenced(value)}`
    return (element) => {
      const style = (element.getAttribute('style') ?? '').trim().replace(/;$/, '')
      element.setAttribute('style', style ? `${style}; ${ready}` : ready)
    }
  },
  before: (markup) => content('before', shown(markup)),
  after: (markup) => content('after', shown(markup)),
  prepend: (markup) => content('prepend', shown(markup)),
  append: (markup) => content('append', shown(markup)),
  replace: (markup) => content('replace', shown(markup)),
  remove: (yes) => (element) => yes && element.remove(),
}

const content = (method, markup) => (element) => element[method](markup, HTML)

/** Rules of style as an element. Escapes of CSS mean the same whatever encoding the page declares. */
export const styleOf = (rules) =>
  `<style>${rules.replace(/[\x7f-\u{10ffff}]/gu, (character) => `\\${character.codePointAt(0).toString(16)} `)}</style>`

/** Text by character references where it is not plain ASCII: the same words whatever encoding the page declares. */
const referenced = (text) => text.replace(/[&<>"]|[\xa0-\u{10ffff}]/gu, reference)
/** The same for markup, which is plain and closed. */
const shown = (markup) => markup.replace(/[\xa0-\u{10ffff}]/gu, reference)
const reference = (character) => `&#${character.codePointAt(0)};`
