import { useState } from 'preact/hooks'
import { inProject, useWrite } from '../api'
import { Button, Problem, TextArea, toast } from '../parts'
import { save } from '../save'
import type { Link, Survey } from '../types/surveys'
import { count, counted } from '../words'

/** Units that get links at once. */
const MOST = 100
/** Characters of a unit. */
const LONGEST = 200

/** Links to a question for a mail: for a few in a moment, or by a command for a whole file. */
export function Mail({ project, survey }: { project: string; survey: Survey }) {
  const [text, setText] = useState('')
  const write = useWrite()
  const units = [...new Set(text.split(/[\r\n]+/).map((line) => line.trim()).filter(Boolean))]
  const wrong = wrongWith(units)
  const take = async (file?: File) => file && setText(await file.text())
  const make = async (event: Event) => {
    event.preventDefault()
    if (units.length === 0 || wrong) return
    const told = await write.send<{ outcomes: Link[] }>('POST', inProject(project, 'voices', survey.key, 'links'), { units })
    if (!told) return
    save(`${survey.key}-links.csv`, table(units, told.outcomes), 'text/csv')
    const invited = told.outcomes.filter(({ link }) => link).length
    setText('')
    toast({ text: `${counted(invited, 'link')} in the file, ${count(units.length - invited)} without. Nobody gets a second one: keep it.` })
  }
  return (
    <form class="stack" onSubmit={make}>
      <p>A link for everybody on a list, for whatever sends your mails. Who met no version, or was asked before, gets none.</p>
      <div class="field">
        <label class="label" for={`mail-${survey.key}`}>A file with units, one a line</label>
        <input
          id={`mail-${survey.key}`} type="file" accept=".txt,.csv,text/plain,text/csv"
          onChange={(event) => void take(event.currentTarget.files?.[0])}
        />
      </div>
      <TextArea
        label="Or paste them" rows={4} value={text} onValue={setText} spellcheck={false} problem={wrong}
        hint={units.length ? `${counted(units.length, 'unit')} in here.` : `As the site or a backend names them, up to ${MOST}.`}
      />
      {write.failure && <Problem failure={write.failure} />}
      <div class="actions">
        <Button type="submit" icon="down" busy={write.busy} disabled={units.length === 0 || wrong !== undefined}>Make links</Button>
      </div>
      <p class="hint">
        More than {MOST}, or a file with other columns: {' '}
        <code>npx pointsman invite customers.csv --survey {survey.key}</code>
      </p>
    </form>
  )
}

function wrongWith(units: string[]): string | undefined {
  if (units.length > MOST) return `These are ${count(units.length)}; ${MOST} get links at once. The command below takes more.`
  const long = units.find((unit) => unit.length > LONGEST)
  return long && `“${long.slice(0, 20)}…” is longer than ${LONGEST} characters.`
}

/** RFC 4180. */
const cell = (value: string): string => (/[",;\t]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value)

const table = (units: string[], outcomes: Link[]): string =>
  [['unit', 'link', 'outcome'], ...units.map((unit, i) => [unit, outcomes[i]?.link ?? '', outcomes[i]?.reason ?? outcomes[i]?.outcome ?? ''])]
    .map((line) => `${line.map(cell).join(',')}\r\n`).join('')
