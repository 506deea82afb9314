// The words of a page that can be changed: its headings, buttons, links and named texts, as the origin serves them to
// everybody. So that whoever plans a test clicks on a line and need not know what a selector is.

const KINDS = [['h1, h2, h3', 'heading'], ['button', 'button'], ['a', 'link'], ['p, span, li, strong, figcaption', 'text']]

/** Lines that a form can show. */
const MOST = 60

/** Characters of a line that is worth changing. */
const LONGEST = 200

/** The slots of a page of the origin. */
export async function slots(env, path) {
  const site = new URL(env.ORIGIN_URL || 'http://origin/')
  if (!path.startsWith('/') || !URL.canParse(path, site)) return refuse(422, 'A path starts with a slash, such as /pricing.')
  const url = new URL(path, site)
  if (url.origin !== site.origin) return refuse(422, 'The page must be of this site.')
  let response
  try {
    const headers = { accept: 'text/html', 'accept-encoding': 'identity', 'user-agent': 'Pointsman' }
    response = await (env.ORIGIN ?? { fetch }).fetch(url, { redirect: 'manual', headers })
  } catch {
    return refuse(409, 'The site does not answer.')
  }
  if (response.status !== 200) return refuse(409, `The site answers ${response.status} for ${path}.`)
  if (!/^text\/html\b/i.test(response.headers.get('content-type') ?? '')) return refuse(409, `${path} is no page.`)
  return Response.json({ slots: await read(response) }, { headers: { 'cache-control': 'no-store' } })
}

async function read(response) {
  const found = []
  const seen = new Map()
  let open = []
  const rewriter = new HTMLRewriter()
  for (const [select, kind] of KINDS) {
    rewriter.on(select, {
      element(element) {
        const [name, id] = [element.tagName, element.getAttribute('id')]
        seen.set(name, (seen.get(name) ?? 0) + 1)
        const slot = { name, id, kind, text: '' }
        // Whatever lies around it is more than words, and changing it would take this away.
        for (const outer of open) outer.holds = true
        open.push(slot)
        found.push(slot)
        element.onEndTag(() => (open = open.filter((one) => one !== slot)))
      },
    })
  }
  rewriter.on('*', { text: ({ text }) => open.length && (open.at(-1).text += text) })
  await rewriter.transform(response).arrayBuffer()
  const usable = ({ name, id, text, holds }) => (/^[A-Za-z][\w-]*$/.test(id ?? '') || seen.get(name) === 1) && !holds && text
  return found
    .map((slot) => ({ ...slot, text: plain(slot.text) }))
    .filter((slot) => usable(slot) && slot.text.length <= LONGEST)
    .slice(0, MOST)
    .map(({ name, id, kind, text }) => ({ select: id ? `#${id}` : name, kind, text }))
}

const NAMED = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', mdash: '—', ndash: '–', rsquo: '’', lsquo: '‘', hellip: '…', middot: '·' }

/** Text as a reader sees it. */
const plain = (text) =>
  text
    .replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (all, decimal, hex, name) => {
      const code = decimal ? Number(decimal) : hex ? Number.parseInt(hex, 16) : undefined
      return code === undefined ? (NAMED[name] ?? all) : code <= 0x10ffff ? String.fromCodePoint(code) : all
    })
    .replace(/\s+/g, ' ')
    .trim()

const refuse = (status, error) => Response.json({ error, fix: 'Write the path of a page of your site.' }, { status })
