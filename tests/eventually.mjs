// What comes by itself is waited for until it is there, however slow the machine is and whatever runs beside.

import { setTimeout as pause } from 'node:timers/promises'

/** How often something is tried that is quick, of which other work of the machine makes some tries late, and hardly all. */
export const TRIES = 12

/** What `ask` answers once it is something, or its last answer after `seconds`: only what never comes takes so long. */
export async function eventually(ask, seconds = 60) {
  for (const end = performance.now() + seconds * 1000; ; await pause(25)) {
    const answer = await ask()
    if (answer || performance.now() > end) return answer
  }
}
