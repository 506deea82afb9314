//! Who would meet something new if one document replaced another.
//!
//! Nobody is sampled: rules, rollouts and runs are ranges of draws, so the share of units that newly meet a thing is
//! interval arithmetic. What depends on the visitor or on the time is unknown here: `if`, prerequisites, `from`, `until`,
//! how far a ramp has come, what a sticky run has kept, ids forced by another attribute than `unit`, draws of such an
//! attribute (few devices may have many visitors) and draws that a flag below reads, too. Every combination of such truths
//! is looked at, and the worst one counts. So the answer is exact where the combinations can occur, and never too small.
//! Units that are forced by their own name are few: they are in no share, and [`diff`] counts them one by one.
//!
//! A *thing* is what a unit meets: a variant's value and its edits. A variant with another value is another thing; one
//! with another name is not. Being in a test counts as meeting everything that it shows, so a run is as large as its
//! rollout. The *safe* thing is that of the old document's `off`: to bring people back to it is no exposure. That of the
//! new document's `off` is one click away from everybody, so a new one counts as met by everybody. A context without
//! the attribute that is drawn is no unit, and is not counted.
//!
//! Many small things make a large one: each thing is also looked at together with all that no more units meet now.

mod area;
mod diff;
mod forced;
mod lines;
mod rules;
mod truths;

pub use diff::{Change, Estimate, Kind, Move, Path, State, diff};
pub use forced::Forced;

use crate::document::{Code, Document, Problem};
use crate::draw::{ALL, percent_of_all};
use crate::limits;
use crate::order::sorted;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use area::{Area, areas, common, down, up};
use lines::{Lines, Look};
use litemap::LiteMap;

/// More units would meet a thing than now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Growth {
    /// The flag's key.
    pub flag: String,
    /// The variant of the new document that is the thing.
    pub variant: String,
    /// How many other things are looked at together with it: all that would grow and that no more units meet now.
    pub others: usize,
    /// The share of units that meet it now, in parts of 2^32.
    pub before: u64,
    /// The same and the share of units that would newly meet it, or one of the others, in parts of 2^32.
    pub after: u64,
    /// Whether these are shares of one group of visitors, told from the others by conditions or by time.
    pub group: bool,
    /// Whether a test is among what they count: with it everybody who is in, whichever variant they meet.
    pub tested: bool,
}

impl Growth {
    /// What grows, in words.
    pub(crate) fn subject(&self) -> String {
        let others = match self.others {
            0 => String::new(),
            others => format!(" or {others} more"),
        };
        format!("“{}”{others}{}", self.variant, if self.tested { " or its test" } else { "" })
    }

    fn whom(&self) -> &'static str {
        if self.group { "one group of visitors" } else { "the visitors" }
    }
}

/// A flag has more conditions than can be looked at in all their combinations (see [`limits::BLAST_TRUTHS`] and
/// [`limits::BLAST_WORK`]). Whoever asks has to take the change for unsafe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TooManyConditions {
    /// The flag's key.
    pub flag: String,
}

/// The units that would meet another thing than now, in parts of 2^32.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moved {
    /// All of them.
    pub share: u64,
    /// Those that newly meet something that is not the safe thing.
    pub gains: u64,
    /// Those that no longer meet something that is not the safe thing.
    pub loses: u64,
}

/// All growths that `new` would bring over `old`. A thing has several where combinations of truths differ and none is
/// the worst: one that begins lower and one that ends higher.
pub fn growth(old: &Document, new: &Document) -> Result<Vec<Growth>, TooManyConditions> {
    let mut growths = Vec::new();
    let mut work = limits::BLAST_WORK;
    for key in new.flags.keys() {
        let Some(lines) = Lines::new(old, new, key, Look::default()) else { continue };
        let combinations = combinations(&lines).ok_or_else(|| TooManyConditions { flag: key.clone() })?;
        let mut worst = LiteMap::new_vec();
        let possible: Vec<_> = (0..combinations).filter(|truths| lines.truths.possible(*truths)).collect();
        // A ramp passes all that lies between its ends, so what begins lowest and what ends highest count together.
        let mut spans: LiteMap<u32, Vec<u32>> = LiteMap::new_vec();
        for truths in &possible {
            spans.entry(truths & !lines.truths.ramps()).or_default().push(*truths);
        }
        for span in spans.values() {
            let mut ends: LiteMap<_, (u64, u64)> = LiteMap::new_vec();
            for truths in span {
                let grown = grown(&lines, *truths, &mut work).ok_or_else(|| TooManyConditions { flag: key.clone() })?;
                for (things, before, after) in grown {
                    let ends = ends.entry(things).or_insert((before, after));
                    *ends = (ends.0.min(before), ends.1.max(after));
                }
            }
            for (things, (before, after)) in ends {
                keep(worst.entry(things).or_insert_with(Vec::new), (before, after, span.len()));
            }
        }
        for ((thing, others), pairs) in worst {
            let variant = lines.variant(thing);
            let mut all = lines.old.iter().chain(&lines.new);
            let tested = all.any(|line| line.meets.len() > 1 && (others > 0 || line.meets.contains(&thing)));
            growths.extend(pairs.into_iter().map(|(before, after, times)| Growth {
                flag: key.clone(),
                variant: variant.to_string(),
                others,
                before,
                after,
                group: times < possible.len(),
                tested,
            }));
        }
    }
    Ok(growths)
}

