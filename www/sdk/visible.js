// Whether somebody sees the page: a browser may make one ready for nobody yet, or keep it behind another.

const CHANGES = ['visibilitychange', 'prerenderingchange']

/** Whether the page is seen. Where there is no page there is nothing to wait for. */
export function visible() {
  const { document } = globalThis
  return !document || (document.visibilityState === 'visible' && !document.prerendering)
}

/** Runs `work` when the page goes out of sight; gives what keeps it from running. */
export function whenHidden(work) {
  const { document } = globalThis
  const look = () => visible() || work()
  document?.addEventListener(CHANGES[0], look)
  return () => document?.removeEventListener(CHANGES[0], look)
}

/** Runs `work` now or when the page is seen for the first time; gives what keeps it from running. */
export function whenVisible(work) {
  if (visible()) return void work()
  const { document } = globalThis
  const stop = () => CHANGES.forEach((change) => document.removeEventListener(change, look))
  const look = () => {
    if (!visible()) return
    stop()
    work()
  }
  CHANGES.forEach((change) => document.addEventListener(change, look))
  return stop
}
