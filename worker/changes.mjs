// The changes of a plan, one by one, as the streaming rewriter makes them. No change runs code in the page but one that
// says so, which somebody else has approved (src/project/publishing.rs): others that could are refused when they are published
// (src/compile/check/pages.rs), and elements that act are left alone.

/** Elements that run, load or redirect by what stands in them. Edits change words and looks, never behaviour. */
const ACTIVE = /^(script|style|base|meta|link|i?frame|object|embed|template|noscript)$/i
const HTML = { html: true }

/** The selector of an edit: its own, or that of the region that the page has marked; of the whole page there is none. */
export const selectorOf = ({ select, slot }) => select ?? (slot === undefined ? undefined : `[data-slot="${slot}"]`)

/** What edits come to, by their list: those of one way are the same for all its visitors. */
const known = new WeakMap()

/**
 * What edits come to: `streamed` is what the rewriter makes, each `{selector, make}`, `moves` are made by the browser, which
 * has the whole page, `style` and `code` are elements of their own, and `texts` is for what else goes with them (rewrite.mjs).
 */
export function sorted(edits) {
  let ready = known.get(edits)
  if (!ready) known.set(edits, (ready = prepared(edits)))
  return ready
}

function prepared(edits) {
  const said = (kind) => edits.flatMap(({ change }) => change[kind] ?? [])
  const onElements = edits.filter((edit) => selectorOf(edit) !== undefined)
  return {
    streamed: onElements.filter(({ change }) => !change.move).map((edit) => ({ selector: selectorOf(edit), make: makerOf(edit.change) })),
    moves: onElements.filter(({ change }) => change.move).map((edit) => ({ select: selectorOf(edit), ...edit.change.move })),
    style: said('css').map(styleOf).join(''),
    code: said('script').map((script) => `<script>${script}</script>`).join(''),
    texts: new Map(),
  }
}

/** What makes a change to an element. */
function makerOf(change) {
  const [kind] = Object.keys(change)
  const make = KINDS[kind]?.(change[kind]) ?? (() => {})
  return (element) => ACTIVE.test(element.tagName) || make(element)
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
const styleOf = (rules) =>
  `<style>${rules.replace(/[\x7f-\u{10ffff}]/gu, (character) => `\\${character.codePointAt(0).toString(16)} `)}</style>`

/** Text by character references where it is not plain ASCII: the same words whatever encoding the page declares. */
const referenced = (text) => text.replace(/[&<>"]|[\xa0-\u{10ffff}]/gu, reference)
/** The same for markup, which is plain and closed. */
const shown = (markup) => markup.replace(/[\xa0-\u{10ffff}]/gu, reference)
const reference = (character) => `&#${character.codePointAt(0)};`
