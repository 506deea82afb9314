import { useEffect, useRef, useState } from 'preact/hooks'
import { inProject, useLive } from '../api'
import { Button, CopyButton, Dialog, Loaded, Segmented, toast } from '../parts'
import type { Mark } from '../pictures/dots'
import { save } from '../save'
import { theme } from '../theme'
import type { DebriefScreen, Reading } from '../types'
import { HEIGHT, paint, WIDTH } from './paint'
import type { Light } from './paint'
import { blocks, message, told } from './told'
import type { Told } from './told'
import '../debrief/debrief.css'
import './result.css'

const LIGHTS = [{ value: 'light', label: 'Light' }, { value: 'dark', label: 'Dark' }] as const

/** A concluded experiment as a picture and three sentences, for a slide or a message. */
export function ResultCard({ project, reading, hoped }: { project: string; reading: Reading; hoped: Mark | null }) {
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button icon="copy" onClick={() => setOpen(true)}>Result card</Button>
      {open && (
        <Dialog title="Result card" wide onClose={() => setOpen(false)}>
          <Inside project={project} reading={reading} hoped={hoped} />
        </Dialog>
      )}
    </>
  )
}

/** The theme that is shown now. */
function shown(): Light {
  const chosen = theme.get()
  return chosen === 'auto' ? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light') : chosen
}

function Inside({ project, reading, hoped }: { project: string; reading: Reading; hoped: Mark | null }) {
  const live = useLive<DebriefScreen>(inProject(project, 'experiments', reading.experiment.key, 'debrief'), 0)
  return <Loaded live={live}>{(debrief) => <Drawn said={told(reading, debrief)} reading={reading} hoped={hoped} />}</Loaded>
}

function Drawn({ said, reading, hoped }: { said: Told; reading: Reading; hoped: Mark | null }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const [light, setLight] = useState(shown)
  const { key } = reading.experiment
  useEffect(() => {
    if (canvas.current) paint(canvas.current, said, reading, hoped, light)
  }, [light, JSON.stringify(said), reading.asOf])
  const picture = (): Promise<Blob | null> => new Promise((resolve) => canvas.current?.toBlob(resolve, 'image/png'))
  const keep = async (): Promise<void> => {
    const blob = await picture()
    if (blob) save(`${key}-result.png`, blob, 'image/png')
    else toast({ tone: 'look', text: 'This browser draws no pictures.' })
  }
  const link = `${location.origin}${location.pathname}#/experiments/${key}/reading`
  const text = message(said, link)
  const words = [said.title, ...said.sentences.map(({ label, text }) => `${label}: ${text}`)].join('. ')
  return (
    <div class="stack">
      <canvas ref={canvas} class="result-picture" width={WIDTH} height={HEIGHT} role="img" aria-label={words} />
      <div class="actions">
        <Segmented label="How it looks" value={light} options={LIGHTS} onValue={(light) => setLight(light)} />
        <Button icon="down" onClick={() => void keep()}>Picture (PNG)</Button>
      </div>
      <pre class="markdown result-text" tabIndex={0} aria-label="The same as a message">{text}</pre>
      <div class="actions"><CopyButton value={text} of="the message" /></div>
      <details class="fold">
        <summary>As blocks for Slack</summary>
        <pre class="markdown result-text" tabIndex={0} aria-label="The same as blocks for Slack">{blocks(said, link)}</pre>
        <div class="actions"><CopyButton value={blocks(said, link)} of="the blocks" /></div>
      </details>
    </div>
  )
}