/// The units that a flag would move, in the combination of truths that moves most. Nothing if the new document has no
/// such flag, or one with too many conditions. It is told to people, so whoever keeps in a test what they had is not moved.
#[must_use]
pub fn moved(old: &Document, new: &Document, flag: &str) -> Option<Moved> {
    let lines = Lines::new(old, new, flag, Look { split_runs: true, now: None })?;
    let mut work = limits::BLAST_WORK;
    let mut most = Moved::default();
    for truths in (0..combinations(&lines)?).filter(|truths| lines.truths.possible(*truths)) {
        let moved = moved_if(&lines, truths, &mut work)?;
        if moved.share > most.share {
            most = moved;
        }
    }
    Some(most)
}

/// How many combinations of truths there are to look at: none if nothing changes, and no answer if there are too many.
fn combinations(lines: &Lines) -> Option<u32> {
    if lines.old == lines.new && lines.off == lines.safe {
        return Some(0);
    }
    (lines.truths.len() <= limits::BLAST_TRUTHS).then(|| 1 << lines.truths.len())
}

/// The areas before and after in one combination of truths, unless looking at all pairs of them takes more work than is
/// left.
fn pairs<'l>(lines: &'l Lines, truths: u32, work: &mut u64) -> Option<[Vec<Area<'l>>; 2]> {
    let old = areas(&lines.old, truths, lines.draws())?;
    let new = areas(&lines.new, truths, lines.draws())?;
    let size = |areas: &[Area]| areas.iter().map(|area| 1 + area.meets.len() as u64).sum::<u64>();
    let factors = [size(&old), size(&new), 1 + lines.draws() as u64];
    *work = work.checked_sub(factors.into_iter().fold(1, u64::saturating_mul))?;
    Some([old, new])
}

/// A thing and how many others are taken together with it, and their shares before and after, in parts of 2^32.
type Grown = ((usize, usize), u64, u64);

/// What somebody newly meets in one combination of truths: each thing, alone and with so many others, and its shares
/// before and after.
fn grown(lines: &Lines, truths: u32, work: &mut u64) -> Option<Vec<Grown>> {
    let [old, new] = pairs(lines, truths, work)?;
    let mut met = vec![0; lines.things()];
    for was in &old {
        was.meets.iter().for_each(|thing| met[*thing] += common(was, was));
    }
    let mut newly = vec![0; lines.things()];
    // Each unit once: at the thing that fewest meet now.
    let mut rarest = newly.clone();
    for was in &old {
        let meets = |thing: &usize| was.meets.contains(thing);
        for is in &new {
            let share = common(was, is);
            let mut rare = None;
            for thing in is.meets.iter().copied().filter(|thing| *thing != lines.safe && !meets(thing)) {
                newly[thing] += share;
                rare = rare.filter(|rare| met[*rare] <= met[thing]).or(Some(thing));
            }
            if let Some(thing) = rare {
                rarest[thing] += share;
            }
        }
    }
    let grown = (0..lines.things()).filter(|thing| newly[*thing] > 0).collect();
    let grown = sorted(grown, |one, other| met[*one].cmp(&met[*other]));
    let mut shares = Vec::new();
    let mut sum = 0;
    for (others, thing) in grown.iter().copied().enumerate() {
        if thing != lines.off {
            shares.push(((thing, 0), down(met[thing]), up(met[thing] + newly[thing])));
        }
        sum += rarest[thing];
        let as_rare = grown.get(others + 1).is_some_and(|next| met[*next] == met[thing]);
        if others > 0 && !as_rare {
            shares.push(((thing, others), down(met[thing]), up(met[thing] + sum)));
        }
    }
    if lines.off != lines.safe && old.iter().any(|was| !was.meets.contains(&lines.off)) {
        shares.push(((lines.off, 0), down(met[lines.off]), ALL));
    }
    Some(shares)
}

