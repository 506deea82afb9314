import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { Button } from './button'
import { Icon } from './icon'

/**
 * The browser's own dialog: it keeps the focus, closes with Escape and gives the focus back. With `onSubmit` it is a
 * form whose first button is the one that Enter presses. Rendered only while it is open.
 */
export function Dialog(
  { title, onClose, onSubmit, submit, busy, ready = true, kind = 'primary', wide, widest, children }: {
    title: string
    onClose(): void
    onSubmit?(): void
    /** The words on the button that does it. */
    submit?: string
    busy?: boolean
    /** Whether it may be sent yet. */
    ready?: boolean
    kind?: 'primary' | 'stop'
    wide?: boolean
    /** As wide as a page that is looked at in it. */
    widest?: boolean
    children: ComponentChildren
  },
) {
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const opener = document.activeElement
    dialog.current?.showModal()
    return () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus()
    }
  }, [])
  return (
    <dialog
      ref={dialog} class={widest ? 'dialog dialog-widest' : wide ? 'dialog dialog-wide' : 'dialog'} aria-labelledby={id} onClose={onClose}
      onClick={(event) => event.target === dialog.current && dialog.current?.close()}
    >
      <form
        class="dialog-body" onSubmit={(event) => {
          event.preventDefault()
          if (ready && !busy) onSubmit?.()
        }}
      >
        <div class="dialog-head">
          <h2 id={id}>{title}</h2>
          <button type="button" class="icon-button" aria-label="Close" onClick={() => dialog.current?.close()}>
            <Icon name="close" />
          </button>
        </div>
        {children}
        {submit && (
          <div class="dialog-actions">
            <Button kind={kind} type="submit" busy={busy} disabled={!ready}>{submit}</Button>
            <Button kind="quiet" onClick={() => dialog.current?.close()}>Cancel</Button>
          </div>
        )}
      </form>
    </dialog>
  )
}
