// What applications are tested with, part one. Jest is in further/.

import { test } from 'node:test'
import { example } from './examples.mjs'
import { runs } from './runners.mjs'

test('Vitest, React, jsdom', () => runs(example('vitest'), `import { expect, test } from 'vitest'`))
