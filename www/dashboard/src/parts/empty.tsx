import type { ComponentChildren } from 'preact'
import { Logo } from './icon'

/** Nothing here yet: says what would stand here and how to get it. */
export function Empty(
  { title, children, action }: { title: string; children?: ComponentChildren; action?: ComponentChildren },
) {
  return (
    <div class="empty">
      <Logo size={40} />
      <h3>{title}</h3>
      {children && <div class="empty-words">{children}</div>}
      {action && <div class="actions">{action}</div>}
    </div>
  )
}
