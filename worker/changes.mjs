// The changes of a plan, one by one, as the streaming rewriter makes them. Nothing here runs code in the page: what
// changes could do so is refused when it is published (src/compile/check/pages.rs), and elements that act are left alone.

/** Elements that run, load or redirect by what stands in them. Edits change words and looks, never behaviour. */
const ACTIVE = new Set(['script', 'style', 'base', 'meta', 'link', 'iframe', 'frame', 'object', 'embed', 'template', 'noscript'])
const HTML = { html: true }

/** The selector of an edit: its own, or that of the region that the page has marked. */
export const selectorOf = ({ select, slot }) => select ?? `[data-slot="${slot}"]`

/** Edits that the rewriter makes, those that need the whole page, and rules of style. */
export function sorted(edits) {
  const styles = edits.flatMap(({ change }) => (change.css === undefined ? [] : [change.css]))
  const moves = edits.filter(({ change }) => change.move)
  return { styles, moves, streamed: edits.filter((edit) => (edit.select ?? edit.slot) !== undefined && !edit.change.move) }
}

/** Makes a change to an element. */
export function apply(element, change) {
  if (ACTIVE.has(element.tagName.toLowerCase())) return
  const [kind] = Object.keys(change)
  KINDS[kind]?.(element, change[kind])
}

const KINDS = {
  text: (element, text) => element.setInnerContent(referenced(text), HTML),
  attribute: (element, { name, value }) => element.setAttribute(name, referenced(value)),
  // What stands there already is spelt as the page spells it.
  class: (element, { add, remove }) => {
    const kept = (element.getAttribute('class') ?? '').split(/\s+/).filter((name) => name && !remove.includes(name))
    const more = add.map(referenced).filter((name) => !kept.includes(name))
    element.setAttribute('class', [...kept, ...more].join(' '))
  },
  style: (element, { name, value }) => {
    const style = (element.getAttribute('style') ?? '').trim().replace(/;$/, '')
    element.setAttribute('style', `${style && `${style}; `}${name}: ${referenced(value)}`)
  },
  before: (element, markup) => element.before(shown(markup), HTML),
  after: (element, markup) => element.after(shown(markup), HTML),
  prepend: (element, markup) => element.prepend(shown(markup), HTML),
  append: (element, markup) => element.append(shown(markup), HTML),
  replace: (element, markup) => element.replace(shown(markup), HTML),
  remove: (element, yes) => yes && element.remove(),
}

/** Rules of style as an element. Escapes of CSS mean the same whatever encoding the page declares. */
export const styleOf = (rules) =>
  `<style>${rules.replace(/[\x7f-\u{10ffff}]/gu, (character) => `\\${character.codePointAt(0).toString(16)} `)}</style>`

/** Text by character references where it is not plain ASCII: the same words whatever encoding the page declares. */
const referenced = (text) => text.replace(/[&<>"]|[\xa0-\u{10ffff}]/gu, reference)
/** The same for markup, which is plain and closed. */
const shown = (markup) => markup.replace(/[\xa0-\u{10ffff}]/gu, reference)
const reference = (character) => `&#${character.codePointAt(0)};`
