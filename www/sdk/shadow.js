// A corner of somebody else's page: what stands there is ours, and neither looks like the page nor changes it.

/** Important, because what the page says of its own elements would win otherwise. */
const HOST = {
  all: 'initial', position: 'fixed', bottom: 'max(16px,env(safe-area-inset-bottom))', 'z-index': 2147483647, 'color-scheme': 'light dark',
}

const rules = (place) => Object.entries({ ...HOST, ...place }).map(([name, value]) => `${name}:${value}!important`).join(';')

/** An element that is placed so, and the root of what is in it, which `style` is for. */
export function hosted(place, style) {
  const host = document.createElement('div')
  const root = host.attachShadow({ mode: 'open' })
  // Policies that forbid inline styles let these through.
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(`:host{${rules(place)}}*{box-sizing:border-box;font:inherit;color:inherit;margin:0}${style}`)
  root.adoptedStyleSheets = [sheet]
  return { host, root }
}

/** An element with properties (attributes, where it has no such property) and contents. */
export function element(name, properties, ...contents) {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(properties)) key in made ? (made[key] = value) : made.setAttribute(key, value)
  made.append(...contents)
  return made
}
