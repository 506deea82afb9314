// What lies in the stores of voices on the disk, read by a program of its own.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { root } from '../../build/setup.mjs'

/** Every answer below a product's state folder, in the order of arrival. The product must have stopped. */
export const answersIn = (product) => voicesIn(product).answers

/** Every ticket there, with what its unit had met. */
export const ticketsIn = (product) => voicesIn(product).tickets

function voicesIn({ folder }) {
  const args = ['run', '--locked', '--quiet', '-p', 'pointsman-native', '--bin', 'voices', '--', join(folder, 'state')]
  const { status, stdout, stderr, error } = spawnSync('cargo', args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 })
  if (status !== 0) throw new Error(`reading the answers failed: ${error?.message ?? stderr}`)
  return JSON.parse(stdout)
}

/** A survey of the tests' one experiment. */
export const SURVEY = { experiment: 'hero', question: 'Was it clear when your coffee is roasted?', choices: ['Yes', 'No'], comment: true }
