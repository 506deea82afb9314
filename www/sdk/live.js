// Hears what is published from an answer that goes on (docs/wire.md): server-sent events, each a snapshot.

import { bytesOf } from './memory.js'

/** Milliseconds of silence after which a stream is broken: the edge says something every 15 seconds. */
const SILENCE = 40_000
/** Characters of the longest event: a snapshot of 2 MiB in base64, and its tag. */
const LONGEST = 3e6

/** What a request for a stream says; whoever has none to give answers as ever. */
export const LIVE = { accept: 'text/event-stream' }

export const isLive = ({ headers }) => /^text\/event-stream/.test(headers.get('content-type'))

/**
 * Gives each snapshot and its tag to `take` until the answer ends. It may end at any time; whoever asks again is told
 * what they have missed.
 *
 * @param within is told how many milliseconds may pass until more comes
 * @returns whether it stood for as long as it takes to hear something twice
 */
export async function hear({ body }, take, within) {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  for (let heard = 0; ; heard++) {
    if (heard) within(SILENCE)
    const { done, value } = await reader.read().catch(() => ({ done: true }))
    if (done) return heard > 1
    const events = (text + decoder.decode(value, { stream: true })).split('\n\n')
    text = events.pop()
    if (text.length > LONGEST) throw new Error('The stream brings no snapshot.')
    for (const event of events) {
      const [, tag, data] = /^id: (.*)\ndata: (.*)$/.exec(event) ?? []
      if (data) await take(bytesOf(data), tag)
    }
  }
}
