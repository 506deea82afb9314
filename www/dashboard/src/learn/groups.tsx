import { Button, Card, Progress } from '../parts'
import { count } from '../words'
import { useSimulation } from './asking'
import type { Asking } from './asking'
import { SEGMENTS } from './simulate'
import type { Segmented } from './simulate'

/** Whoever looks at enough groups finds one that differs. */
export function GroupsLesson({ ask }: { ask: Asking }) {
  const { so, busy, failed, start } = useSimulation<Segmented>(ask, 'segments')
  return (
    <Card title="Is it different for somebody?">
      <p>
        Again both versions are the same. Each test is cut into {SEGMENTS.groups} groups: browsers, countries, days. In how
        many tests does some group “differ”?
      </p>
      <div class="actions">
        <Button kind="primary" busy={busy} onClick={start}>{so && !busy ? `Look at ${SEGMENTS.tests} others` : `Look at ${SEGMENTS.tests} tests`}</Button>
      </div>
      {failed && <p role="alert">{failed}</p>}
      {busy && <Progress value={so?.tests ?? 0} max={SEGMENTS.tests} label={`${count(so?.tests ?? 0)} of ${SEGMENTS.tests} tests`} />}
      {so && (
        <dl class="learn-counts">
          <div><dt>Looked at one by one</dt><dd><strong>{so.alone}</strong> of {so.tests}</dd></div>
          <div><dt>With the number of groups in mind</dt><dd><strong>{so.corrected}</strong> of {so.tests}</dd></div>
        </dl>
      )}
      <p class="muted">
        So groups are named before the start, all of them are read together, and one that stands out is an idea for the next
        test and no result.
      </p>
    </Card>
  )
}
