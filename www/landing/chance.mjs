// Chance that can be repeated: every stream of a seed is its own sequence, so what one visitor chooses does not depend
// on which visitor was served first.

/** A function that gives numbers in [0, 1): SplitMix32 (Steele, Lea and Flood 2014, with 32-bit constants). */
export function chance(seed, stream = 0) {
  let state = mixed(seed) ^ mixed(mixed(stream) + 1)
  return () => {
    state = (state + 0x9e3779b9) | 0
    return (mixed(state) >>> 0) / 2 ** 32
  }
}

function mixed(number) {
  let bits = number | 0
  bits = Math.imul(bits ^ (bits >>> 16), 0x21f0aaad)
  bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97)
  return bits ^ (bits >>> 15)
}
