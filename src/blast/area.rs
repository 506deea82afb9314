//! Shares of units as areas: a line takes those whose draws lie in certain ranges, and draws are independent.

use super::lines::Line;
use crate::draw::ALL;
use alloc::vec;
use alloc::vec::Vec;

/// The share of all units. Up to three draws on one path are exact; each further one rounds up by less than 2^-96.
const WHOLE: u128 = 1 << 96;

/// The units that one line takes.
pub(super) struct Area<'l> {
    /// Of each draw, the range `start..end` in which it lies.
    ranges: Vec<(u64, u64)>,
    /// The things that they may meet, in rising order.
    pub(super) meets: &'l [usize],
}

/// The areas of a flag's lines when certain truths hold (bit by bit). Together they are all units, each once.
pub(super) fn areas(lines: &[Line], truths: u32, draws: usize) -> Vec<Area<'_>> {
    let mut left = vec![(0, ALL); draws];
    let mut areas = Vec::new();
    for line in lines.iter().filter(|line| line.needs.iter().all(|need| truths >> need & 1 == 1)) {
        let Some((draw, below)) = line.takes else {
            areas.push(Area { ranges: left, meets: &line.meets });
            break;
        };
        if below > left[draw].0 {
            let mut ranges = left.clone();
            ranges[draw].1 = below;
            left[draw].0 = below;
            areas.push(Area { ranges, meets: &line.meets });
        }
    }
    areas
}

/// The share of the units that lie in both areas, in parts of 2^96.
pub(super) fn common(one: &Area, other: &Area) -> u128 {
    let lengths = one.ranges.iter().zip(&other.ranges).map(|(a, b)| a.1.min(b.1).saturating_sub(a.0.max(b.0)));
    // A whole range changes nothing, so no product has more than 96 + 32 bits.
    lengths.filter(|length| *length < ALL).fold(WHOLE, |share, length| (share * u128::from(length)).div_ceil(1 << 32))
}

/// A share in parts of 2^32, with what is less than a part left out.
pub(super) fn down(share: u128) -> u64 {
    (share >> 64) as u64
}

/// A share in parts of 2^32, with what is less than a part taken for one.
pub(super) fn up(share: u128) -> u64 {
    (share.div_ceil(1 << 64) as u64).min(ALL)
}
