// What every screen owes to people who cannot see it or do not use a mouse, read from the tree that Chromium gives to
// screen readers, and the rules of WCAG 2.2 AA as axe-core knows them.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const ALL = { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }
/** The rules whose answer hangs on colours. */
export const COLOURS = { type: 'rule', values: ['color-contrast', 'link-in-text-block'] }

/** Roles that mean nothing without a name. */
const NAMED = [
  'button', 'link', 'textbox', 'searchbox', 'checkbox', 'radio', 'radiogroup', 'combobox', 'slider', 'spinbutton', 'switch',
  'img', 'image', 'dialog', 'progressbar', 'table', 'navigation', 'heading', 'complementary',
]

/** Everything that is wrong with a page as it stands, in words. */
export async function problemsOf(page) {
  const session = await page.context().newCDPSession(page)
  const { nodes } = await session.send('Accessibility.getFullAXTree')
  await session.detach()
  const told = nodes.filter(({ ignored }) => !ignored)
  const role = (node) => node.role?.value
  const headings = told.filter((node) => role(node) === 'heading').map((node) => ({
    name: node.name?.value, level: node.properties.find(({ name }) => name === 'level')?.value.value,
  }))
  const nameless = told.filter((node) => NAMED.includes(role(node)) && !node.name?.value?.trim())
  const first = headings.filter(({ level }) => level === 1)
  const jumps = headings.filter(({ level }, i) => i > 0 && level > headings[i - 1].level + 1)
  return [
    ...nameless.map((node) => `a ${role(node)} without a name`),
    ...(first.length === 1 ? [] : [`${first.length} headings of the first level: ${first.map(({ name }) => name)}`]),
    ...jumps.map(({ name, level }) => `“${name}” is of level ${level}, below a level that is not there`),
    ...(told.filter((node) => role(node) === 'main').length === 1 ? [] : ['not one main part']),
    ...(await page.evaluate(inPage)),
  ]
}

/** What axe-core finds, in words. Pages on which something still moves are measured wrongly, so they are asked to be still. */
export async function violationsOf(page, rules = ALL) {
  await page.emulateMedia({ reducedMotion: 'reduce' })
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE)
  const { violations } = await page.evaluate((runOnly) => globalThis.axe.run(document, { resultTypes: ['violations'], runOnly }), rules)
  return violations.flatMap(({ id, help, nodes }) => nodes.map(({ target, any }) => `${id}: ${help}, at ${target.join(' ')}. ${any[0]?.message ?? ''}`))
}

/** All that is wrong with a screen, light and dark, on a desk and on a phone. It stays as a desk shows it. */
export async function everywhere(page) {
  const found = []
  for (const width of [390, 1280]) {
    await page.setViewportSize({ width, height: 900 })
    for (const colorScheme of ['dark', 'light']) {
      await page.emulateMedia({ colorScheme })
      found.push(...await problemsOf(page), ...await violationsOf(page))
    }
  }
  return found
}

/** What only the page itself knows. */
function inPage() {
  const problems = []
  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id)
  for (const id of new Set(ids.filter((id, i) => ids.indexOf(id) !== i))) problems.push(`the id “${id}” is there twice`)
  for (const pointed of ['aria-labelledby', 'aria-describedby', 'for']) {
    for (const element of document.querySelectorAll(`[${pointed}]`)) {
      for (const id of element.getAttribute(pointed).split(' ')) {
        if (!document.getElementById(id)) problems.push(`${pointed} leads to “${id}”, which is not there`)
      }
    }
  }
  const { scrollWidth, clientWidth } = document.documentElement
  if (scrollWidth > clientWidth) problems.push(`it is ${scrollWidth - clientWidth} pixels wider than the window`)
  if (!document.title || !document.documentElement.lang) problems.push('no title or no language')
  return problems
}
