import { createContext } from 'preact'
import type { ComponentChildren } from 'preact'

/** Whether a part stands below a card's heading, and not right below that of the screen. */
export const InCard = createContext(false)

/** A part of a screen with a heading of its own. `aside` stands at the right of the heading. */
export function Card(
  { title, aside, children, id, class: more = '' }:
  { title?: ComponentChildren; aside?: ComponentChildren; children: ComponentChildren; id?: string; class?: string },
) {
  return (
    <section class={`card ${more}`} id={id} tabIndex={id ? -1 : undefined}>
      {(title || aside) && (
        <div class="card-head">
          {title && <h2>{title}</h2>}
          {aside && <div class="card-aside">{aside}</div>}
        </div>
      )}
      <InCard.Provider value={Boolean(title)}>{children}</InCard.Provider>
    </section>
  )
}
