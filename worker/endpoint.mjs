// An OpenAI-compatible endpoint of the team's own, for whoever asks in words (docs/assistant.md). Off unless the deployment names
// one. It may choose which of our questions a text means, and say an answer in other words. What it says of numbers and verdicts
// has to be the tool's own; where it is not, the tool's sentences stand alone.

import { answer, bounded, parsed } from './body.mjs'
import { invented } from './faithful.mjs'
import { door } from './objects/egress.mjs'

/** `POST /api/v1/projects/<project>/ask` and `GET .../endpoint`. */
export const ENDPOINT = /^\/api\/v1\/projects\/([^/]+)\/(ask|endpoint)$/

/** Milliseconds for an answer, which takes a model longer than a receiver, and bytes of it. */
const PATIENCE = 20_000
const BYTES = 65_536
/** Characters of a question, and of what is said in other words. */
const ASKED = 400
const SAID = 4000

const CHOOSE = 'Somebody asks a tool for experiments a question. Call the function with the one of its questions that means the same. If none does, call nothing.'
const REWORD = 'Say the answer of a tool in plain words, in at most five sentences, for whoever has asked. Take every number and every word of a verdict exactly ' +
  'from the answer, leave out what you do not need, add nothing, and conclude nothing of your own. Plain text only.'

/** What the console may know of the endpoint: never its key. */
export function endpointOf(env) {
  if (!env.MODEL_URL) return { ready: false, host: '', model: '', why: 'No endpoint is named: MODEL_URL is empty.' }
  const way = door(env, env.MODEL_URL)
  const host = URL.canParse(env.MODEL_URL) ? new URL(env.MODEL_URL).hostname : ''
  return { ready: typeof way !== 'string', host, model: env.MODEL_NAME ?? '', why: typeof way === 'string' ? `Nothing leaves for it: ${way}.` : '' }
}

/**
 * Answers a question with the help of the endpoint. `api` asks the API in the caller's name.
 *
 * @returns what `GET .../ask` gives, with `said`, the same in other words or null; `chosen`, the question that the text was taken for, if
 *   the endpoint has chosen it; and `why` there are no other words
 */
export async function asked(request, env, project, api) {
  const { blob, status, error } = await bounded(request, BYTES)
  if (!blob) return answer(status, { error })
  const { text, experiment = '' } = parsed(await blob.text()) ?? {}
  if (typeof text !== 'string' || !text.trim() || text.length > ASKED || typeof experiment !== 'string') {
    return answer(422, { problems: [{ pointer: '/text', code: 'shape', cause: 'This is no question.', fix: `Ask in 1 to ${ASKED} characters.` }] })
  }
  const tool = (question) => api('GET', `/api/v1/projects/${project}/ask?${new URLSearchParams({ text: question, ...(experiment && { experiment }) })}`)
  const first = await tool(text)
  if (!first.ok) return first
  const told = await first.json()
  const { ready, why } = endpointOf(env)
  if (!ready) return answer(200, { ...told, said: null, chosen: null, why })
  try {
    const chosen = told.question ? null : await choice(env, text, (await (await tool('')).json()).suggestions)
    const whole = chosen ? await (await tool(chosen)).json() : told
    return answer(200, { ...whole, chosen, ...(await reworded(env, text, whole)) })
  } catch (failure) {
    return answer(200, { ...told, said: null, chosen: null, why: `The endpoint did not help: ${failure.message}.` })
  }
}

/** Which of our questions a text means, or nothing. What is none of them is not asked. */
async function choice(env, text, questions) {
  const parameters = { type: 'object', properties: { question: { type: 'string', enum: questions } }, required: ['question'], additionalProperties: false }
  const message = await completed(env, CHOOSE, text, { tools: [{ type: 'function', function: { name: 'ask', description: 'Asks one of these questions.', parameters } }] })
  const { question } = parsed(message.tool_calls?.[0]?.function?.arguments) ?? {}
  return questions.includes(question) ? question : null
}

/** An answer in other words, as far as they claim nothing that it does not. */
async function reworded(env, text, { words, answers }) {
  const sentences = [words, ...answers.flatMap(({ title, words, how, figures }) => [title, words, how, ...figures.map(({ label, value }) => `${label}: ${value}.`)])].join('\n')
  const { content } = await completed(env, REWORD, `Question: ${text}\n\nThe tool's answer:\n${sentences}`)
  const said = typeof content === 'string' ? content.trim().slice(0, SAID) : ''
  if (!said) return { said: null, why: 'The endpoint said nothing.' }
  const own = invented(said, sentences)
  return own.length ? { said: null, why: `The endpoint said what no tool had said: ${own.slice(0, 5).join(', ')}.` } : { said, why: '' }
}

/** One completion: its message. The way out is that of messages, but that this answer is read. */
async function completed(env, system, user, more) {
  const body = JSON.stringify({ model: env.MODEL_NAME, temperature: 0, messages: [{ role: 'system', content: system }, { role: 'user', content: user }], ...more })
  const headers = { 'content-type': 'application/json', ...(env.MODEL_KEY && { authorization: `Bearer ${env.MODEL_KEY}` }) }
  const response = await door(env, env.MODEL_URL).fetch(env.MODEL_URL, { method: 'POST', body, headers, redirect: 'manual', signal: AbortSignal.timeout(PATIENCE) })
  if (!response.ok) {
    await response.body?.cancel()
    throw new Error(`it answers ${response.status}`)
  }
  const { blob } = await bounded(response, BYTES)
  const { message } = parsed(await blob?.text())?.choices?.[0] ?? {}
  if (!message) throw new Error('its answer is no completion')
  return message
}
