// The shell's one clock. Nothing else in the Worker asks for the time. In production it is the real one; in development
// and tests the control object may set it ahead, back or still (DEV_CLOCK), so that weeks can pass in a minute.

const clock = { offset: 0, frozen: undefined, known: false }

export const now = () => clock.frozen ?? Date.now() + clock.offset

/** Milliseconds that pass even where time stands still, for what must not wait for it. */
export const passing = () => Date.now()

/** Sets the clock, as the control object has it. */
export function setClock({ offset, frozen }) {
  Object.assign(clock, { offset, frozen: frozen ?? undefined, known: true })
}

/** Whether time stands still. */
export const isFrozen = () => clock.frozen !== undefined

/** Asks for the clock once an isolate, where there is one to ask for: a promise, or nothing where it is known. */
export const clockOf = (env) => (env.DEV_CLOCK && !clock.known ? asked(env) : undefined)

async function asked(env) {
  const control = env.CONTROL.get(env.CONTROL.idFromName(env.DEV_CLOCK))
  setClock(await (await control.fetch('http://object/clock?production', { method: 'POST', body: '' })).json())
}
