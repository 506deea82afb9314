import { useEffect, useRef, useState } from 'preact/hooks'

type Told = { id: number } & ({ value: unknown } | { so: unknown } | { failed: string })

/** The statistics' thread for as long as the screen is there. It is made with the first question. */
export function useStatistics() {
  const thread = useRef<Worker | undefined>(undefined)
  const waiting = useRef(new Map<number, (told: Told) => void>()).current
  const count = useRef(0)
  useEffect(() => () => thread.current?.terminate(), [])
  return useRef((question: object, on: (told: Told) => void): void => {
    if (!thread.current) {
      thread.current = new Worker(new URL('./statistics.worker.ts', import.meta.url), { type: 'module' })
      thread.current.onmessage = ({ data }: MessageEvent<Told>) => waiting.get(data.id)?.(data)
      thread.current.onerror = () => {
        for (const [id, on] of waiting) on({ id, failed: 'The statistics could not be loaded.' })
      }
    }
    const id = ++count.current
    waiting.set(id, (told) => {
      if (!('so' in told)) waiting.delete(id)
      on(told)
    })
    thread.current.postMessage({ id, ...question })
  }).current
}

export type Asking = ReturnType<typeof useStatistics>

/** The answer to a question, which may change while it is worked on: only the last one counts. */
export function useAnswer<T>(ask: Asking, question: object): { value?: T; failed?: string } {
  const [told, setTold] = useState<{ value?: T; failed?: string }>({})
  const text = JSON.stringify(question)
  const last = useRef('')
  useEffect(() => {
    last.current = text
    ask({ ask: JSON.parse(text) }, (answer) => {
      if (last.current !== text || 'so' in answer) return
      setTold('failed' in answer ? { failed: answer.failed } : { value: answer.value as T })
    })
  }, [text])
  return told
}

/** A simulation that somebody starts, and how far it is. */
export function useSimulation<T extends { tests: number }>(ask: Asking, simulate: 'peeking' | 'segments') {
  const [so, setSo] = useState<T>()
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState<string>()
  const runs = useRef(0)
  const start = (): void => {
    setBusy(true)
    setFailed(undefined)
    // Each run is another one; the first is the same for everybody.
    ask({ simulate, seed: ++runs.current }, (told) => {
      if ('failed' in told) setFailed(told.failed)
      else setSo(('so' in told ? told.so : told.value) as T)
      if (!('so' in told)) setBusy(false)
    })
  }
  return { so, busy, failed, start }
}
