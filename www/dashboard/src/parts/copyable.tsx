import { useState } from 'preact/hooks'
import { Button } from './button'

/** Copies a text with one click, and says so. `of` names the text where it does not stand beside the button. */
export function CopyButton({ value, of, small }: { value: string; of?: string; small?: boolean }) {
  const [copied, setCopied] = useState(false)
  return (
    <Button
      small={small} icon="copy" aria-label={copied || !of ? undefined : `Copy: ${of}`}
      onClick={() => void navigator.clipboard?.writeText(value).then(() => setCopied(true), () => setCopied(false))}
    >
      {copied ? 'Copied' : 'Copy'}
    </Button>
  )
}

/** A text that somebody takes elsewhere: it can be selected, and copied with one click. */
export function Copyable({ label, value }: { label: string; value: string }) {
  return (
    <div class="row">
      <input
        class="copyable" type="text" readOnly value={value} aria-label={label}
        onFocus={(event) => event.currentTarget.select()}
      />
      <CopyButton value={value} of={label} />
    </div>
  )
}
