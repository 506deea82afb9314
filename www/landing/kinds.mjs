// An example of each kind of test that comes with the engine, beside those that the story runs: planned, looked at, handed
// in and read by somebody else, and not started yet. And the flags and the segment that they are about.

const boolean = (description, more = {}) =>
  ({ description, kind: 'boolean', client: true, variants: { on: true, off: false }, off: 'off', otherwise: 'off', rules: [], ...more })
const texts = (description, [off, other], more = {}) => ({
  description, kind: 'string', client: true, variants: { [off]: off, [other]: other }, off, otherwise: off, rules: [], ...more,
})
/** Whatever a team brings in autumn asks this flag first, so that some visitors can go without all of it. */
const AUTUMN = [{ key: 'autumn', is: ['given'] }]

export const FLAGS = {
  'counting-check': texts('Nothing: both of its variants are the same, so that nothing may differ', ['same', 'again'], { variants: { same: 'same', again: 'same' } }),
  'beans-search': boolean('Whether the beans can be searched'),
  'tasting-notes': boolean('Whether the beans come with the notes of those who tasted them'),
  'order-store': texts('Where orders are kept', ['ledger', 'database'], { client: false }),
  autumn: texts('Whether visitors get what the team brings this autumn', ['given', 'without']),
  wrapping: boolean('Whether a bag can come wrapped', { prerequisites: AUTUMN }),
  samples: boolean('Whether a sample lies in every parcel', { prerequisites: AUTUMN }),
}

export const SEGMENTS = {
  tasters: {
    description: 'Those who have asked to try new things early',
    if: { listed: { attribute: 'unit', salt: 'tasters', ids: ['taster-1', 'taster-2', 'taster-3'] } },
  },
}

const flag = (key, control, treatment) => ({ kind: 'flag', flag: key, control, treatment })
const words = (page, select, from, text) => ({ kind: 'words', page, edits: [{ select, from, text }] })
const expect = (change, because, by, more = {}) => ({ change, metric: 'orders', direction: 'up', by, because, ...more })

/** The plans, each with what those in whose words it came have noted. `{running}` is the experiment that is under way. */
const all = (running) => [
  ['install-check', 'Check that we count right', 'Before we believe a number we want to see nothing where there is nothing.', {
    change: flag('counting-check', 'same', 'again'),
    hypothesis: expect('show both groups the same', 'nothing changes but the name of the group', 0.3),
  }],
  ['page-redesign', 'Land among the coffees', 'Whoever comes wants coffee. Must the first page stand in between?', {
    change: { kind: 'pages', page: '/', other: '/beans' },
    hypothesis: expect('show the coffees in the place of the first page', 'every further page is a chance to leave', 0.3),
  }],
  ['pricing', 'Say the price of two bags', 'Nobody pays for the post twice if they take two.', {
    change: words('/', '#fact-free', 'Free over £20', 'Two bags travel free over £20'),
    hypothesis: expect('say what two bags cost with the post', 'people add one to save what the post costs', 0.3, { metric: 'revenue' }),
    metrics: ['orders'], base: 6, spread: 9,
  }],
  ['checkout-step', 'Forgot something?', 'Who goes back for another coffee from the basket often does not return.', {
    change: words('/basket', '#add-another', 'Add another coffee', 'Forgot something? Your basket waits'),
    hypothesis: expect('say that the basket waits', 'people fear to lose what they chose', 0.3),
  }],
  ['rollout', 'Search the coffees', 'It is built. Nobody has seen it yet.', {
    change: flag('beans-search', 'off', 'on'),
    hypothesis: expect('let people search the coffees', 'regulars know the name of what they want', 0.3),
  }],
  ['beta', 'Tasting notes for tasters', 'Some have asked to see what others tasted.', {
    change: flag('tasting-notes', 'off', 'on'), segment: 'tasters',
    hypothesis: expect('give tasting notes to people on the list', 'they asked for it and will tell us what is missing', 0.3),
  }],
  ['backend', 'Keep orders in a database', 'The ledger is one file. It has to go before Christmas, and nobody may notice.', {
    change: flag('order-store', 'ledger', 'database'),
    hypothesis: expect('keep orders in a database', 'it answers when many order at once', 0.25),
  }],
  ['campaign', 'The box for St Nicholas', 'Presents are looked for until the fifth of December, and not a day longer.', {
    change: words('/', '#fact-dated', 'Dated by hand', 'Boxed by hand until St Nicholas'),
    hypothesis: expect('offer the box at the top', 'people look for presents until the fifth', 0.3),
  }],
  ['holdout', 'What autumn brought', 'Wrapping, samples: each helped a little, or so we think. What is all of it worth?', {
    change: flag('autumn', 'given', 'without'), ramp: [5, 10],
    hypothesis: expect('keep what we bring this autumn from some', 'each of it helped a little', 0.3, { direction: 'down' }),
  }],
  ['combination', 'Name the farm as well', 'The price per cup is being tried on this page. The farm may help it, or get in its way.', {
    change: words('/beans', '#shelf-title', 'The beans', 'Four coffees, and who grew them'), crossed: running,
    hypothesis: expect('also say which farm each coffee is from', 'price and farm may tell the same twice', 0.3),
  }],
]

/** The examples: `{title, note, plan}`, beside the experiment that is under way. */
export const examples = (running) => all(running).map(([key, title, note, plan]) =>
  ({ title, note, plan: { title, guardrails: ['errors'], metrics: ['revenue'], base: 0.4, ramp: [], template: { key, version: 1 }, ...plan } }))

/** What somebody else says who has read them. */
export const READ = 'Reads well. Start it when what runs now is decided.'
