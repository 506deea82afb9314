import type { ComponentChildren } from 'preact'
import { useContext } from 'preact/hooks'
import { InCard } from './card'
import { Logo } from './icon'

/** Nothing here yet: says what would stand here and how to get it. */
export function Empty(
  { title, children, action }: { title: string; children?: ComponentChildren; action?: ComponentChildren },
) {
  const Heading = useContext(InCard) ? 'h3' : 'h2'
  return (
    <div class="empty">
      <Logo size={40} />
      <Heading>{title}</Heading>
      {children && <div class="empty-words">{children}</div>}
      {action && <div class="actions">{action}</div>}
    </div>
  )
}
