// What keeps a command from doing its work: the place, the cause and what to do, in one line.

export class Complaint extends Error {
  constructor(place, cause, fix) {
    super([place && `${place}:`, cause, fix].filter(Boolean).join(' '))
    Object.assign(this, { place, cause, fix })
  }
}
