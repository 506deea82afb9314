//! One flag's rules, in the old document and in the new one, as lines over the same things, truths and draws.

use crate::compile::meaning;
use crate::document::{Condition, Document, Edit, Flag, Page, Ramp, Rule, When};
use crate::draw::{ALL, Purpose};
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use serde_json::Value;

/// The attribute of which each visitor has one of their own, so that its draws are shares of the visitors.
const UNIT: &str = "unit";

/// What a unit meets: a value, and what changes on which pages. The variant's name is no part of it.
#[derive(Clone, Debug, PartialEq)]
struct Thing<'d> {
    value: Option<&'d Value>,
    edits: Vec<(&'d str, &'d [Edit])>,
}

/// What is not known of a visitor and of the time.
#[derive(Clone, Debug, PartialEq)]
enum Truth<'d> {
    /// A condition, by all that it depends on.
    If(String),
    /// Another flag does not serve what this one builds on, by all that it depends on.
    Unmet(String),
    Window(Option<i64>, Option<i64>),
    /// A draw of another attribute than [`UNIT`] lies below a number. Two devices are no hundred visitors: either may be
    /// below or not, and with it whoever has it.
    Draw {
        purpose: Purpose,
        salt: &'d str,
        attribute: &'d str,
        below: u64,
    },
}

/// A range of a draw.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Take {
    pub(super) draw: usize,
    pub(super) from: u64,
    pub(super) below: u64,
}

/// A rule that can match, or what follows the last one. All numbers are places in [`Lines`].
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Line {
    /// The truths that must hold.
    pub(super) needs: Vec<usize>,
    /// The ranges in which draws must lie. Without one the line takes all units that are left.
    pub(super) takes: Vec<Take>,
    /// The things that its units may meet, each once, in rising order.
    pub(super) meets: Vec<usize>,
}

