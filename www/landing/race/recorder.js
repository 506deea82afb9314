// Keeps what this page shows and when, in milliseconds since its navigation began: the headline at each frame at which it
// changed, and what the browser itself says of paints, of the headline's first rendering and of layout shifts.
{
  const record = (globalThis.record = { frames: [], paints: {}, rendered: undefined, shifts: [] })
  let last
  const look = () => {
    const words = document.querySelector('#headline')?.textContent
    const seen = words !== undefined && getComputedStyle(document.documentElement).opacity !== '0' ? words : ''
    if (seen !== last) record.frames.push({ at: performance.now(), words: (last = seen) })
    requestAnimationFrame(look)
  }
  requestAnimationFrame(look)
  const watch = (type, keep) => {
    if (PerformanceObserver.supportedEntryTypes.includes(type)) {
      new PerformanceObserver((list) => list.getEntries().forEach(keep)).observe({ type, buffered: true })
    } else (record.unknown ??= []).push(type)
  }
  watch('paint', ({ name, startTime }) => (record.paints[name] = startTime))
  watch('element', ({ identifier, renderTime }) => identifier === 'headline' && (record.rendered ??= renderTime))
  watch('layout-shift', ({ startTime, value }) => record.shifts.push({ at: startTime, value }))
}
