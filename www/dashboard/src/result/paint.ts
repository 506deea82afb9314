// A result card as a picture for a slide, drawn by the browser itself: its colours are the dashboard's own, light or dark.

import { stack } from '../pictures/dots'
import type { Mark } from '../pictures/dots'
import { signed } from '../pictures/figures'
import { applyTheme } from '../theme'
import type { Reading } from '../types'
import type { Told } from './told'

/** A slide's shape, in units that are drawn twice as fine. */
export const [WIDTH, HEIGHT] = [1200, 675]
const SHARP = 2
const MARGIN = 64
/** Where the picture begins, if there is one. */
const SPLIT = 690

const NAMES = ['paper', 'surface', 'ink', 'muted', 'line', 'line-strong', 'accent', 'accent-soft', 'accent-ink', 'arm-control', 'look'] as const
type Colours = Record<(typeof NAMES)[number], string>
export type Light = 'light' | 'dark'

/** The colours of a theme, whichever is shown: between the two lines nothing is painted. */
function coloursOf(light: Light): Colours {
  const root = document.documentElement
  root.dataset.theme = light
  const style = getComputedStyle(root)
  const colours = Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()])) as Colours
  applyTheme()
  return colours
}

/** Draws the card, and gives up none of its words: what is long is written smaller. */
export function paint(canvas: HTMLCanvasElement, told: Told, reading: Reading, hoped: Mark | null, light: Light): void {
  Object.assign(canvas, { width: SHARP * WIDTH, height: SHARP * HEIGHT })
  const pen = canvas.getContext('2d')
  if (!pen) return
  const colours = coloursOf(light)
  const family = getComputedStyle(document.body).fontFamily
  const font = (size: number, weight = 400): void => void (pen.font = `${weight} ${size}px ${family}`)
  const write = (text: string, x: number, y: number, colour: keyof Colours): void => {
    pen.fillStyle = colours[colour]
    pen.fillText(text, x, y)
  }
  pen.scale(SHARP, SHARP)
  pen.fillStyle = colours.paper
  pen.fillRect(0, 0, WIDTH, HEIGHT)
  pen.fillStyle = colours.surface
  pen.beginPath()
  pen.roundRect(24, 24, WIDTH - 48, HEIGHT - 48, 20)
  pen.fill()
  pen.fillStyle = colours.accent
  pen.fillRect(24, 60, 8, HEIGHT - 120)

  font(20, 600)
  const pill = pen.measureText(told.outcome).width + 32
  pen.fillStyle = colours['accent-soft']
  pen.beginPath()
  pen.roundRect(MARGIN, 60, pill, 36, 18)
  pen.fill()
  write(told.outcome, MARGIN + 16, 85, 'accent-ink')
  font(18)
  write(reading.metric.description || reading.metric.key, MARGIN + pill + 16, 84, 'muted')

  const title = fitting(pen, (size) => font(size, 700), told.title, WIDTH - 2 * MARGIN, 46, 24, 2)
  let y = 108
  for (const line of title.lines) write(line, MARGIN, (y += title.size * 1.2), 'ink')

  const isPictured = reading.lift !== null && reading.answers !== null && reading.recommend !== 'fix'
  const room = (isPictured ? SPLIT - 32 : WIDTH - MARGIN) - MARGIN
  const top = y + 34
  const bottom = HEIGHT - 100
  const { size, parts } = shrunk(pen, font, told, room, bottom - top)
  y = top
  for (const { label, lines } of parts) {
    font(15, 600)
    write(label.toUpperCase(), MARGIN, y + 15, 'muted')
    y += 18
    font(size)
    for (const line of lines) write(line, MARGIN, (y += size * 1.35), 'ink')
    y += 20
  }
  if (isPictured) dots(pen, colours, font, reading, hoped, { left: SPLIT, top, width: WIDTH - MARGIN - SPLIT, foot: bottom - 40 })
  font(16)
  write(told.foot, MARGIN, HEIGHT - 52, 'muted')
  font(16, 600)
  write('Pointsman', WIDTH - MARGIN - pen.measureText('Pointsman').width, HEIGHT - 52, 'accent-ink')
}

type Pen = CanvasRenderingContext2D
type Font = (size: number, weight?: number) => void

/** The largest size in which all sentences have room. */
function shrunk(pen: Pen, font: Font, { sentences }: Told, width: number, height: number) {
  for (let size = 25; ; size--) {
    font(size)
    const parts = sentences.map(({ label, text }) => ({ label, lines: broken(pen, text, width) }))
    const taken = parts.reduce((sum, { lines }) => sum + 38 + lines.length * size * 1.35, 0)
    if (taken <= height || size <= 11) return { size, parts }
  }
}

