// Where a visitor is: a project and one of its environments. Each place has its own snapshot, keys and numbers.

const NAME = /^([a-z0-9-]{1,32})\/(development|staging|production)$/

/**
 * Reads `SITES`, a JSON object from each site's host to its place: `{"www.example.com": "shop/production"}`.
 *
 * Gives a map from host to `{project, environment, name}`, where `name` is the text of the place. Throws with every
 * entry that is wrong. `consoleHost` is no site's.
 */
export function readSites(text, consoleHost) {
  const entries = Object.entries(parsed(text))
  const problems = entries.flatMap(([host, name]) => problemsOf(host, name, consoleHost))
  if (!entries.length) problems.push('It names no site.')
  if (problems.length) throw new Error(`SITES is wrong. ${problems.join(' ')}`)
  return new Map(entries.map(([host, name]) => [host, placeNamed(name)]))
}

/** The place of a name such as `shop/production`, or nothing if it is none. */
export function placeNamed(name) {
  const [, project, environment] = NAME.exec(name) ?? []
  return project && { project, environment, name }
}

function parsed(text) {
  try {
    const sites = JSON.parse(text)
    if (sites !== null && typeof sites === 'object' && !Array.isArray(sites)) return sites
  } catch {
    // Said below.
  }
  throw new Error('SITES is wrong. It is a JSON object from host to place: {"www.example.com": "shop/production"}.')
}

function problemsOf(host, name, consoleHost) {
  const problems = []
  if (!isHost(host)) problems.push(`"${host}" is no host as requests name it: www.example.com, or localhost:8787.`)
  if (host === consoleHost) problems.push(`"${host}" is the console's host; a site needs one of its own.`)
  if (typeof name !== 'string' || !NAME.test(name)) {
    const rule = 'a project of letters a to z, digits and hyphens (at most 32), a slash, and development, staging or production'
    problems.push(`"${host}" leads to ${JSON.stringify(name)}, which is no place: ${rule}.`)
  }
  return problems
}

/**
 * Whether an address keeps this host as it is, with either scheme: requests are looked up by exactly that text, without
 * the root's dot (www/sdk/address.js).
 */
function isHost(host) {
  const kept = (address) => URL.canParse(address) && new URL(address).host === host
  return !/\*|\.(?=:|$)/.test(host) && kept(`http://${host}/`) && kept(`https://${host}/`)
}
