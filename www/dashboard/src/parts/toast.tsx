// Short messages at the edge of the screen about what was just done, with a way back where there is one.

import { useEffect, useRef, useState } from 'preact/hooks'
import { now } from '../clock'
import { observable, useObservable } from '../observable'
import { left } from '../words'
import { refocus } from './focus'
import { Icon } from './icon'

export interface Toast {
  /** A later message with the same key takes the place of this one. */
  key: string
  text: string
  tone?: 'ok' | 'look'
  /** Takes it back. The message stays for as long as that is possible. */
  undo?: { label?: string; until: number; act(): void | Promise<void> }
  link?: { label: string; href: string }
}

const shown = observable<(Toast & { until: number })[]>([])

const GLANCE = 6_000

/** No more than a person can take in. */
const MOST = 3

/** Shows it. Of messages that offer no way back only the last stays. */
export function toast(message: Omit<Toast, 'key'> & { key?: string }): void {
  const key = message.key ?? message.text
  const until = message.undo?.until ?? now() + GLANCE
  const others = shown.get().filter((other) => other.key !== key && other.undo)
  shown.set([...others, { ...message, key, until }].slice(-MOST))
}

export function dismiss(key: string): void {
  shown.set(shown.get().filter((other) => other.key !== key))
}

export function Toasts() {
  const toasts = useObservable(shown)
  const region = useRef<HTMLDivElement>(null)
  const [, tick] = useState(0)
  useEffect(() => {
    if (toasts.length === 0) return
    const timer = setInterval(() => {
      // Whoever points at a message is reading it.
      if (region.current?.matches(':hover, :focus-within')) return
      const staying = shown.get().filter((message) => message.until > now())
      if (staying.length < shown.get().length) shown.set(staying)
      tick((n) => n + 1)
    }, 1000)
    return () => clearInterval(timer)
  }, [toasts])
  return (
    // Always there, because screen readers only follow a region that they knew before it changed.
    <div class="toasts" role="status" aria-live="polite" ref={region}>
      {toasts.map((message) => (
        <div class="toast" key={message.key}>
          <span class={`toast-icon tone-${message.tone ?? 'ok'}`}><Icon name={message.tone ?? 'ok'} size={18} /></span>
          <p>{message.text}{message.link && <> <a href={message.link.href}>{message.link.label}</a></>}</p>
          {message.undo && <UndoButton message={message} undo={message.undo} />}
          <button
            type="button" class="icon-button" aria-label="Close this message" onClick={() => dismiss(message.key)}
          >
            <Icon name="close" size={16} />
          </button>
        </div>
      ))}
    </div>
  )
}

function UndoButton({ message, undo }: { message: Toast; undo: NonNullable<Toast['undo']> }) {
  const remaining = undo.until - now()
  return (
    <button
      type="button" class="toast-undo" onClick={() => {
        dismiss(message.key)
        void Promise.resolve(undo.act()).then(() => refocus())
      }}
    >
      {undo.label ?? 'Undo'}
      {/* A clock that speaks each minute would talk over everything else. */}
      <span class="toast-left" aria-hidden="true">{remaining > 0 && left(remaining)}</span>
    </button>
  )
}
