//! One flag's rules, in the old document and in the new one, as lines over the same things, truths and draws.

use super::rules::Drawn;
use super::truths::{Truth, Truths, UNIT};
use crate::compile::{meaning, shared_draws};
use crate::document::{Condition, Document, Edit, Flag, Listed, Page};
use crate::draw::Purpose;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;
use serde_json::Value;

/// How a flag is looked at.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Look {
    /// Whether runs are split: who meets which variant. Else being in a test counts as meeting all that it shows.
    pub(super) split_runs: bool,
    /// The time, if it is known.
    pub(super) now: Option<i64>,
}

/// What a unit meets: a value, and what changes on which pages. The variant's name is no part of it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Thing<'d> {
    value: Option<&'d Value>,
    edits: Vec<([Option<&'d str>; 3], &'d [Edit])>,
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
    /// The truths that must not hold.
    pub(super) bars: Vec<usize>,
    /// The ranges in which draws must lie. Without one the line takes all units that are left.
    pub(super) takes: Vec<Take>,
    /// The things that its units may meet, each once, in rising order.
    pub(super) meets: Vec<usize>,
}

impl Line {
    /// Whether nobody is left behind it.
    fn takes_all(&self) -> bool {
        self.needs.is_empty() && self.bars.is_empty() && self.takes.is_empty()
    }
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
    pub(super) truths: Truths<'d>,
    /// Each variant of the old document with its thing, and each of the new one.
    variants: [Vec<(&'d str, usize)>; 2],
    pub(super) things: Vec<Thing<'d>>,
    /// The draws of [`UNIT`], by purpose and salt.
    pub(super) draws: Vec<(Purpose, &'d str)>,
    /// Draws that what the flag builds on reads, too: who is in one says more than a share.
    pub(super) shared: Vec<(Purpose, &'d str)>,
    /// The numbers that rollout draws are compared with, by salt: a ramp that passes one changes who is where.
    pub(super) thresholds: Vec<(&'d str, u64)>,
}

impl<'d> Lines<'d> {
    /// The flag in both documents, or nothing if the new one has no such flag.
    pub(super) fn new(old: &'d Document, new: &'d Document, key: &'d str, look: Look) -> Option<Self> {
        let after = Side::new(old, new, key, look, true)?;
        let before = Side::new(old, old, key, look, false);
        let mut lines = Self::default();
        for side in before.iter().chain([&after]) {
            lines.shared.extend(shared_draws(side.document, key));
            lines.thresholds.extend(side.thresholds());
        }
        if let Some(before) = before {
            lines.safe = place(&mut lines.things, before.thing(&before.flag.off));
            lines.old = lines.lower(&before);
            lines.variants[0] = lines.named(&before);
        } else {
            // Nobody met the flag: its place in the product looked as it does when it is off.
            let off = Thing { value: after.flag.variants.get(&after.flag.off), edits: Vec::new() };
            lines.safe = place(&mut lines.things, off);
            lines.old = vec![Line { meets: vec![lines.safe], ..Line::default() }];
            lines.variants[0] = vec![(&after.flag.off, lines.safe)];
        }
        lines.new = lines.lower(&after);
        lines.off = place(&mut lines.things, after.thing(&after.flag.off));
        lines.variants[1] = lines.named(&after);
        Some(lines)
    }

    fn named(&mut self, side: &Side<'d>) -> Vec<(&'d str, usize)> {
        let named = |name: &'d String| (name.as_str(), place(&mut self.things, side.thing(name)));
        side.flag.variants.keys().map(named).collect()
    }

    /// The first variant of the new document that is this thing.
    pub(super) fn variant(&self, thing: usize) -> &'d str {
        first(&self.variants[1], thing).unwrap_or_default()
    }

    /// The first variant of the old document that is this thing.
    pub(super) fn old_variant(&self, thing: usize) -> &'d str {
        first(&self.variants[0], thing).unwrap_or_default()
    }

    pub(super) fn things(&self) -> usize {
        self.things.len()
    }

    pub(super) fn draws(&self) -> usize {
        self.draws.len()
    }

    fn lower(&mut self, side: &Side<'d>) -> Vec<Line> {
        let off = Line { meets: vec![place(&mut self.things, side.thing(&side.flag.off))], ..Line::default() };
        if side.flag.archived || !side.flag.enabled {
            return vec![off];
        }
        let mut lines = Vec::new();
        for (index, forced) in side.flag.forced.iter().enumerate().filter(|(_, forced)| forced.unit != UNIT) {
            // Some named units are few, but all who share an attribute may be many.
            let (attribute, ids, salt) = (forced.unit.clone(), forced.ids.clone(), side.key.to_string());
            let listed = Condition::Listed(Listed { attribute, salt, ids, list: None });
            let words = format!("`{}` is one that is forced to meet `{}`", forced.unit, forced.serve);
            let truth = Truth::If(meaning(side.document, &listed));
            let meets = vec![place(&mut self.things, side.thing(&forced.serve))];
            let needs = vec![self.truth(side, truth, &words, &format!("/forced/{index}"))];
            lines.push(Line { needs, meets, ..Line::default() });
        }
        for (index, prerequisite) in side.flag.prerequisites.iter().enumerate() {
            let mut unmet = off.clone();
            let asked = Condition::Flag(prerequisite.clone());
            let truth = Truth::If(meaning(side.document, &asked));
            unmet.bars.push(self.truth(side, truth, &told(&asked), &format!("/prerequisites/{index}")));
            lines.push(unmet);
        }
        if let Some(holdout) = side.flag.holdout.as_ref().and_then(|key| side.document.holdouts.get(key)) {
            let mut line = off.clone();
            let drawn = Drawn { purpose: Purpose::Holdout, salt: &holdout.salt, attribute: &holdout.unit };
            if self.draw(side, &mut line, &mut lines, drawn, (0, holdout.below), "/holdout") {
                lines.push(line);
            }
        }
        for (index, rule) in side.flag.rules.iter().enumerate() {
            self.rule(side, rule, &format!("/rules/{index}"), &mut lines);
            if lines.last().is_some_and(Line::takes_all) {
                return lines;
            }
        }
        let otherwise = place(&mut self.things, side.thing(&side.flag.otherwise));
        lines.push(Line { meets: vec![otherwise], ..Line::default() });
        lines
    }

    pub(super) fn truth(&mut self, side: &Side<'d>, truth: Truth<'d>, words: &str, place: &str) -> usize {
        self.truths.place(truth, words, &format!("/flags/{}{place}", side.key), side.is_new)
    }
}

/// A flag in one document.
pub(super) struct Side<'d> {
    pub(super) document: &'d Document,
    pub(super) key: &'d str,
    pub(super) flag: &'d Flag,
    pub(super) look: Look,
    /// Whether it is the new document.
    pub(super) is_new: bool,
    old: &'d Document,
    pages: Vec<&'d Page>,
}

impl<'d> Side<'d> {
    fn new(old: &'d Document, document: &'d Document, key: &'d str, look: Look, is_new: bool) -> Option<Self> {
        let flag = document.flags.get(key)?;
        let pages = document.pages.values().filter(|page| page.flag == key).collect();
        Some(Self { document, key, flag, look, is_new, old, pages })
    }

    /// Whether the old document has this run: nobody can have kept anything of one that is new.
    pub(super) fn ran(&self, run: &str) -> bool {
        self.old.experiments.values().filter_map(|experiment| experiment.run.as_ref()).any(|known| known.id == run)
    }

    fn thresholds(&self) -> impl Iterator<Item = (&'d str, u64)> {
        self.flag.rules.iter().flat_map(|rule| {
            let rollout = rule.rollout.as_ref().map(|rollout| (rollout.salt.as_str(), rollout.below));
            let ramp = rule.ramp.as_ref().map(|ramp| (ramp.salt.as_str(), ramp.most()));
            rollout.into_iter().chain(ramp)
        })
    }

    pub(super) fn thing(&self, variant: &str) -> Thing<'d> {
        let place = |page: &'d Page| [Some(page.path.as_str()), page.host.as_deref(), page.query.as_deref()];
        let edits = self.pages.iter().filter_map(|page| Some((place(page), page.variants.get(variant)?)));
        Thing {
            value: self.flag.variants.get(variant),
            edits: edits
                .filter(|(_, edits)| !edits.is_empty())
                .map(|(place, edits)| (place, edits.as_slice()))
                .collect(),
        }
    }
}

fn first<'d>(variants: &[(&'d str, usize)], thing: usize) -> Option<&'d str> {
    variants.iter().find(|(_, known)| *known == thing).map(|(name, _)| *name)
}

/// A condition in the words of the document.
pub(super) fn told(condition: &Condition) -> String {
    serde_json::to_string(condition).unwrap_or_default()
}

/// Where an item stands in a list, to which it is added if it is new.
pub(super) fn place<T: PartialEq>(all: &mut Vec<T>, item: T) -> usize {
    all.iter().position(|known| *known == item).unwrap_or_else(|| {
        all.push(item);
        all.len() - 1
    })
}
