// What the page tests of a visit ask for: their edits, and where the page comes from.

/** The edits of pages of a plan. */
export const editsOf = (names, pages) => pages.flatMap(({ edits }) => edits.map((index) => names.edge.edits[index]))

/** Of a configuration, whether some page comes from elsewhere, and whether from another upstream. */
const sources = new WeakMap()

function sourcesOf({ edge }) {
  let known = sources.get(edge)
  if (!known) {
    const some = (kind) => edge.edits.some(({ change }) => change[kind])
    known = { routes: some('route'), any: some('route') || some('rewrite') }
    sources.set(edge, known)
  }
  return known
}

export const routes = (names) => sourcesOf(names).routes

/** Where a page comes from: `rewrite` and `route` of the first test that has one, which is `source`, and the tests that it shows. */
export function sourceOf(names, pages) {
  if (!sourcesOf(names).any) return { pages }
  const takes = (page) => editsOf(names, [page]).find(({ change }) => change.rewrite ?? change.route)?.change
  const first = pages.find(takes)
  return { ...(first && { ...takes(first), source: first.flag }), pages: pages.filter((page) => page === first || !takes(page)) }
}

/** A visit whose page did not come from where its variant has it come from: nobody has met that variant. */
export function without(visit) {
  const { source, pages, exposures, names } = visit
  if (source === undefined) return visit
  const left = pages.filter(({ flag }) => flag !== source)
  return { ...visit, edits: editsOf(names, left), exposures: exposures.filter(({ flag }) => names.index(flag) !== source) }
}