/// Keeps a pair of shares unless another begins no higher and ends no lower, and counts how often it was found.
fn keep(worst: &mut Vec<(u64, u64, usize)>, found: (u64, u64, usize)) {
    let covers = |a: &(u64, u64, usize), b: &(u64, u64, usize)| a.0 <= b.0 && a.1 >= b.1;
    if let Some(same) = worst.iter_mut().find(|known| (known.0, known.1) == (found.0, found.1)) {
        same.2 += found.2;
    } else if !worst.iter().any(|known| covers(known, &found)) {
        worst.retain(|known| !covers(&found, known));
        worst.push(found);
    }
}

fn moved_if(lines: &Lines, truths: u32, work: &mut u64) -> Option<Moved> {
    let [old, new] = pairs(lines, truths, work)?;
    let more = |one: &[usize], other: &[usize]| one.iter().any(|thing| *thing != lines.safe && !other.contains(thing));
    let (mut share, mut gains, mut loses) = (0, 0, 0);
    for was in &old {
        for is in new.iter().filter(|is| is.meets != was.meets) {
            let both = common(was, is);
            share += both;
            gains += if more(is.meets, was.meets) { both } else { 0 };
            loses += if more(was.meets, is.meets) { both } else { 0 };
        }
    }
    Some(Moved { share: up(share), gains: up(gains), loses: up(loses) })
}

/// The first step where a playbook names none below 100 %: whatever it says, nothing reaches everyone in one step.
const FIRST_STEP: u8 = 5;

/// How far a share may lie from a step and still be meant as it, in parts of 2^32: about 0.0015 %. No percentage but
/// multiples of 25 is a whole number of parts, and people write shares down in rounded figures.
const ROUNDING: u64 = 1 << 16;

/// The growths that go further than the next step, each as a problem at its flag. `steps` are percentages; 100 is
/// always the last.
#[must_use]
pub fn refuse(growths: &[Growth], steps: &[u8]) -> Vec<Problem> {
    let mut largest: LiteMap<_, &Growth> = LiteMap::new_vec();
    for growth in growths.iter().filter(|growth| growth.after > percent_of_all(next(growth.before, steps)) + ROUNDING) {
        let known = largest.entry((&growth.flag, &growth.variant)).or_insert(growth);
        if growth.after - growth.before > known.after - known.before {
            *known = growth;
        }
    }
    let problem = |growth: &Growth| {
        let (from, to) = (percent(growth.before), percent(growth.after));
        let cause = format!("{} would go from {from} to {to} of {} at once.", growth.subject(), growth.whom());
        let fix = format!("Take it to {} % first.", next(growth.before, steps));
        Problem::new(format!("/flags/{}", growth.flag), Code::Exposure, cause, fix)
    };
    largest.into_iter().take(limits::PROBLEMS).map(|(_, growth)| problem(growth)).collect()
}

/// The growths that take something to more than so many percent: more than one person decides alone.
#[must_use]
pub fn beyond(growths: &[Growth], percent: u8) -> Vec<Problem> {
    let mut flags: Vec<_> = growths.iter().filter(|growth| growth.after > percent_of_all(percent) + ROUNDING).collect();
    flags.dedup_by(|growth, before| growth.flag == before.flag);
    let problem = |growth: &&Growth| {
        let cause = format!("More than {percent} % of {} would meet {}.", growth.whom(), growth.subject());
        let fix = "Ask for approval: so much takes a second person.".to_string();
        Problem::new(format!("/flags/{}", growth.flag), Code::Exposure, cause, fix)
    };
    flags.iter().take(limits::PROBLEMS).map(problem).collect()
}

/// The step to which so many percent may grow next. What is asked of a plan beforehand is asked here, as of what is published.
#[must_use]
pub fn step_above(percent: u8, steps: &[u8]) -> u8 {
    next(percent_of_all(percent), steps)
}

/// The next step above a share, in percent.
fn next(before: u64, steps: &[u8]) -> u8 {
    let below_all = || steps.iter().copied().filter(|step| (1..100).contains(step));
    let first = below_all().next().is_none().then_some(FIRST_STEP);
    below_all().chain(first).filter(|step| percent_of_all(*step) > before + ROUNDING).min().unwrap_or(100)
}

/// A share of 2^32 in words, with at most two decimals; only nobody is 0 % and only everybody 100 %.
pub(crate) fn percent(share: u64) -> String {
    match (share * 10_000 + ALL / 2) / ALL {
        0 if share > 0 => "less than 0.01 %".to_string(),
        10_000 if share < ALL => "more than 99.99 %".to_string(),
        hundredths => {
            let decimals = format!("{}.{:02}", hundredths / 100, hundredths % 100);
            format!("{} %", decimals.trim_end_matches('0').trim_end_matches('.'))
        }
    }
}
