// The document of the tests at the edge: one headline test on every page, half and half, and one flag that stays home.

export const WORDS = { control: 'Coffee, roasted the day it ships', fresh: 'Today’s roast, at your door' }

/** The new words as they stand in a page: plain ASCII, so that no encoding can spoil them. */
export const MARKUP = WORDS.fresh.replace('’', '&#8217;')

export const documentOf = ({ rollout = 2 ** 32, epoch = 1, value = WORDS.fresh } = {}) => ({
  format: 1,
  flags: {
    hero: {
      description: 'The words at the top', kind: 'string', client: true, variants: { ...WORDS, fresh: value },
      off: 'control', otherwise: 'control', rules: [{ experiment: 'hero' }],
    },
    margin: {
      description: 'Nothing for browsers', kind: 'string', variants: { low: 'a secret' }, off: 'low', otherwise: 'low', rules: [],
    },
  },
  metrics: { orders: { description: 'A visitor orders', event: 'order' } },
  experiments: {
    hero: {
      description: 'A test', flag: 'hero', metric: 'orders', control: 'control',
      run: { id: 'hero-1', salt: 'hero-1', epoch, rollout, split: [[2 ** 31, 'control'], [2 ** 32, 'fresh']] },
    },
  },
  pages: { all: { path: '/*', flag: 'hero', variants: { fresh: [{ select: '#headline', change: { text: value } }] } } },
})

/** The page that stub origins serve, with a word that tells encodings apart. */
export const PAGE = `<!doctype html><html lang="en"><head><title>Café</title></head>
<body><h1 id="headline">${WORDS.control}</h1><p>Café &amp; <b>crème</b></p></body></html>
`

/** Everything that could end a script, begin a comment or end a line. */
export const HOSTILE = '</script><!--<script>&amp;&lt;\u2028\u2029\'"\\</ScRiPt ]]>-->${x}é😀\u0000\u0085'
