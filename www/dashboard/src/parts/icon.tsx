// Drawn by us on a grid of 20: one line weight, round ends. Status icons differ in shape, not only in colour.

const SHAPES = {
  // Status: a round lamp with a tick, a warning triangle, an octagon, an empty lamp with a hand of a clock.
  ok: <><circle cx="10" cy="10" r="7.5" /><path d="m6.8 10.3 2.2 2.2 4.3-4.6" /></>,
  look: <><path d="M10 3.2 17.6 16H2.4Z" /><path d="M10 8v3.8M10 13.9v.1" /></>,
  stop: (
    <>
      <path d="M6.9 2.5h6.2l4.4 4.4v6.2l-4.4 4.4H6.9l-4.4-4.4V6.9Z" />
      <path d="M7.4 7.4h5.2v5.2H7.4Z" fill="currentColor" />
    </>
  ),
  wait: <><circle cx="10" cy="10" r="7.5" /><path d="M10 6v4l2.6 1.8" /></>,
  held: <><circle cx="10" cy="10" r="7.5" /><path d="M8.2 7.4v5.2M11.8 7.4v5.2" /></>,
  off: <><circle cx="10" cy="10" r="7.5" /><path d="M7 10h6" /></>,
  // What needs somebody.
  decide: (
    <>
      <path d="M10 17.5V11L4.5 5.5V2.5" />
      <path d="M10 11l5.5-5.5V2.5" />
      <path d="m2.6 4.4 1.9-1.9 1.9 1.9M13.6 4.4l1.9-1.9 1.9 1.9" />
    </>
  ),
  review: (
    <>
      <circle cx="8" cy="6.5" r="3.2" />
      <path d="M2.5 17c.3-3.4 2.4-5.2 5.5-5.2 1.3 0 2.4.3 3.3.9M12.2 15.4l1.9 1.9 3.6-4" />
    </>
  ),
  data: <><path d="M3 10h3l2-5.5 4 11 2-5.5h3" /></>,
  debrief: <><path d="M4 16.5V13l9-9 3.2 3.2-9 9Z" /><path d="m10.8 6.2 3.2 3.2" /></>,
  // Places.
  now: (
    <>
      <path d="M3 13.5a7 7 0 0 1 14 0" />
      <path d="M10 13.5 13.4 8" />
      <circle cx="10" cy="13.5" r=".9" fill="currentColor" />
    </>
  ),
  experiments: (
    <>
      <path d="M7.5 2.8h5M8.5 2.8v5L3.9 15.2a1.4 1.4 0 0 0 1.2 2.1h9.8a1.4 1.4 0 0 0 1.2-2.1L11.5 7.8v-5" />
      <path d="M6.3 12h7.4" />
    </>
  ),
  flags: <><path d="M4.5 17.5v-15M4.5 3.5c4-2 6.5 2 11 0v7.5c-4.5 2-7-2-11 0" /></>,
  ledger: (
    <>
      <ellipse cx="10" cy="5" rx="6.5" ry="2.5" />
      <path d="M3.5 5v10c0 1.4 2.9 2.5 6.5 2.5s6.5-1.1 6.5-2.5V5M3.5 10c0 1.4 2.9 2.5 6.5 2.5s6.5-1.1 6.5-2.5" />
    </>
  ),
  voices: <><path d="M3 4.5h14v9H9.5L6 16.8v-3.3H3Z" /><path d="M6.5 8h7M6.5 10.5h4.5" /></>,
  library: <><path d="M4 3v14M7.5 3v14M11 3.8l4.5 12.7" /><path d="M2.8 17h14.4" /></>,
  setup: <><path d="M3 6h8M15 6h2M3 14h2M9 14h8" /><circle cx="13" cy="6" r="2" /><circle cx="7" cy="14" r="2" /></>,
  // Doing.
  plus: <path d="M10 4v12M4 10h12" />,
  close: <path d="m5 5 10 10M15 5 5 15" />,
  next: <path d="m7.5 4.5 5.5 5.5-5.5 5.5" />,
  back: <path d="M12.5 4.5 7 10l5.5 5.5" />,
  down: <path d="M4.5 7.5 10 13l5.5-5.5" />,
  out: <><path d="M8 4H4v12h12v-4M11.5 3.5h5v5M16 4l-7 7" /></>,
  copy: <><path d="M7 7h9.5v9.5H7Z" /><path d="M13 7V3.5H3.5V13H7" /></>,
  search: <><circle cx="8.7" cy="8.7" r="5.2" /><path d="m12.6 12.6 4.4 4.4" /></>,
  undo: <path d="M6.5 3.5 3 7l3.5 3.5M3.5 7H12a4.7 4.7 0 0 1 0 9.5H8" />,
  lock: <><path d="M5 9h10v8H5Z" /><path d="M7 9V6.5a3 3 0 0 1 6 0V9" /></>,
  person: <><circle cx="10" cy="6.5" r="3.5" /><path d="M3.5 17.5c.4-4 2.9-6 6.5-6s6.1 2 6.5 6" /></>,
  sun: (
    <>
      <circle cx="10" cy="10" r="3.5" />
      <path d="M10 1.8v2M10 16.2v2M1.8 10h2M16.2 10h2M4.2 4.2l1.4 1.4M14.4 14.4l1.4 1.4" />
      <path d="M4.2 15.8l1.4-1.4M14.4 5.6l1.4-1.4" />
    </>
  ),
  moon: <path d="M16.5 11.9A7 7 0 1 1 8.1 3.5a5.5 5.5 0 0 0 8.4 8.4Z" />,
  auto: <><circle cx="10" cy="10" r="7" /><path d="M10 3v14a7 7 0 0 0 0-14Z" fill="currentColor" /></>,
} as const

export type IconName = keyof typeof SHAPES

/** An icon beside a word, which is why it is hidden from screen readers. With a `title` it speaks for itself. */
export function Icon({ name, title, size = 20 }: { name: IconName; title?: string; size?: number }) {
  return (
    <svg
      class="icon" width={size} height={size} viewBox="0 0 20 20" fill="none" stroke="currentColor" stroke-width="1.6"
      stroke-linecap="round" stroke-linejoin="round" role={title ? 'img' : undefined} aria-label={title}
      aria-hidden={title ? undefined : 'true'}
    >
      {SHAPES[name]}
    </svg>
  )
}

/** The points of a railway: one track comes in, a blade sets which of two it takes. */
export function Logo({ size = 28 }: { size?: number }) {
  return (
    <svg
      class="logo" width={size} height={size} viewBox="0 0 28 28" fill="none" stroke-linecap="round" aria-hidden="true"
    >
      <path class="logo-track" d="M4 19.5h20" stroke-width="2.6" />
      <path class="logo-branch" d="M7 19.5c6 0 7-11 17-11" stroke-width="2.6" />
      <circle class="logo-lamp" cx="7" cy="19.5" r="3.4" />
    </svg>
  )
}
