// What applications are tested with, part two.

import { test } from 'node:test'
import { example } from '../examples.mjs'
import { runs } from '../runners.mjs'

test('Jest, React, jsdom, Babel', () => runs(example('jest')))
