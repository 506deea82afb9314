// What the demo's shop has published and tried: its flags and metrics, and the plans of its experiments.

import { FRESHNESS, LETTERBOX, ONE_PAGE, PER_CUP, TIMETABLE } from './habits.mjs'
import { FLAGS, SEGMENTS } from './kinds.mjs'

export const DOCUMENT = {
  format: 1,
  flags: {
    'gift-note': {
      description: 'Whether the basket offers to add a note for a gift',
      kind: 'boolean', client: true, variants: { on: true, off: false }, off: 'off', otherwise: 'off', rules: [],
    },
    'beans-sort': {
      description: 'What the beans are sorted by',
      kind: 'string', client: true, variants: { roast: 'roast', price: 'price' }, off: 'roast', otherwise: 'roast', rules: [],
    },
    ...FLAGS,
  },
  segments: SEGMENTS,
  metrics: {
    orders: { description: 'A visitor orders at least once', event: 'order' },
    revenue: {
      description: 'What a visitor spends', event: 'order', measure: { kind: 'sum', currency: 'GBP', cap: 200 },
    },
    errors: { description: 'A visitor meets an error on a page', event: 'error' },
  },
}

/** What a team of the shop's size can wait for: at the first stage, one visitor in forty is in each arm. */
export const HOLD = { minutes: 360, units: 5 }
/** Used unless the playbook has a limit of its own: two visitors in a hundred more may meet an error, by no means more. */
export const ERRORS = { metric: 'errors', harm: 'more', tolerance: 0.02 }

const words = (page, edits) => ({ kind: 'words', page, edits: edits.map(([select, from, text]) => ({ select, from, text })) })
const orders = (change, by, because) => ({ change, metric: 'orders', direction: 'up', by, because })
const common = { guardrails: ['errors'], metrics: ['revenue'], base: 0.4, ramp: [5, 25, 50] }

const LEAD = 'Small batches from an old signal box beside the branch line. Order before ten, and your beans are roasted, bagged and on the mail train the same evening.'
const WEIGHT = '250 g, whole beans'

export const PLANS = {
  [FRESHNESS]: {
    ...common, title: FRESHNESS,
    change: words('/', [
      ['#headline', 'Coffee, roasted the day it ships', 'Roasted this morning, at your door tomorrow'],
      ['#cta', 'See the beans', 'Choose today’s roast'],
    ]),
    hypothesis: orders('promise freshness by the hour', 0.3, 'the day of roasting means little to most, and “this morning” means something to everybody'),
  },
  [LETTERBOX]: {
    ...common, title: LETTERBOX,
    change: words('/', [['#lead', LEAD, `Flat bags that come through the letterbox, from an old signal box beside the branch line. ${LEAD.split('. ')[1]}`]]),
    hypothesis: orders('say first that nobody has to be at home', 0.4, 'people miss parcels and have to fetch them'),
  },
  [TIMETABLE]: {
    ...common, title: TIMETABLE,
    change: words('/', [
      ['#timetable-title', 'From drum to door, calling at', 'By ten today, at your door tomorrow: our promise'],
      ['#choose', 'Choose a coffee', 'Catch today’s train'],
    ]),
    hypothesis: orders('call the timetable a promise', 0.3, 'a timetable tells what is meant, and a promise can be kept'),
  },
  [ONE_PAGE]: {
    ...common, title: ONE_PAGE,
    change: words('/basket', [
      ['#basket-title', 'Your basket', 'Your basket and your order, on one page'],
      ['#order', 'Order', 'Order now'],
    ]),
    hypothesis: orders('put the basket and the order on one page', 0.4, 'every further page is a chance to leave'),
  },
  [PER_CUP]: {
    ...common, title: PER_CUP, template: { key: 'page-copy', version: 1 },
    change: words('/beans', [
      ['#shelf-intro', 'Four coffees, roasted to order from Monday to Friday and sent the same evening.', 'Four coffees, from 56p a cup, roasted to order and sent the same evening.'],
      ['#early-clear-weight', WEIGHT, '16 cups, 69p each'],
      ['#branch-line-weight', WEIGHT, '16 cups, 59p each'],
      ['#night-mail-weight', WEIGHT, '16 cups, 56p each'],
      ['#quiet-siding-weight', WEIGHT, '16 cups, 63p each'],
    ]),
    hypothesis: orders('say what a cup costs beside what a bag costs', 0.4, 'nobody knows how far 250 grams go, and everybody knows what a café charges'),
  },
}

