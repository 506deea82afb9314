import type { RefObject } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

/**
 * What was pressed may be gone when its deed is done, and the focus with it: it goes on to the first control of the
 * place `id`, to the place itself, or to the top of the screen. A focus that is somewhere stays there.
 */
export function refocus(id?: string): void {
  // After the rendering that took the pressed one away.
  setTimeout(() => {
    if (document.activeElement && document.activeElement !== document.body) return
    const place = id === undefined ? null : document.getElementById(id)
    const control = place?.matches('[tabindex]') ? place : place?.querySelector<HTMLElement>('button, a[href]')
    const next = control ?? document.querySelector<HTMLElement>('h1')
    next?.focus({ preventScroll: true })
  }, 60)
}

/** A form that appears on a wish takes the focus, in its first box. */
export function useFirst(): RefObject<HTMLFormElement | null> {
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => form.current?.querySelector<HTMLElement>('input, textarea')?.focus(), [])
  return form
}