function fitting(pen: Pen, font: Font, text: string, width: number, largest: number, least: number, most: number) {
  for (let size = largest; ; size -= 2) {
    font(size)
    const lines = broken(pen, text, width)
    if (lines.length <= most || size <= least) return { size, lines }
  }
}

/** A text in lines of a width. */
function broken(pen: Pen, text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.replaceAll(/(?<=\d) %/g, '\u00a0%').split(/[ \n]+/)) {
    const longer = line ? `${line} ${word}` : word
    if (line && pen.measureText(longer).width > width) {
      lines.push(line)
      line = word
    } else {
      line = longer
    }
  }
  return [...lines, line]
}

/** The fifty equally likely answers around zero, and the range beneath. */
function dots(
  pen: Pen, colours: Colours, font: Font, { lift, answers, experiment, better }: Reading, hoped: Mark | null,
  { left, top, width, foot }: { left: number; top: number; width: number; foot: number },
): void {
  if (!lift || !answers) return
  const down = experiment.plan?.hypothesis.direction === 'down'
  const all = [...answers, lift.low, lift.high, 0, hoped?.at ?? 0]
  const [low, high] = [Math.min(...all), Math.max(...all)]
  const margin = (high - low) * 0.08 || 0.01
  const [from, to] = [low - margin, high + margin]
  const x = (value: number): number => left + ((value - from) / (to - from)) * width
  const placed = [22, 18, 15, 12, 10, 8, 6].map((size) => ({ size, dots: stack(answers, (size / width) * (to - from)) }))
  const { size, dots } = placed.find(({ size, dots }) => (Math.max(...dots.map(({ row }) => row)) + 1) * size < foot - top - 90) ?? placed.at(-1)!
  const ground = foot - 62
  pen.fillStyle = colours['accent-soft']
  pen.globalAlpha = 0.5
  pen.fillRect(down ? left : x(0), top + 24, down ? x(0) - left : left + width - x(0), ground - top - 24)
  pen.globalAlpha = 1
  const line = (one: [number, number], other: [number, number], colour: keyof Colours, thick: number, dash: number[] = []): void => {
    pen.strokeStyle = colours[colour]
    pen.lineWidth = thick
    pen.setLineDash(dash)
    pen.beginPath()
    pen.moveTo(...one)
    pen.lineTo(...other)
    pen.stroke()
    pen.setLineDash([])
  }
  line([left, ground], [left + width, ground], 'line-strong', 1)
  line([x(0), top + 24], [x(0), ground + 8], 'ink', 2)
  if (hoped) line([x(hoped.at), top + 44], [x(hoped.at), ground], 'look', 2, [6, 5])
  for (const { x: column, row, value } of dots) {
    const [cx, cy, r] = [x(column), ground - (row + 0.5) * size - 1, size / 2 - 1]
    pen.beginPath()
    if (down ? value < 0 : value > 0) {
      pen.fillStyle = colours.accent
      pen.arc(cx, cy, r, 0, 2 * Math.PI)
      pen.fill()
    } else {
      pen.strokeStyle = colours['arm-control']
      pen.lineWidth = 2
      pen.moveTo(cx, cy - r)
      for (const [dx, dy] of [[r, 0], [0, r], [-r, 0], [0, -r]] as const) pen.lineTo(cx + dx, cy + dy)
      pen.stroke()
    }
  }
  line([x(lift.low), ground + 18], [x(lift.high), ground + 18], 'accent', 4)
  font(16, 600)
  pen.fillStyle = colours.ink
  pen.textAlign = 'center'
  const inside = (at: number): number => Math.min(left + width - 28, Math.max(left + 28, at))
  pen.fillText(signed(lift.low), inside(x(lift.low)), ground + 44)
  pen.fillText(signed(lift.high), inside(x(lift.high)), ground + 44)
  font(15)
  if (hoped) {
    pen.fillStyle = colours.look
    pen.fillText(`${hoped.word} ${signed(hoped.at)}`, Math.min(left + width - 60, Math.max(left + 60, x(hoped.at))), top + 40)
  }
  pen.fillStyle = colours.muted
  pen.fillText(`${better} of ${answers.length} equally likely answers are better than the old version`, left + width / 2, foot + 14)
  pen.textAlign = 'start'
}
