// Numbers and times as people say them.

const number = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })

export const count = (n: number): string => number.format(n)

/** "1 person", "1,204 people". */
export const counted = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`

/** A share as a percentage: 0.123 is "12.3 %", 0.5 is "50 %". A hard space keeps the two together. */
export function percent(share: number, digits = 1): string {
  const value = share * 100
  return `${value.toLocaleString('en', { maximumFractionDigits: digits })} %`
}

/** A change as a percentage, with its sign. */
export function change(share: number, digits = 0): string {
  const text = percent(Math.abs(share), digits)
  return /[1-9]/.test(text) ? `${share < 0 ? '−' : '+'}${text}` : '±0 %'
}

/** Sentences of the engine come with ordinary spaces; none of them may leave its “%” alone on the next line. */
export const hard = (text: string): string => text.replaceAll(/(?<=\d) %/g, '\u00a0%')

const STEPS: [unit: Intl.RelativeTimeFormatUnit, ms: number][] = [
  ['year', 31_557_600_000], ['month', 2_629_800_000], ['week', 604_800_000], ['day', 86_400_000],
  ['hour', 3_600_000], ['minute', 60_000],
]
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })

/** "3 minutes ago", "in 2 days", "just now". */
export function ago(at: number, now: number): string {
  const difference = at - now
  for (const [unit, ms] of STEPS) {
    if (Math.abs(difference) >= ms) return relative.format(difference > 0 ? Math.round(difference / ms) : Math.trunc(difference / ms), unit)
  }
  return difference > 0 ? 'in a moment' : Math.abs(difference) < 10_000 ? 'just now' : `${seconds(difference)} s ago`
}

const seconds = (ms: number): number => Math.round(Math.abs(ms) / 1000)

/** How long is left: "9 min", "40 s". */
export const left = (ms: number): string => (ms >= 60_000 ? `${Math.ceil(ms / 60_000)} min` : `${seconds(ms)} s`)

/** A span in minutes: "45 minutes", "12 hours", "3 days". */
export function span(minutes: number): string {
  if (minutes < 120) return counted(minutes, 'minute')
  return minutes < 2880 ? counted(Math.round(minutes / 60), 'hour') : counted(Math.round(minutes / 1440), 'day')
}

const moment = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' })
const DAY = { weekday: 'short', day: 'numeric', month: 'short' } as const
const day = new Intl.DateTimeFormat('en', DAY)

/** The exact time, for titles. */
export const exactly = (at: number | null | undefined): string => formatted(moment, at)

const days = new Map<string, Intl.DateTimeFormat>()

/** A day, as clocks show it where the reader is, or in a zone. */
export function date(at: number | null | undefined, zone?: string): string {
  if (!zone) return formatted(day, at)
  const format = days.get(zone) ?? new Intl.DateTimeFormat('en', { ...DAY, timeZone: zone })
  days.set(zone, format)
  return formatted(format, at)
}

/** A formatter throws at what is no time; a screen had better show a dash. */
const formatted = (format: Intl.DateTimeFormat, at: number | null | undefined): string =>
  (typeof at === 'number' && Math.abs(at) <= 8.64e15 ? format.format(at) : '–')
