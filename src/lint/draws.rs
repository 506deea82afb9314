//! Draws of conditions that are one and the same, or nearly: then who is in one says who is in the other.

use super::{Advice, Code};
use crate::compile::graph;
use crate::document::{Condition, Document, DrawBelow};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use litemap::LiteMap;

pub(super) fn look(document: &Document, all: &mut Vec<Advice>) {
    let mut roots = Vec::new();
    for (key, flag) in &document.flags {
        for (index, rule) in flag.rules.iter().enumerate() {
            roots.extend(
                rule.condition.as_ref().map(|condition| (key, condition, format!("/flags/{key}/rules/{index}/if"))),
            );
        }
    }
    for (key, segment) in &document.segments {
        roots.push((key, &segment.condition, format!("/segments/{key}/if")));
    }
    // Who has a salt first, and what they draw.
    let mut first: LiteMap<&String, (String, &String)> = LiteMap::new_vec();
    for (key, condition, place) in roots {
        let owner = format!("{}{key}", if place.starts_with("/flags") { "flag " } else { "segment " });
        graph::names(condition, &place, &mut |leaf, place| {
            let Condition::Draw(draw) = leaf else { return };
            let (known, unit) = first.entry(&draw.salt).or_insert_with(|| (owner.clone(), &draw.unit));
            if *unit != &draw.unit {
                let cause = format!("Under this salt the {known} draws `{unit}`, and here it is `{}`.", draw.unit);
                let fix = "Draw the same here, or use another salt.";
                all.push(Advice::new(format!("{place}/draw/unit"), Code::DependentDraws, cause, fix));
            } else if *known != owner {
                let cause = format!("The {known} has this salt too, so their draws are not independent.");
                let fix = "Use another salt, or one segment for both if the same units are meant.";
                all.push(Advice::new(format!("{place}/draw/salt"), Code::DependentDraws, cause, fix));
            }
        });
        together(document, condition, &place, all);
    }
}

/// Draws that must hold together and are the same draw: the smaller one alone decides.
fn together(document: &Document, condition: &Condition, place: &str, all: &mut Vec<Advice>) {
    match condition {
        Condition::All(parts) => {
            let mut seen: Vec<&DrawBelow> = Vec::new();
            for (index, part) in parts.iter().enumerate() {
                let mut own = Vec::new();
                required(document, part, 0, &mut own);
                for draw in &own {
                    if seen.iter().any(|known| known.salt == draw.salt) {
                        let cause = format!("A condition beside it draws under `{}`, too.", draw.salt);
                        let fix = "Give it a salt of its own, or remove the larger of the two.";
                        all.push(Advice::new(format!("{place}/all/{index}"), Code::DependentDraws, cause, fix));
                    }
                }
                seen.extend(own);
                together(document, part, &format!("{place}/all/{index}"), all);
            }
        }
        Condition::Any(parts) => {
            for (index, part) in parts.iter().enumerate() {
                together(document, part, &format!("{place}/any/{index}"), all);
            }
        }
        Condition::Not(part) => together(document, part, &format!("{place}/not"), all),
        _ => {}
    }
}

/// The draws without which a condition cannot hold, also in segments.
fn required<'d>(document: &'d Document, condition: &'d Condition, depth: usize, draws: &mut Vec<&'d DrawBelow>) {
    match condition {
        Condition::All(parts) => parts.iter().for_each(|part| required(document, part, depth, draws)),
        Condition::Draw(draw) => draws.push(draw),
        Condition::Segment(name) if depth < crate::limits::PREREQUISITE_DEPTH => {
            if let Some(segment) = document.segments.get(name) {
                required(document, &segment.condition, depth + 1, draws);
            }
        }
        _ => {}
    }
}
