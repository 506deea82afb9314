/** The ways to look at what is tried: as a list, before anybody has planned it, and in time. */
const VIEWS = [
  { path: 'experiments', word: 'Experiments' }, { path: 'ideas', word: 'Ideas' }, { path: 'calendar', word: 'Calendar' },
] as const

export function Beside({ here }: { here: (typeof VIEWS)[number]['path'] }) {
  return (
    <nav class="tabs" aria-label="Ways to look at experiments">
      {VIEWS.map(({ path, word }) => (
        <a key={path} href={`#/${path}`} aria-current={path === here ? 'page' : undefined}>{word}</a>
      ))}
    </nav>
  )
}
