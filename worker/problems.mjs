// Refusals of the API, by the names of RFC 9457: whoever knows that standard reads them without our docs. What we add is
// what to do (`fix`), all that is wrong with a body (`problems`), and what there is now (`current`).

/** The names of the statuses that we use, as HTTP has them. */
const TITLES = {
  400: 'Bad Request', 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found', 405: 'Method Not Allowed', 408: 'Request Timeout',
  409: 'Conflict', 410: 'Gone', 412: 'Precondition Failed', 413: 'Content Too Large', 415: 'Unsupported Media Type',
  422: 'Unprocessable Content', 428: 'Precondition Required', 429: 'Too Many Requests', 500: 'Internal Server Error',
  502: 'Bad Gateway', 503: 'Service Unavailable', 504: 'Gateway Timeout',
}

/** An answer as it leaves: a refusal as a problem, any other as it is. */
export async function asProblem(response) {
  const { status } = response
  if (status < 400 || !/^application\/json\b/.test(response.headers.get('content-type') ?? '')) return response
  const { error, ...more } = await response.json()
  const headers = new Headers(response.headers)
  headers.set('content-type', 'application/problem+json')
  headers.delete('content-length')
  const problem = { type: 'about:blank', title: TITLES[status], status, detail: error ?? summary(more.problems), ...more }
  return new Response(JSON.stringify(problem), { status, headers })
}

const summary = (problems = []) =>
  problems.length === 1 ? problems[0].cause : `${problems.length} things are wrong; \`problems\` names each.`
