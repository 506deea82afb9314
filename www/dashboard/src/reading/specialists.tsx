import type { ComponentChildren } from 'preact'
import { Button, Card, Words, toast } from '../parts'
import { pictureFile } from '../pictures/picture-file'
import { save } from '../save'
import type { Experiment, Track } from '../types'
import { csv } from './files'

/** Everything that the engine computed, under the names that it has in the API. */
export function Specialists({ experiment, report, record }: { experiment: Experiment; report: unknown; record: Track | null }) {
  if (report === null || report === undefined) return null
  const text = JSON.stringify(report, null, 2)
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    toast({ text: 'The report is copied.' })
  }
  return (
    <Card class="card-fold">
      <details class="fold fold-card">
        <summary><h2>Numbers for specialists</h2></summary>
        <p class="muted small">
          Intervals hold at every look together, so that they may be read at any time. Shares run from 0 to 1.
        </p>
        {record && <p class="muted small"><Words>{record.words}</Words></p>}
        <div class="report"><Tree name="report" value={report} /></div>
        <div class="actions">
          <Button small icon="copy" onClick={() => void copy()}>Copy JSON</Button>
          <Button small icon="down" onClick={() => save(`${experiment.key}-report.json`, text, 'application/json')}>JSON</Button>
          <Button small icon="down" onClick={() => save(`${experiment.key}-report.csv`, csv(report), 'text/csv')}>CSV</Button>
          <Button small icon="down" onClick={() => void pictures(experiment.key)}>Pictures (PNG)</Button>
        </div>
      </details>
    </Card>
  )
}

/** The pictures of this screen, each as a file. */
async function pictures(key: string): Promise<void> {
  const shown = document.querySelectorAll<SVGSVGElement>('.reading :is(svg.dots, svg.plot)')
  if (shown.length === 0) toast({ tone: 'look', text: 'There is no picture yet.' })
  for (const [index, svg] of [...shown].entries()) save(`${key}-${index + 1}.png`, await pictureFile(svg), 'image/png')
}

type Row = Record<string, unknown>
const isRow = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value)
const isPlain = (value: unknown): boolean => typeof value !== 'object' || value === null

/** Lists of alike things become tables, nested things a heading, plain ones a line: whatever the report will hold. */
function Tree({ name, value }: { name: string; value: unknown }): ComponentChildren {
  if (Array.isArray(value) && value.length > 0 && value.every(isRow)) return <Rows name={name} rows={value} />
  if (!isRow(value)) return <p><span class="muted">{name}</span> {print(value)}</p>
  const entries = Object.entries(value)
  const plain = entries.filter(([, value]) => isPlain(value))
  return (
    <div class="report-part">
      {name !== 'report' && <h3>{spaced(name)}</h3>}
      {plain.length > 0 && (
        <dl class="report-facts">
          {plain.map(([key, value]) => <div key={key}><dt>{spaced(key)}</dt><dd>{print(value)}</dd></div>)}
        </dl>
      )}
      {entries.filter(([, value]) => !isPlain(value)).map(([key, value]) => (
        <Tree key={key} name={key} value={value} />
      ))}
    </div>
  )
}

function Rows({ name, rows }: { name: string; rows: Row[] }) {
  const titles = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  return (
    <div class="report-part">
      <h3>{spaced(name)}</h3>
      <div class="report-table" tabIndex={0} role="region" aria-label={spaced(name)}>
        <table>
          <thead><tr>{titles.map((title) => <th key={title} scope="col">{spaced(title)}</th>)}</tr></thead>
          <tbody>
            {rows.map((row, i) => <tr key={i}>{titles.map((title) => <td key={title}>{print(row[title])}</td>)}</tr>)}
          </tbody>
        </table>
      </div>
    </div>
  )
}

function print(value: unknown): string {
  if (value === null || value === undefined) return '–'
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)))
  if (typeof value === 'object') return JSON.stringify(value)
  return String(value)
}

/** differenceLow -> difference low */
const spaced = (name: string): string => name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()
