/** How far something is, with words for those who do not see the bar. */
export function Progress(
  { value, max, label, tone = 'accent' }:
  { value: number; max: number; label: string; tone?: 'accent' | 'quiet' | 'look' },
) {
  const share = max > 0 ? Math.min(1, Math.max(0, value / max)) : 0
  return (
    <span
      class={`progress progress-${tone}`} role="progressbar" aria-valuemin={0} aria-valuemax={100}
      aria-valuenow={Math.round(share * 100)} aria-label={label} title={label}
    >
      <svg width="100%" height="100%" preserveAspectRatio="none" viewBox="0 0 100 1" aria-hidden="true">
        <rect width={share * 100} height="1" />
      </svg>
    </span>
  )
}
