// Cloudflare's API as far as a deployment asks it, on this machine: an account with a zone that keeps what it is given, and
// refuses as Cloudflare does what a token may not do.

import { once } from 'node:events'
import { createServer } from 'node:http'

/** What a part of the API takes, by the name that Cloudflare's form of tokens has for it. */
const NEEDS = [
  [/^\/accounts\/\w+\/r2\//, 'Workers R2 Storage: Edit'],
  [/^\/zones\/\w+\/workers\/routes|\/domains\/records$/, 'Workers Routes: Edit'],
  [/^\/accounts\/\w+\/workers\//, 'Workers Scripts: Edit'],
  [/^\/zones$/, 'Zone: Read'],
]

const REFUSED = [10000, 'Authentication error']
const NO_WORKER = [10007, 'This Worker does not exist on your account.']

/** What is answered, by method and path: a result, or the code and the words of an error. */
const ANSWERS = [
  ['GET', /\/r2\/buckets\/([\w-]+)$/, ({ buckets }, _, name) => (buckets.includes(name) ? { name, location: 'EEUR' } : [10006, 'The specified bucket does not exist.'])],
  ['POST', /\/r2\/buckets$/, ({ buckets, hasR2 }, { name }) => (hasR2 ? (buckets.push(name), {}) : [10042, 'Please enable R2 through the Cloudflare Dashboard.'])],
  ['GET', /\/workers\/services\/pointsman$/, ({ uploads }) => (uploads ? { default_environment: { script: {} } } : [10090, 'This service does not exist.'])],
  ['GET', /\/secrets$/, ({ uploads, secrets }) => (uploads ? secrets.map((name) => ({ name, type: 'secret_text' })) : NO_WORKER)],
  ['PATCH', /\/secrets-bulk$/, ({ secrets }, body) => (secrets.push(...Object.keys(body.secrets)), {})],
  ['GET', /\/workers\/subdomain$/, () => ({ subdomain: 'team' })],
  ['GET', /\/pointsman\/deployments$/, ({ uploads }) => (uploads ? { deployments: [] } : NO_WORKER)],
  ['GET', /\/scripts\/pointsman\/settings$/, ({ uploads }) => (uploads ? { bindings: [] } : NO_WORKER)],
  ['POST', /\/assets-upload-session$/, () => ({ jwt: 'assets', buckets: [] })],
  ['PUT', /\/scripts\/pointsman$/, (account) => ({ id: 'pointsman', startup_time_ms: ++account.uploads })],
  ['GET', /\/workers\/workers\/pointsman$/, () => ({ subdomain: { enabled: false, previews_enabled: false } })],
  ['POST', /\/scripts\/pointsman\/subdomain$/, () => ({ enabled: false, previews_enabled: false })],
  // Routes are set zone by zone where a token is not for all zones.
  ['PUT', /\/scripts\/pointsman\/routes$/, () => REFUSED],
  ['GET', /^\/zones$/, () => [{ id: 'zone', name: 'example.com' }]],
  ['GET', /\/zones\/zone\/workers\/routes$/, ({ routes }) => routes.map((pattern) => ({ pattern, script: 'pointsman' }))],
  ['POST', /\/zones\/zone\/workers\/routes$/, ({ routes }, { pattern }) => (routes.push(pattern), { pattern })],
  ['POST', /\/domains\/changeset$/, () => ({ added: [], removed: [], updated: [], conflicting: [] })],
  ['PUT', /\/domains\/records$/, (account, { origins }) => ((account.domains = origins.map(({ hostname }) => hostname)), {})],
]

/** Starts it. `account` is what it has; a test sets `lacks` to a permission that the token has not. */
export async function cloudflare() {
  const account = { buckets: [], hasR2: true, secrets: [], routes: [], domains: [], uploads: 0, lacks: undefined }
  const server = createServer(async (request, response) => {
    const pieces = []
    for await (const piece of request) pieces.push(piece)
    const result = answerOf(account, request.method, request.url.split('?')[0], Buffer.concat(pieces).toString())
    const [code, message] = typeof result[0] === 'number' ? result : []
    const body = { success: !code, errors: code ? [{ code, message }] : [], messages: [], result: code ? null : result }
    response.writeHead(code ? (code === REFUSED[0] ? 403 : 404) : 200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    account, url: `http://127.0.0.1:${server.address().port}`,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

function answerOf(account, method, path, body) {
  const [, needed] = NEEDS.find(([part]) => part.test(path)) ?? []
  if (needed && needed === account.lacks) return REFUSED
  const [, pattern, answer] = ANSWERS.find(([its, pattern]) => its === method && pattern.test(path)) ?? []
  return answer ? answer(account, body.startsWith('{') || body.startsWith('[') ? JSON.parse(body) : body, pattern.exec(path)[1]) : [7003, `No answer to ${method} ${path}.`]
}
