// How many visitors this isolate has sent on, and of how many the collector never told that it knew. The page where they
// arrive tells it again; what is lost all the same is at most this.

const counts = new Map()

/** What health tells of a place, once somebody was sent on there. */
export const redirectsOf = ({ name }) => counts.get(name)

/** Enters that somebody was sent on, for so many runs. */
export function countRedirect(place, runs, acknowledged) {
  const { sent, unacknowledged } = redirectsOf(place) ?? { sent: 0, unacknowledged: 0 }
  counts.set(place.name, { sent: sent + runs, unacknowledged: unacknowledged + (acknowledged ? 0 : runs) })
}
