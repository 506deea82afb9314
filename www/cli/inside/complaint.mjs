// What keeps a command from doing its work: the place, the cause and what to do, in one line.

import { plain } from './paint.mjs'

export class Complaint extends Error {
  constructor(place, cause, fix) {
    super(plain([place && `${place}:`, cause, fix].filter(Boolean).join(' ')))
    Object.assign(this, { place, cause, fix })
  }
}
