// Every screen of the dashboard in the demo, as it is named behind the `#`.

/** The tabs of an experiment that say something in its state. */
const TABS = {
  running: ['live', 'reading'], stopped: ['reading', 'live'], debriefed: ['reading', 'live', 'debrief'],
}

const SETUP = ['people', 'teams', 'tokens', 'playbook', 'integrations', 'history', 'environments', 'appearance', 'integrations/received']

/** All screens, with those of these experiments. */
export const screensOf = (experiments) => [
  'now', 'experiments', 'experiments/new',
  ...experiments.flatMap(({ key, state }) => (TABS[state] ?? ['']).map((tab) => `experiments/${key}/${tab}`)),
  'flags', 'flags/staging', 'flags/production/gift-note', 'flags/production?show=versions',
  'flags/production?show=advice', 'flags/development?show=advice',
  'ideas', 'ideas?new=1', 'ideas?team=letters', 'calendar', 'calendar?by=team', 'now?team=checkout',
  'data', 'data/live', 'data/metrics', 'data/metrics/orders', 'data/metrics/revenue?steps=order', 'data/metrics?new=1',
  'data/metrics/revenue?change=1', 'data/boards/checkout', 'data/boards/checkout?in=staging',
  'voices', 'voices?ask=1', 'voices?q=beans', 'voices?q=zebra', 'learn', 'start', 'library', 'library?q=morning', 'library?q=zebra', 'library/together', 'library/claims', 'library/claims?for=nobody', 'library/import', 'practice', 'week', 'alerts', 'alerts?state=snoozed', 'alerts?state=resolved',
  ...SETUP.map((part) => `setup/${part}`),
  // What is not there.
  'experiments/gone', 'flags/production/gone', 'data/metrics/gone', 'library/past/gone', 'nowhere',
]

/** The pictures of the guides in docs/, and the screen that each is of. */
export function picturesOf(experiments) {
  const of = (state, tab) => `experiments/${experiments.find((one) => one.state === state).key}/${tab}`
  return {
    now: 'now', ideas: 'ideas', calendar: 'calendar', plan: 'experiments/new', live: of('running', 'live'), reading: of('debriefed', 'reading'),
    stopped: of('stopped', 'reading'), debrief: of('debriefed', 'debrief'), library: 'library', together: 'library/together', practice: 'practice',
    flags: 'flags', flag: 'flags/production/gift-note', data: 'data', voices: 'voices', playbook: 'setup/playbook',
  }
}

/** What the pages that a mail opens ask about an experiment. */
const LETTER = {
  question: 'How easy was it to find the coffee you wanted?', rating: { low: 'Not at all', high: 'Completely', from: 1, to: 5 }, contact: true,
  follow: [{ after: ['1', '2'], question: 'What was missing?' }], when: { quiet: 0 },
}

/** Asks in a running experiment by mail; gives what opens such a link for somebody new. */
export async function lettersOf(team, project, { key, page }) {
  const { surveys } = await team.api.post(`${project}/voices`, { experiment: key, ...LETTER })
  const survey = surveys.find(({ question }) => question === LETTER.question).key
  await team.published()
  return async () => {
    const { unit } = await team.met(page, key)
    const { outcomes: [{ link }] } = await team.api.post(`${project}/voices/${survey}/links`, { units: [unit] })
    return link
  }
}

/** Goes through the pages of such a link, and tells each by its name. */
export async function read(page, link, told) {
  const send = () => page.getByRole('button', { name: 'Send' }).click()
  await page.goto(`${link}?choice=4`)
  await told('ask')
  await page.getByRole('radio', { name: /^1/ }).check()
  await send()
  await page.getByRole('textbox').waitFor()
  await told('ask-next')
  await page.getByRole('textbox').fill('The price of a bag.')
  await send()
  await page.getByRole('heading', { name: 'Thank you.' }).waitFor()
  await told('ask-thanks')
  await page.getByRole('link').click()
  await page.getByRole('checkbox').waitFor()
  await told('leave')
}

/** Goes to a screen, and waits until it has what it shows. */
export async function show(page, screen) {
  await page.evaluate((screen) => (location.hash = `#/${screen}`), screen)
  await page.waitForTimeout(50)
  await page.waitForFunction(() => !document.querySelector('.skeleton'))
}
