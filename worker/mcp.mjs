// The door for a team's own assistant: the Model Context Protocol over HTTP (docs/assistant.md). A message comes with POST and
// is answered with JSON; there are no sessions and no streams. What it asks for goes to the API in its caller's name.

import { answer, parsed, posted } from './body.mjs'
import { wrongs } from './given.mjs'
import { asProblem } from './problems.mjs'
import { TOOLS } from './tools.mjs'

/** Versions of the protocol that are spoken here, the newest first: https://modelcontextprotocol.io/specification */
const VERSIONS = ['2025-11-25', '2025-06-18', '2025-03-26']
/** Bytes of a message: a plan with all the words of a page. */
const LONGEST = 64 * 1024
/** What JSON-RPC calls mistakes. */
const [UNREADABLE, NO_REQUEST, NO_METHOD, WRONG_PARAMS] = [-32700, -32600, -32601, -32602]

const INSTRUCTIONS = 'Pointsman runs experiments on a website. Verdicts are sentences: quote them as they are, and conclude nothing from numbers ' +
  'that they do not say. Nothing here starts, approves, ramps, stops, decides or ships: what is drafted or proposed waits for a person in the console.'

/** Answers a request to `/mcp`. `api(method, path, body, headers)` asks the API in its caller's name. */
export async function mcp(request, api) {
  const { text, refusal } = await posted(request, 'message', LONGEST)
  if (refusal) return asProblem(refusal)
  const known = await api('GET', '/api/v1/projects')
  if (!known.ok) return asProblem(challenged(known))
  const spoken = request.headers.get('mcp-protocol-version')
  if (spoken && !VERSIONS.includes(spoken)) {
    return failed(400, null, NO_REQUEST, `Version “${spoken.slice(0, 40)}” of the protocol is not spoken here. Send one of ${VERSIONS.join(', ')}.`)
  }
  const message = parsed(text)
  if (message === undefined) return failed(400, null, UNREADABLE, 'The message is no JSON.')
  const { jsonrpc, id, method, params } = message ?? {}
  if (jsonrpc !== '2.0' || Array.isArray(message)) return failed(400, null, NO_REQUEST, 'This is no message of JSON-RPC 2.0. Send one at a time.')
  // Nothing is said to what asks nothing.
  if (id === undefined || method === undefined) return new Response(null, { status: 202 })
  if (!['string', 'number'].includes(typeof id)) return failed(400, null, NO_REQUEST, 'The `id` of a request is a text or a number.')
  const call = Object.hasOwn(METHODS, method) && METHODS[method]
  if (!call) return failed(200, id, NO_METHOD, `There is no method “${String(method).slice(0, 80)}” here. There are ${Object.keys(METHODS).join(', ')}.`)
  const { projects } = await known.json()
  const { result, error } = await call(params ?? {}, { api, projects, home: new URL(request.url).origin })
  return error ? failed(200, id, WRONG_PARAMS, error) : answer(200, { jsonrpc: '2.0', id, result })
}

const METHODS = {
  initialize: ({ protocolVersion }) => ({
    result: {
      protocolVersion: VERSIONS.includes(protocolVersion) ? protocolVersion : VERSIONS[0],
      capabilities: { tools: {} }, serverInfo: { name: 'pointsman', title: 'Pointsman', version: '1' }, instructions: INSTRUCTIONS,
    },
  }),
  ping: () => ({ result: {} }),
  'tools/list': () => ({ result: { tools: [...TOOLS].map(([name, { act, ...told }]) => ({ name, ...told })) } }),
  'tools/call': called,
}

/** Uses a tool. What is wrong with its arguments is for the assistant to mend, so it is a result. */
async function called({ name, arguments: given = {} }, around) {
  const tool = TOOLS.get(name)
  if (!tool) return { error: `There is no tool “${String(name).slice(0, 80)}”. There are ${[...TOOLS.keys()].join(', ')}.` }
  const problems = wrongs(tool.inputSchema, given)
  if (problems.length) return { result: refused({ problems }) }
  const project = given.project ?? (around.projects.length === 1 ? around.projects[0].key : undefined)
  if (!around.projects.some(({ key }) => key === project)) {
    const [cause, fix] = ['It does not say of which project.', `Give one of ${around.projects.map(({ key }) => `“${key}”`).join(', ')}.`]
    return { result: refused({ problems: [{ pointer: '/project', code: 'unknown', cause, fix }] }) }
  }
  try {
    const { words, ...told } = await tool.act(given, { ...around, project, ask: asking(around.api, `/api/v1/projects/${project}/`) })
    return { result: { content: [{ type: 'text', text: words }], structuredContent: told } }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { result: refused(error.problem) }
  }
}

/** What the API has refused. */
class Refusal extends Error {
  constructor(problem) {
    super(problem.detail)
    this.problem = problem
  }
}

/** All that a tool may change: drafts, and what waits for somebody's word. Whatever else a tool asks for is read. */
const DRAFTS = [
  /^POST \S+\/experiments$/, /^PUT \S+\/experiments\/[a-z0-9-]+\/plan$/, /^PUT \S+\/flags\/[a-z0-9-]+\?propose=1&/,
  // A question in a body: it writes nothing down.
  /^POST \S+\/explain$/,
]

/** What asks the API about a project, `ask(path, {method, body, revision})`, and gives what it answers. */
function asking(api, project) {
  return async (path, { method = 'GET', body, revision } = {}) => {
    if (method !== 'GET' && !DRAFTS.some((draft) => draft.test(`${method} ${project}${path}`))) throw new Error(`No tool may ${method} ${path}.`)
    const headers = revision === undefined ? {} : { 'if-match': `"${revision}"` }
    const response = await asProblem(await api(method, project + path, body && JSON.stringify(body), headers))
    const told = await response.json()
    if (!response.ok) throw new Refusal(told)
    return told
  }
}

/** A refusal as the result of a tool: its sentences, and what the API would have answered. */
function refused(problem) {
  const { detail, fix, problems = [] } = problem
  const each = problems.map(({ pointer, cause, fix }) => `${pointer || '/'}: ${cause} ${fix}`)
  const text = [problems.length === 1 ? '' : detail, fix, ...each].filter(Boolean).join('\n')
  return { content: [{ type: 'text', text }], structuredContent: problem, isError: true }
}

/** A refusal that says how to be known here, as HTTP wants it of a 401. */
function challenged(response) {
  const headers = new Headers(response.headers)
  if (response.status === 401) headers.set('www-authenticate', 'Bearer realm="Pointsman"')
  return new Response(response.body, { status: response.status, headers })
}

const failed = (status, id, code, message) => answer(status, { jsonrpc: '2.0', id, error: { code, message } })
