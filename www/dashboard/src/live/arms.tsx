import { Table } from '../parts'
import { rate } from '../pictures/figures'
import type { LiveScreen } from '../types'
import { count } from '../words'

/** What the edge served beside what browsers confirmed: a gap on one side only is a broken page, not a result. */
export function Arms({ arms, control }: { arms: LiveScreen['arms']; control: string }) {
  return (
    <Table
      label="People of each variant" rows={arms} rowKey={(arm) => arm.variant}
      columns={[
        { title: 'Variant', cell: (arm) => <VariantName name={arm.variant} control={control} /> },
        { title: 'Shown by the edge', numeric: true, cell: (arm) => count(arm.assigned) },
        { title: 'Confirmed by browsers', numeric: true, cell: (arm) => count(arm.confirmed) },
        { title: 'Of those shown', numeric: true, cell: (arm) => arm.assigned > 0 ? rate(arm.confirmedShare) : '–' },
        { title: 'Reports lost', numeric: true, cell: lost },
      ]}
    />
  )
}

function lost({ reports, lost }: LiveScreen['arms'][number]) {
  return <>{count(lost)} <span class="muted">of {count(reports)}</span></>
}

export function VariantName({ name, control }: { name: string; control: string }) {
  const old = name === control
  return (
    <span class="variant">
      <span class={`variant-mark variant-${old ? 'old' : 'new'}`} aria-hidden="true" />
      <span><strong>{name}</strong> <span class="muted">{old ? 'old version' : 'new version'}</span></span>
    </span>
  )
}

export function Browsers({ browsers }: { browsers: LiveScreen['browsers'] }) {
  const variants = browsers[0]?.arms.map((arm) => arm.variant) ?? []
  return (
    <details class="fold">
      <summary>By browser</summary>
      <Table
        label="Confirmed of those shown, by browser" rows={browsers} rowKey={(row) => row.browser}
        columns={[
          { title: 'Browser', cell: (row) => row.browser },
          ...variants.map((variant) => ({
            title: variant, numeric: true, cell: (row: LiveScreen['browsers'][number]) => confirmed(row, variant),
          })),
        ]}
      />
    </details>
  )
}

function confirmed(row: LiveScreen['browsers'][number], variant: string) {
  const arm = row.arms.find((arm) => arm.variant === variant)
  if (!arm || arm.assigned === 0) return '–'
  const words = `${count(arm.confirmed)} of ${count(arm.assigned)}`
  return <>{rate(arm.confirmed / arm.assigned)} <span class="muted">{words}</span></>
}
