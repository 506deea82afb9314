// The decisions in a page (docs/wire.md): put there by the edge, or by a server that renders it.

/** Them, or nothing where there are none. */
export function inlined() {
  try {
    return JSON.parse(globalThis.document.querySelector('[data-id=pointsman]').textContent)
  } catch {
    return undefined
  }
}
