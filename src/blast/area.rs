//! Shares of units as areas: a line takes those whose draws lie in certain ranges, and draws are independent.

use super::lines::{Line, Take};
use crate::draw::ALL;
use alloc::vec;
use alloc::vec::Vec;

/// The share of all units. Up to three draws on one path are exact; each further one rounds up by less than 2^-96.
const WHOLE: u128 = 1 << 96;

/// How many areas a flag may have in one combination of truths; real ones have less than a hundred.
const AREAS: usize = 1 << 12;

/// Units that one line takes.
pub(super) struct Area<'l> {
    /// Of each draw, the range `start..end` in which it lies.
    ranges: Vec<(u64, u64)>,
    /// The things that they may meet, in rising order.
    pub(super) meets: &'l [usize],
}

/// The areas of a flag's lines when certain truths hold (bit by bit). Together they are all units, each once. Nothing if
/// there are more than [`AREAS`].
pub(super) fn areas(lines: &[Line], truths: u32, draws: usize) -> Option<Vec<Area<'_>>> {
    let mut left = vec![vec![(0, ALL); draws]];
    let mut areas = Vec::new();
    let holds = |truth: &usize| truths >> truth & 1 == 1;
    for line in lines.iter().filter(|line| line.needs.iter().all(holds) && !line.bars.iter().any(holds)) {
        let mut rest = Vec::new();
        for ranges in left {
            if let Some(ranges) = take(ranges, &line.takes, &mut rest) {
                areas.push(Area { ranges, meets: &line.meets });
            }
        }
        left = rest;
        if areas.len() + left.len() > AREAS {
            return None;
        }
    }
    Some(areas)
}

/// What a line takes of some ranges, if anything; what it leaves goes to `rest`, in pieces.
fn take(mut ranges: Vec<(u64, u64)>, takes: &[Take], rest: &mut Vec<Vec<(u64, u64)>>) -> Option<Vec<(u64, u64)>> {
    let mut pieces = Vec::new();
    for Take { draw, from, below } in takes {
        let (start, end) = ranges[*draw];
        for (start, end) in [(start, end.min(*from)), (start.max(*below), end)] {
            if start < end {
                let mut piece = ranges.clone();
                piece[*draw] = (start, end);
                pieces.push(piece);
            }
        }
        ranges[*draw] = (start.max(*from), end.min(*below));
        if ranges[*draw].0 >= ranges[*draw].1 {
            // The pieces are all there is, and none of it was taken.
            rest.append(&mut pieces);
            return None;
        }
    }
    rest.append(&mut pieces);
    Some(ranges)
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