/// A flag before and after.
#[derive(Default)]
pub(super) struct Lines<'d> {
    pub(super) old: Vec<Line>,
    pub(super) new: Vec<Line>,
    /// The thing of the old `off`, to which everybody may be brought back at any time.
    pub(super) safe: usize,
    /// The thing of the new `off`, to which anybody may switch everybody at any time.
    pub(super) off: usize,
    /// The new document's variants, each with its thing.
    variants: Vec<(&'d str, usize)>,
    things: Vec<Thing<'d>>,
    truths: Vec<Truth<'d>>,
    /// The draws of [`UNIT`], by purpose and salt.
    draws: Vec<(Purpose, &'d str)>,
}

impl<'d> Lines<'d> {
    /// The flag in both documents, or nothing if the new one has no such flag.
    pub(super) fn new(old: &'d Document, new: &'d Document, key: &str) -> Option<Self> {
        let after = Side::new(new, key, None)?;
        let mut lines = Self::default();
        if let Some(before) = Side::new(old, key, Some(after.flag)) {
            lines.safe = place(&mut lines.things, before.thing(&before.flag.off));
            lines.old = lines.lower(&before);
        } else {
            // Nobody met the flag: its place in the product looked as it does when it is off.
            let off = Thing { value: after.flag.variants.get(&after.flag.off), edits: Vec::new() };
            lines.safe = place(&mut lines.things, off);
            lines.old = vec![Line { meets: vec![lines.safe], ..Line::default() }];
        }
        lines.new = lines.lower(&after);
        lines.off = place(&mut lines.things, after.thing(&after.flag.off));
        for variant in after.flag.variants.keys() {
            let thing = place(&mut lines.things, after.thing(variant));
            lines.variants.push((variant, thing));
        }
        Some(lines)
    }

    /// The first variant of the new document that is this thing.
    pub(super) fn variant(&self, thing: usize) -> &'d str {
        self.variants.iter().find(|(_, known)| *known == thing).map(|(name, _)| *name).unwrap_or_default()
    }

    pub(super) fn things(&self) -> usize {
        self.things.len()
    }

    pub(super) fn truths(&self) -> usize {
        self.truths.len()
    }

    /// Whether these truths can be so together: what is below a number is below each larger one.
    pub(super) fn possible(&self, truths: u32) -> bool {
        let of = |wanted: u32| {
            let bits = self.truths.iter().enumerate().filter(move |(place, _)| truths >> place & 1 == wanted);
            bits.filter_map(|(_, truth)| match truth {
                Truth::Draw { purpose, salt, attribute, below } => Some(((purpose, salt, attribute), below)),
                Truth::If(_) | Truth::Unmet(_) | Truth::Window(..) => None,
            })
        };
        of(1).all(|(draw, below)| of(0).all(|(other, least)| draw != other || least < below))
    }

    pub(super) fn draws(&self) -> usize {
        self.draws.len()
    }

    fn lower(&mut self, side: &Side<'d>) -> Vec<Line> {
        let off = place(&mut self.things, side.thing(&side.flag.off));
        if side.flag.archived || !side.flag.enabled {
            return vec![Line { meets: vec![off], ..Line::default() }];
        }
        let mut lines = Vec::new();
        for prerequisite in &side.flag.prerequisites {
            let unmet = Truth::Unmet(meaning(side.document, &Condition::Flag(prerequisite.clone())));
            lines.push(Line { needs: vec![place(&mut self.truths, unmet)], meets: vec![off], ..Line::default() });
        }
        if let Some(holdout) = side.flag.holdout.as_ref().and_then(|key| side.document.holdouts.get(key)) {
            let mut line = Line { meets: vec![off], ..Line::default() };
            if self.draw(&mut line, Purpose::Holdout, &holdout.salt, &holdout.unit, (0, holdout.below)) {
                lines.push(line);
            }
        }
        for rule in &side.flag.rules {
            lines.extend(self.rule(side, rule));
            if lines.last().is_some_and(|line| line.needs.is_empty() && line.takes.is_empty()) {
                return lines;
            }
        }
        let otherwise = place(&mut self.things, side.thing(&side.flag.otherwise));
        lines.push(Line { meets: vec![otherwise], ..Line::default() });
        lines
    }

    /// The rule's lines: one for each range of a split, else one; none if it takes nobody.
    fn rule(&mut self, side: &Side<'d>, rule: &'d Rule) -> Vec<Line> {
        let mut line = Line::default();
        if let Some(condition) = &rule.condition {
            let condition = Truth::If(meaning(side.document, condition));
            line.needs.push(place(&mut self.truths, condition));
        }
        let window = [&rule.from, &rule.until].map(|time| time.as_ref().and_then(When::millis));
        if let [from, until] = window
            && window != [None, None]
        {
            line.needs.push(place(&mut self.truths, Truth::Window(from, until)));
        }
        let experiment = rule.experiment.as_ref().and_then(|key| side.document.experiments.get(key));
        if let Some((experiment, run)) = experiment.and_then(|experiment| Some((experiment, experiment.run.as_ref()?)))
        {
            let slot = experiment.slot.as_ref().and_then(|slot| Some((slot, side.document.layers.get(&slot.layer)?)));
            let in_slot = slot.is_none_or(|(slot, layer)| {
                self.draw(&mut line, Purpose::Layer, &layer.salt, &layer.unit, (slot.from, slot.below))
            });
            if !in_slot || !self.draw(&mut line, Purpose::Rollout, &run.salt, &experiment.unit, (0, run.rollout)) {
                return Vec::new();
            }
            let starts = [0].into_iter().chain(run.split.iter().map(|(end, _)| *end));
            let met = run.split.iter().zip(starts).filter(|((end, _), start)| end > start);
            line.meets = met.map(|((_, variant), _)| place(&mut self.things, side.thing(variant))).collect();
            line.meets.sort_unstable();
            line.meets.dedup();
            return vec![line];
        }
        let shares = [
            rule.rollout.as_ref().map(|rollout| (&rollout.salt, &rollout.unit, rollout.below)),
            rule.ramp.as_ref().map(|ramp| (&ramp.salt, &ramp.unit, side.most(ramp))),
        ];
        for (salt, unit, below) in shares.into_iter().flatten() {
            if !self.draw(&mut line, Purpose::Rollout, salt, unit, (0, below)) {
                return Vec::new();
            }
        }
        if let Some(variant) = &rule.serve {
            line.meets = vec![place(&mut self.things, side.thing(variant))];
            return vec![line];
        }
        let Some(split) = &rule.split else { return Vec::new() };
        let mut lines = Vec::new();
        for (end, variant) in &split.ranges {
            // The ranges before it have taken what lies below its start.
            let mut range = line.clone();
            range.meets = vec![place(&mut self.things, side.thing(variant))];
            if self.draw(&mut range, Purpose::Split, &split.salt, &split.unit, (0, *end)) {
                lines.push(range);
            }
        }
        lines
    }

    /// Lets a line take only units with a draw in a range. Says whether that can be anybody.
    fn draw(
        &mut self,
        line: &mut Line,
        purpose: Purpose,
        salt: &'d str,
        attribute: &'d str,
        (from, below): (u64, u64),
    ) -> bool {
        if from >= below {
            return false;
        }
        if attribute == UNIT && (from > 0 || below < ALL) {
            line.takes.push(Take { draw: place(&mut self.draws, (purpose, salt)), from, below });
        } else if attribute != UNIT && from > 0 {
            let slot = format!("{purpose:?} {salt} {attribute} {from} {below}");
            line.needs.push(place(&mut self.truths, Truth::If(slot)));
        } else if attribute != UNIT && below < ALL {
            line.needs.push(place(&mut self.truths, Truth::Draw { purpose, salt, attribute, below }));
        }
        true
    }
}

/// A flag in one document.
struct Side<'d> {
    document: &'d Document,
    flag: &'d Flag,
    pages: Vec<&'d Page>,
    /// The flag that comes after this one, if this is the one before.
    after: Option<&'d Flag>,
}

impl<'d> Side<'d> {
    fn new(document: &'d Document, key: &str, after: Option<&'d Flag>) -> Option<Self> {
        let flag = document.flags.get(key)?;
        let pages = document.pages.values().filter(|page| page.flag == key).collect();
        Some(Self { document, flag, pages, after })
    }

    /// The share that a ramp counts for. It is not known how far it has come: one that goes on counts as far as it will
    /// go on both sides, a new one as far as it will go, and one that ends as nobody.
    fn most(&self, ramp: &Ramp) -> u64 {
        let goes_on = |flag: &Flag| flag.rules.iter().any(|rule| rule.ramp.as_ref() == Some(ramp));
        if self.after.is_none_or(goes_on) {
            ramp.points.iter().map(|(_, below)| below.0).max().unwrap_or_default()
        } else {
            0
        }
    }

    fn thing(&self, variant: &str) -> Thing<'d> {
        let edits = self.pages.iter().filter_map(|page| Some((page.path.as_str(), page.variants.get(variant)?)));
        Thing {
            value: self.flag.variants.get(variant),
            edits: edits.filter(|(_, edits)| !edits.is_empty()).map(|(path, edits)| (path, edits.as_slice())).collect(),
        }
    }
}

/// Where an item stands in a list, to which it is added if it is new.
fn place<T: PartialEq>(all: &mut Vec<T>, item: T) -> usize {
    all.iter().position(|known| *known == item).unwrap_or_else(|| {
        all.push(item);
        all.len() - 1
    })
}
