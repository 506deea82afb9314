import { Table } from '../parts'
import type { Written } from '../types/written'

/** The words that tell both versions apart, or that none do. */
export function Themes({ written: { arms, themes } }: { written: Pick<Written, 'arms' | 'themes'> }) {
  const used = (arm: 0 | 1) => (theme: Written['themes']['found'][number]) => `${theme.used[arm]} of ${themes.wrote[arm]}`
  return (
    <div class="stack stack-close">
      <p>{themes.words}</p>
      {themes.found.length > 0 && (
        <details class="fold">
          <summary>All words that differ</summary>
          <Table
            label="Words that one version’s people use more" rows={themes.found} rowKey={(theme) => theme.words}
            columns={[
              { title: 'Words', cell: (theme) => theme.words },
              { title: arms[0]?.variant ?? '', numeric: true, cell: used(0) },
              { title: arms[1]?.variant ?? '', numeric: true, cell: used(1) },
            ]}
          />
          <p class="hint">
            {themes.asked} words and phrases were compared at once, by Fisher’s exact test with Benjamini and Hochberg’s
            correction: at one look, at most one in twenty of those that are named is chance.
          </p>
        </details>
      )}
    </div>
  )
}
