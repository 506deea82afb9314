// Snapshots as they are published, for whoever stays: one answer that goes on, as server-sent events. Every stream looks
// at what its isolate runs; however many there are, the isolate asks for news once a second.

import { bytesOf, configuration, versionOf } from './config.mjs'

/** Milliseconds between two looks. */
const PACE = 1000
/** Looks without news after which a line that says nothing shows that the connection stands. */
const BEAT = 15
/** Looks after which a stream ends, and its client comes again. A request may ask our other objects 1,000 times. */
const LIFE = 300

/** Whether a request asks for a stream. */
export const isLive = ({ method, headers }) => method === 'GET' && /\btext\/event-stream\b/.test(headers.get('accept') ?? '')

/** The snapshots after version `since`, each as an event whose data is its bytes in base64 and whose id is its tag. */
export function stream(request, env, place, context, audience, since, tagOf) {
  let [told, looks] = [since, 0]
  // Nor do streams that have begun together end together.
  const life = LIFE * (0.8 + 0.4 * Math.random())
  return new ReadableStream({
    // Its first byte shows that nothing on the way waits for the end.
    start: (controller) => controller.enqueue(SILENCE),

    async pull(controller) {
      for (; looks < life; looks++) {
        const version = versionOf(place)
        if (version > told) {
          const bytes = await bytesOf(env, place, version, audience)
          told = version
          return controller.enqueue(event(tagOf(version, bytes), bytes))
        }
        await new Promise((resolve) => setTimeout(resolve, PACE))
        await configuration(request, env, place, context)
        if (looks % BEAT === BEAT - 1) {
          looks++
          return controller.enqueue(SILENCE)
        }
      }
      controller.close()
    },
  })
}

const encoder = new TextEncoder()
const SILENCE = encoder.encode(':\n\n')
/** Events by the bytes in them: all streams of an isolate send the same one. */
const events = new WeakMap()

function event(tag, bytes) {
  if (!events.has(bytes)) events.set(bytes, encoder.encode(`id: ${tag}\ndata: ${base64(bytes)}\n\n`))
  return events.get(bytes)
}

/** In pieces, because a call takes only so many arguments. */
function base64(bytes) {
  let text = ''
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return btoa(text)
}
