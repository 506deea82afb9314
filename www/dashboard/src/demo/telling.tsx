import { useEffect, useRef, useState } from 'preact/hooks'
import { Progress } from '../parts'
import type { Demo } from '../types'

/** Says that the demo's past is still being told, and that it is whole. Only beginning and end are read out. */
export function Telling({ telling }: { telling: Demo['telling'] | undefined }) {
  const told = useRef(false)
  const [whole, setWhole] = useState(false)
  useEffect(() => {
    if (telling) told.current = true
    if (telling === null && told.current) setWhole(true)
  }, [telling === null])
  return (
    <>
      <p class="unseen" role="status">{telling ? 'The past of this demo is being told.' : whole ? 'The past of this demo is told.' : ''}</p>
      {telling && (
        <p class="demo-busy demo-telling">
          <span>Telling the past: {telling.words}</span>
          <Progress value={telling.done} max={1} label="How much of the past is told" tone="quiet" />
        </p>
      )}
    </>
  )
}
