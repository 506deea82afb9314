// What a document has everybody meet at an address, whatever is being tried: changes that were shipped and still come from
// the edge. Who plans a test there has to see the page with them, as visitors do.

/** Whether a page test is at an address. */
export const isAt = ({ path, host = '*', query = '*' }, { pathname, hostname, search }) =>
  new URLPattern({ pathname: path, hostname: host, search: query }).test({ pathname, hostname, search: search.slice(1) })

/** The edits of all flags but one that everybody meets at an address whom no rule picks out, in the order of the document. */
export function settledAt(document, address, own) {
  const { flags = {}, pages = {} } = document ?? {}
  const all = Object.values(pages).filter((page) => page.flag !== own && isAt(page, address))
  return all.flatMap(({ flag, variants }) => variants?.[settled(flags[flag])] ?? []).filter(({ change }) => !change.redirect)
}

/** The edits that give elements other words and leave them where the page's own selectors find them, as edits at the edge do. */
export const wordsOf = (edits) => edits.filter(({ change }) => change.text !== undefined || /^(alt|value)$/.test(change.attribute?.name))

/** Where edits have a page come from, as a visit that `answerOf` takes; nothing where it comes from where it always came from. */
export function sourceOf(edits) {
  const from = (kind) => edits.findLast(({ change }) => change[kind])?.change[kind]
  const [rewrite, route] = [from('rewrite'), from('route')]
  return (rewrite || route) && { rewrite, route, all: [] }
}

/** The variant that a flag serves to all who are in no test and in no segment. */
function settled(flag) {
  if (!flag || flag.enabled === false || flag.archived) return flag?.off
  return flag.rules?.find(isForAll)?.serve ?? flag.otherwise
}

const ALL = 2 ** 32
const isForAll = ({ serve, rollout, ...rule }) => serve && (!rollout || rollout.below === ALL) && !['if', 'from', 'until', 'ramp'].some((part) => rule[part])