export const NOTES = {
  [FRESHNESS]: 'People ask on the telephone when their coffee was roasted. The page could say it first.',
  [ONE_PAGE]: 'Half of those who fill a basket never see the order.',
  [LETTERBOX]: 'Every third call is about a parcel that nobody was at home for.',
  [TIMETABLE]: 'The timetable is what people photograph when they visit. Does it sell?',
  [PER_CUP]: 'A bag looks dear beside the supermarket’s, a cup looks cheap beside the café’s.',
}

/** Who works together, on what, and what each team wants of a week. */
export const TEAMS = [
  { key: 'shop-front', name: 'Shop front', channel: '#shop-front', goal: 'One promise on the first page that holds', decisions: 1 },
  { key: 'checkout', name: 'Checkout', channel: '#checkout', goal: 'Fewer people who leave with a full cart', decisions: 1 },
  { key: 'prices', name: 'Prices', channel: '#prices', goal: 'Know what people mind paying for, and what not', decisions: null },
  { key: 'letters', name: 'Letters', channel: 'letters@shop.example', goal: 'Every letter says something worth opening', decisions: null },
]

/** What each team looks at together. */
export const BOARDS = {
  'shop-front': ['first-orders', 'orders', 'errors'], checkout: ['orders', 'revenue', 'errors'], prices: ['paid', 'revenue'], letters: ['orders', 'revenue'],
}

/** What has not been planned yet, and by how many it is wanted: of two people, one or both. */
export const IDEAS = [
  {
    votes: 2, what: 'A first bag at half its size', team: 'shop-front', page: '/beans', impact: 3, effort: 3,
    expect: 'Newcomers hesitate before 250 grams of something that they have never tasted; 100 grams bring more of them in.',
    evidence: 'Three people who wrote to us asked for a smaller bag.',
  },
  {
    votes: 1, what: 'Say on the beans page when the parcel arrives', team: 'shop-front', page: '/beans', impact: 2, effort: 1,
    expect: 'Whoever knows the day orders today and not tomorrow.', evidence: 'Most calls ask for it.',
  },
  {
    votes: 0, what: 'Keep the cart for a week', team: 'checkout', page: '', impact: 2, effort: 3,
    expect: 'Those who come back find what they chose, and fewer begin anew.', evidence: '',
  },
  {
    votes: 0, what: 'A letter on the day before the beans run out', team: 'letters', page: '', impact: 3, effort: 2,
    expect: 'Whoever drinks a bag in three weeks is glad of a word after two and a half.', evidence: '',
  },
]

/** Whose each experiment is. */
export const OWNERS = {
  [LETTERBOX]: 'letters', [FRESHNESS]: 'shop-front', [ONE_PAGE]: 'checkout', [TIMETABLE]: 'shop-front', [PER_CUP]: 'shop-front',
}

/** Begun, with what is still to be answered left out. */
export const DRAFT = {
  what: 'Name the roaster', expect: 'The box has a face. The page does not show it.', page: '/', team: 'shop-front',
  plan: {
    ...common, title: 'Name the roaster',
    change: words('/', [['#story-title', 'The box at the end of the platform', 'Roasted by the people who pull the levers']]),
    hypothesis: orders('say who roasts the coffee', 0.15, ''),
  },
}

/** What was learned, by the experiment. */
export const DEBRIEFS = {
  [LETTERBOX]: {
    surprise: 'That what everybody asks about on the telephone moves nobody on the page.',
    tell: 'Those who call have ordered already. What keeps people from ordering is something else than what bothers them afterwards.',
    next: 'Say it in the message that tells that a parcel is on its way.',
  },
  [FRESHNESS]: {
    surprise: 'That two lines of words move so many. We changed the headline and the button together, so we cannot say which of them did it.',
    tell: 'Say when, not how. “The day it ships” is about us; “this morning” is about the cup. Whoever writes for the newsletter or the bags can use it today.',
    next: 'Try the same promise on the beans page, and ask those who ordered whether the bag kept it.',
  },
}

export const SURVEY = {
  question: 'Was it clear what a cup of our coffee costs?',
  choices: ['Yes', 'Nearly', 'No'],
  comment: true,
}
