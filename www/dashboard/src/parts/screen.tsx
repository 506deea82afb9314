import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

/**
 * A screen: its heading, what can be done on it, and its body. A new screen takes the focus, so that keyboards and
 * screen readers start at its top.
 */
export function Screen(
  { title, name, above, aside, actions, children }: {
    title: ComponentChildren
    /** The title in words, for the window, where `title` is more than words. */
    name?: string
    /** A link back, above the title. */
    above?: ComponentChildren
    aside?: ComponentChildren
    actions?: ComponentChildren
    children: ComponentChildren
  },
) {
  const heading = useRef<HTMLHeadingElement>(null)
  const words = name ?? (typeof title === 'string' ? title : 'Pointsman')
  useEffect(() => {
    document.title = words === 'Pointsman' ? words : `${words} · Pointsman`
  }, [words])
  useEffect(() => {
    // The first screen leaves the focus at the top of the page, where the skip link is.
    if (document.activeElement !== document.body || sawOne) heading.current?.focus({ preventScroll: true })
    sawOne = true
    scrollTo(0, 0)
  }, [])
  return (
    <div class="screen">
      <header class="screen-head">
        <div class="screen-title">
          {above && <div class="above">{above}</div>}
          <h1 ref={heading} tabIndex={-1}>{title}</h1>
          {aside && <div class="screen-aside">{aside}</div>}
        </div>
        {actions && <div class="actions">{actions}</div>}
      </header>
      {children}
    </div>
  )
}

let sawOne = false
