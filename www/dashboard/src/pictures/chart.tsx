import type { PlotOptions } from '@observablehq/plot'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { ComponentChildren } from 'preact'
import { useWidth } from './width'
import './pictures.css'

type Plot = typeof import('@observablehq/plot')

interface Props {
  /** Makes the picture for a width in pixels. */
  draw: (plot: Plot, width: number) => PlotOptions
  /** What the picture is of and what it shows, in a sentence. */
  label: string
  /** The numbers behind it, as a table: for screen readers, and for everybody who opens it. */
  table: ComponentChildren
}

/** A picture by Observable Plot, which is loaded with the first picture and not before. */
export function Chart({ draw, label, table }: Props) {
  const box = useRef<HTMLDivElement>(null)
  const width = useWidth(box)
  const plot = usePlot()
  useEffect(() => {
    const element = box.current
    if (!element || width === 0 || typeof plot !== 'object') return
    element.replaceChildren(picture(plot, draw(plot, width), label))
  }, [draw, label, plot, width])
  return (
    <figure class="chart">
      <div class="chart-box" ref={box} />
      {plot === 'failed' && <p class="chart-failed">The picture could not be loaded. Its numbers are below.</p>}
      <details class="fold chart-numbers" open={plot === 'failed'}>
        <summary>The numbers as a table</summary>
        <div class="chart-table">{table}</div>
      </details>
    </figure>
  )
}

function usePlot(): Plot | 'failed' | undefined {
  const [plot, setPlot] = useState<Plot | 'failed'>()
  useEffect(() => {
    let here = true
    import('@observablehq/plot').then((loaded) => here && setPlot(loaded), () => here && setPlot('failed'))
    return () => void (here = false)
  }, [])
  return plot
}

/**
 * Plot brings its rules in a `<style>` element, which the console's policy refuses; ours stand in pictures.css. A picture
 * is told as a whole, so the names that Plot gives its marks go.
 */
function picture(plot: Plot, options: PlotOptions, label: string): Element {
  const svg = plot.plot({ className: 'plot', ...options })
  for (const style of svg.querySelectorAll('style')) style.remove()
  for (const mark of svg.querySelectorAll('[aria-label]')) mark.removeAttribute('aria-label')
  svg.setAttribute('role', 'img')
  svg.setAttribute('aria-label', label)
  return svg
}
