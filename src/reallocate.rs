//! New weights for a split, with as few units moved as there can be.
//!
//! A table gives each variant so many of the 2^32 draws. When weights change, some variants lose draws and others gain
//! them; each draw that one loses must move, and no other has to. So the units that move are the sum of the decreases.

use crate::draw::ALL;
use crate::limits::SPLIT_RANGES;
use crate::order::sorted;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// The table for new weights in which whoever can keep their variant keeps it.
///
/// Weights are numbers of any scale: 1 and 1 are halves, and so are 50 and 50. Draws are shared out by largest remainders
/// (Hamilton's method), ties to whom comes first in `weights`; a name that comes twice has both weights. Gives nothing
/// where all weights are 0 or there are more than [`SPLIT_RANGES`] names.
///
/// A variant gives up its last draws, and they go to the variants that gain in the order of `weights`; neighbours of one
/// variant merge. Each edit cuts at most one range of each variant that loses, so a table grows slowly. One that would get
/// more ranges than [`SPLIT_RANGES`] is written anew, each variant in one range: that once, more units move than need be.
#[must_use]
pub fn reallocate(table: &[(u64, String)], weights: &[(String, u64)]) -> Vec<(u64, String)> {
    let names: Vec<&String> = weights.iter().map(|(name, _)| name).collect();
    let shares = apportion(&weights.iter().map(|(_, weight)| *weight).collect::<Vec<_>>());
    if shares.is_empty() || shares.len() > SPLIT_RANGES {
        return Vec::new();
    }
    // What each variant may keep of the old table, from its start on; what is over is free.
    let place = |name: &str| names.iter().position(|known| *known == name);
    let mut room = vec![0; names.len()];
    for (name, share) in names.iter().zip(&shares) {
        room[place(name).unwrap_or_default()] += share;
    }
    let mut pieces: Vec<(u64, Option<&str>)> = Vec::new();
    let mut start = 0;
    for (end, variant) in table {
        let length = (*end).min(ALL).saturating_sub(start);
        let kept = place(variant).map_or(0, |place| {
            let kept = length.min(room[place]);
            room[place] -= kept;
            kept
        });
        pieces.extend([(kept, Some(variant.as_str())), (length - kept, None)]);
        start += length;
    }
    pieces.push((ALL - start, None));
    let mut gains = names.iter().map(|name| name.as_str()).zip(room);
    let mut gain = gains.next();
    let mut ranges = Vec::new();
    let mut end = 0;
    for (mut length, owner) in pieces {
        while length > 0 {
            let (taken, name) = match (owner, &mut gain) {
                (Some(owner), _) => (length, owner),
                (None, Some((_, 0))) => {
                    gain = gains.next();
                    continue;
                }
                (None, Some((name, open))) => {
                    let taken = length.min(*open);
                    *open -= taken;
                    (taken, *name)
                }
                // What is free and what is open are as much as each other.
                (None, None) => break,
            };
            length -= taken;
            end += taken;
            push(&mut ranges, end, name);
        }
    }
    if ranges.len() > SPLIT_RANGES {
        let (mut anew, mut end) = (Vec::new(), 0);
        for (name, share) in names.into_iter().zip(shares).filter(|(_, share)| *share > 0) {
            end += share;
            push(&mut anew, end, name);
        }
        return anew;
    }
    ranges
}

/// How many draws would meet another variant by the second table.
#[must_use]
pub fn moves(old: &[(u64, String)], new: &[(u64, String)]) -> u64 {
    let (mut moved, mut start) = (0, 0);
    let (mut before, mut after) = (old.iter().peekable(), new.iter().peekable());
    while let (Some(was), Some(is)) = (before.peek(), after.peek()) {
        let end = was.0.min(is.0);
        if was.1 != is.1 {
            moved += end.saturating_sub(start);
        }
        let (old_ends, new_ends) = (was.0 <= end, is.0 <= end);
        if old_ends {
            before.next();
        }
        if new_ends {
            after.next();
        }
        start = end;
    }
    moved
}

fn push(ranges: &mut Vec<(u64, String)>, end: u64, name: &str) {
    match ranges.last_mut() {
        Some(last) if last.1 == name => last.0 = end,
        _ => ranges.push((end, name.into())),
    }
}

/// All draws by weight: whole shares first, then one draw each to the largest remainders.
fn apportion(weights: &[u64]) -> Vec<u64> {
    let sum: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
    if sum == 0 {
        return Vec::new();
    }
    let parts: Vec<_> = weights.iter().map(|weight| u128::from(*weight) * u128::from(ALL)).collect();
    let mut shares: Vec<_> = parts.iter().map(|part| (part / sum) as u64).collect();
    let left = ALL - shares.iter().sum::<u64>();
    let rest = |index: &usize| parts[*index] % sum;
    let order = sorted((0..parts.len()).collect(), |one, other| rest(other).cmp(&rest(one)));
    for index in order.into_iter().take(left as usize) {
        shares[index] += 1;
    }
    shares
}
