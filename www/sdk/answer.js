// Surveys in an application's own form: the same questions, each once, told to the same door as those of the page's script.

import { inlined } from './inlined.js'

async function told(key, said) {
  const { voices, surveys = [] } = inlined() ?? {}
  const asked = surveys.find((survey) => survey.key === key)
  if (!asked) return { outcome: 'rejected', reason: 'survey' }
  try {
    // So the page's script asks for it no more, in this browser.
    localStorage.setItem(`pointsman-asked-${key}`, Infinity)
  } catch {
    // The edge remembers it as well.
  }
  const body = JSON.stringify({ v: 1, survey: key, d: asked.token, ...said })
  const response = await fetch(voices, { method: 'POST', body, keepalive: true, headers: { 'content-type': 'text/plain' } })
  if (!response.ok) throw new Error(`pointsman: the answer did not get through (${response.status}). Send it again.`)
  return response.json()
}

export const survey = {
  /** What this visitor may be asked on this page, as the document has it. */
  all: () => (inlined()?.surveys ?? []).map(({ token: _, ...asked }) => asked),

  /** Whether the visitor may be asked this now. That is said once, wherever they come from. */
  ask: async (key) => (await told(key, { ask: true })).outcome === 'ask',

  /** What the visitor says: `{choice, text}`. Gives `{outcome, reason, talk}`. */
  answer: (key, { choice, text } = {}) => told(key, { choice, text }),
}
