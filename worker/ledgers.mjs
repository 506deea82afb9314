// In which ledger of a place something counts: units that we have signed, and those that anybody can name.

/**
 * Where the units of a place are told apart that nobody has signed: in shards of their own, so that what anybody can invent
 * is never added to what is known. A place whose document says `"intake": "open"` has no other units.
 */
export const unsigned = (place) => ({ ...place, name: `${place.name}/open` })

/** Where a place counts what servers tell it. */
export const ledgerOf = (place, names) => (names.edge.intake === 'open' ? unsigned(place) : place)
