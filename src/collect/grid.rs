//! The one logarithmic grid of all quantiles: fixed, so that counts on it add up across units, shards and replays.
//!
//! Below 64 every whole number has a place of its own. From there on each doubling has 32 places, so that a place is at
//! most a thirty-second of its value wide: whoever takes the middle of one errs by at most 1.6 percent. What is negative
//! counts as 0.

/// Places of a doubling, as a power of two.
const PRECISION: u32 = 5;

/// Places that the grid has: values go to 2^43.
pub const PLACES: usize = ((44 - PRECISION) as usize) << PRECISION;

/// The place of a value.
#[must_use]
pub fn place(value: i64) -> usize {
    let value = value.max(0).cast_unsigned();
    let bits = u64::BITS - value.leading_zeros();
    let shift = bits.saturating_sub(PRECISION + 1);
    let place = ((u64::from(shift) << PRECISION) + (value >> shift)) as usize;
    place.min(PLACES - 1)
}

/// The smallest value of a place.
#[must_use]
pub fn start(place: usize) -> u64 {
    let shift = (place >> PRECISION).saturating_sub(1);
    ((place - (shift << PRECISION)) as u64) << shift
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_lies_in_its_place_and_no_place_is_wide() {
        for value in (0..5000).chain((12..43).flat_map(|bits| [(1_i64 << bits) - 1, 1 << bits, (1 << bits) + 7])) {
            let place = place(value);
            let (from, below) = (start(place), start(place + 1));
            let value = value.cast_unsigned();
            assert!(from <= value && value < below, "{value} in {from}..{below}");
            assert!(below - from == 1 || (below - from) * 32 <= from, "{from}..{below}");
        }
        assert_eq!(place(-5), 0);
        assert_eq!(place(i64::MAX), PLACES - 1);
    }
}
