import { useState } from 'preact/hooks'
import { Button } from './button'

/** A text that somebody takes elsewhere: it can be selected, and copied with one click. */
export function Copyable({ label, value }: { label: string; value: string }) {
  const [copied, setCopied] = useState(false)
  return (
    <div class="row">
      <input
        class="copyable" type="text" readOnly value={value} aria-label={label}
        onFocus={(event) => event.currentTarget.select()}
      />
      <Button
        icon="copy" aria-label={copied ? undefined : `Copy: ${label}`}
        onClick={() => void navigator.clipboard?.writeText(value).then(() => setCopied(true), () => setCopied(false))}
      >
        {copied ? 'Copied' : 'Copy'}
      </Button>
    </div>
  )
}
