import type { Drawn, Step } from '../types'
import { percent } from '../words'

const ALL = 2 ** 32

/** A draw against what it had to be below: as a number, and as a mark on the line of all draws. */
export function Draw({ step, draw }: { step: Step; draw: Drawn }) {
  const ranges = rangesOf(step)
  const own = ranges?.find(({ from, to }) => draw.draw >= from && draw.draw < to)
  const [from, to] = own ? [own.from, own.to] : [0, draw.below]
  return (
    <>
      <svg class="draw" width="100%" height="18" viewBox="0 0 100 18" preserveAspectRatio="none" aria-hidden="true">
        <rect class="draw-all" y="6" width="100" height="6" />
        <rect class="draw-in" x={(from / ALL) * 100} y="6" width={((to - from) / ALL) * 100} height="6" />
        {ranges?.slice(0, -1).map(({ to }) => (
          <rect key={to} class="draw-end" x={(to / ALL) * 100 - 0.15} y="4" width="0.3" height="10" />
        ))}
        <rect class="draw-mark" x={Math.min(99.4, (draw.draw / ALL) * 100)} y="0" width="0.6" height="18" />
      </svg>
      <p class="muted small">
        drew <strong>{percent(draw.percent / 100, 4)}</strong>,{' '}
        {own
          ? <>which lies between {percent(from / ALL, 2)} and {percent(to / ALL, 2)}</>
          : <>{draw.draw < draw.below ? 'which is' : 'which is not'} below {percent(draw.share / 100, 4)}</>}
        {' '}<span title={`draw ${draw.draw} of ${ALL}`}>· salt <code>{draw.salt}</code></span>
      </p>
    </>
  )
}

/** The ranges of a split, from its `[end, variant]`. */
function rangesOf({ operator, operand }: Step): { from: number; to: number }[] | undefined {
  const ends = operator === 'split' ? (operand as { ranges: [number, string][] } | null)?.ranges : undefined
  return ends?.map(([to], place) => ({ from: ends[place - 1]?.[0] ?? 0, to }))
}
