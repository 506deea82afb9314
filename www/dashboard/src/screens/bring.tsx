import { useEffect, useState } from 'preact/hooks'
import { guessed, recordsOf, sourceOf } from '../../../cli/inside/past.mjs'
import type { Mapping, Read, Source } from '../../../cli/inside/past.mjs'
import { Columns } from '../bring/columns'
import { Files } from '../bring/files'
import { Mistakes, Preview } from '../bring/preview'
import { send } from '../bring/send'
import type { Sent } from '../bring/send'
import { Imported } from '../library/past'
import { Button, Card, LinkButton, Problem, Screen } from '../parts'
import { counted } from '../words'
import '../bring/bring.css'
import '../library/library.css'

/** Brings past experiments into the library: files, what stands where in them, what they would be, and then the deed. */
export function Bring({ project }: { project: string }) {
  const [source, setSource] = useState<Source>()
  const [mapping, setMapping] = useState<Mapping>({})
  const take = (files: { name: string; text: string }[]): void => {
    const source = sourceOf(files)
    setMapping(guessed(source.columns))
    setSource(source)
  }
  const { records, problems } = source && !source.problems.length ? recordsOf(source, mapping) : { records: [], problems: source?.problems ?? [] }
  return (
    <Screen
      title="Import past experiments" above={<a href="#/library">Library</a>}
      aside={<p>What was learned before, or elsewhere. It is found like all else, and marked: <Imported /></p>}
    >
      <div class="stack">
        <Files onFiles={take} />
        {source && source.columns.length > 0 && <Columns source={source} mapping={mapping} onMapping={setMapping} />}
        {source && (
          <Card title="3. What it will be">
            {problems.length > 0 ? <Mistakes problems={problems} /> : (
              <>
                <Preview records={records} />
                <Sending key={JSON.stringify([mapping, records.length])} project={project} records={records} />
              </>
            )}
          </Card>
        )}
      </div>
    </Screen>
  )
}

/** Asks the engine what would become of the records, and sends them once somebody says so. */
function Sending({ project, records }: { project: string; records: Read[] }) {
  const [seen, setSeen] = useState<Sent>()
  const [done, setDone] = useState<Sent>()
  const [busy, setBusy] = useState(false)
  useEffect(() => {
    let here = true
    void send(project, records, true).then((sent) => here && setSeen(sent))
    return () => void (here = false)
  }, [records])
  const bring = async (): Promise<void> => {
    setBusy(true)
    setDone(await send(project, records, false))
    setBusy(false)
  }
  const told = done ?? seen
  const { added, changed, same } = told?.sums ?? { added: 0, changed: 0, same: 0 }
  if (told && told.problems.length > 0) return <Mistakes problems={told.problems} />
  if (told?.failure) return <Problem failure={told.failure} />
  if (done) {
    return (
      <div class="stack" role="status">
        <p><strong>{counted(added, 'experiment')} came into the library, {changed} changed, and {same} stayed as before.</strong></p>
        <div class="actions"><LinkButton kind="primary" href="#/library">See them in the library</LinkButton></div>
      </div>
    )
  }
  return (
    <div class="stack">
      <p role="status">{told ? `${counted(added, 'experiment')} would be new, ${changed} would change, and ${same} stay as before.` : 'The engine looks at them …'}</p>
      <div class="actions">
        <Button kind="primary" busy={busy} disabled={!told || added + changed === 0} onClick={() => void bring()}>Import {counted(added + changed, 'experiment')}</Button>
      </div>
    </div>
  )
}
