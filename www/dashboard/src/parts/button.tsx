import type { ComponentChildren, JSX } from 'preact'
import { Icon } from './icon'
import type { IconName } from './icon'

export type ButtonKind = 'plain' | 'primary' | 'quiet' | 'stop'

interface Looks {
  kind?: ButtonKind
  icon?: IconName
  /** Under way: the button keeps its place and size and takes no second click. */
  busy?: boolean
  small?: boolean
  children: ComponentChildren
}

/** A button, or with `href` a link that looks like one. `stop` is for what takes something from visitors at once. */
export function Button(
  { kind = 'plain', icon, busy = false, small = false, children, class: more, disabled, ...rest }:
  Looks & Omit<JSX.IntrinsicElements['button'], 'icon'>,
) {
  return (
    <button
      type="button" {...rest} class={looks(kind, small, more)} disabled={disabled} aria-busy={busy || undefined}
      aria-disabled={busy || undefined} onClick={busy ? undefined : rest.onClick}
    >
      {icon && <Icon name={icon} size={18} />}
      <span>{children}</span>
    </button>
  )
}

interface Leads extends Omit<Looks, 'busy'> {
  href: string
  target?: '_blank'
  title?: string
  class?: string
  download?: string
  'aria-label'?: string
  onClick?(event: MouseEvent): void
}

export function LinkButton({ kind = 'plain', icon, small = false, children, class: more, ...rest }: Leads) {
  const outside = rest.target === '_blank' ? { rel: 'noopener' } : {}
  return (
    <a {...outside} {...rest} class={looks(kind, small, more)}>
      {icon && <Icon name={icon} size={18} />}
      <span>{children}</span>
    </a>
  )
}

const looks = (kind: ButtonKind, small: boolean, more: unknown): string =>
  ['button', `button-${kind}`, small && 'button-small', typeof more === 'string' && more].filter(Boolean).join(' ')
