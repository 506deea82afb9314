import type { ComponentChildren } from 'preact'

/** A link out of here, opened apart: the page behind it learns nothing of this one. */
export function Outside({ href, children }: { href: string; children: ComponentChildren }) {
  return (
    <a href={href} target="_blank" rel="noopener noreferrer">
      {children}<span class="unseen"> (opens in a new tab)</span>
    </a>
  )
}
