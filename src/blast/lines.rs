//! One flag's rules, in the old document and in the new one, as lines over the same things, truths and draws.

use crate::document::{Condition, Document, Edit, Flag, Page, Rule};
use crate::draw::ALL;
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
    If(&'d Condition),
    Window(Option<i64>, Option<i64>),
    /// A draw of another attribute than [`UNIT`] lies below a number. Two devices are no hundred visitors: either may be
    /// below or not, and with it whoever has it.
    Draw {
        salt: &'d str,
        attribute: &'d str,
        below: u64,
    },
}

/// A rule that can match, or what follows the last one. All numbers are places in [`Lines`].
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    /// The truths that must hold.
    pub(super) needs: Vec<usize>,
    /// The draw that must lie below a number. Without one the line takes all units that are left.
    pub(super) takes: Option<(usize, u64)>,
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
    /// The salts with which [`UNIT`] is drawn.
    draws: Vec<&'d str>,
}

impl<'d> Lines<'d> {
    /// The flag in both documents, or nothing if the new one has no such flag.
    pub(super) fn new(old: &'d Document, new: &'d Document, key: &str) -> Option<Self> {
        let after = Side::new(new, key)?;
        let mut lines = Self::default();
        if let Some(before) = Side::new(old, key) {
            lines.safe = place(&mut lines.things, before.thing(&before.flag.off));
            lines.old = lines.lower(&before);
        } else {
            // Nobody met the flag: its place in the product looked as it does when it is off.
            let off = Thing { value: after.flag.variants.get(&after.flag.off), edits: Vec::new() };
            lines.safe = place(&mut lines.things, off);
            lines.old = vec![Line { needs: Vec::new(), takes: None, meets: vec![lines.safe] }];
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
                Truth::Draw { salt, attribute, below } => Some(((salt, attribute), below)),
                Truth::If(_) | Truth::Window(..) => None,
            })
        };
        of(1).all(|(draw, below)| of(0).all(|(other, least)| draw != other || least < below))
    }

    pub(super) fn draws(&self) -> usize {
        self.draws.len()
    }

    fn lower(&mut self, side: &Side<'d>) -> Vec<Line> {
        let mut lines = Vec::new();
        if !side.flag.enabled {
            lines.push(self.rest(side, &side.flag.off));
            return lines;
        }
        for rule in &side.flag.rules {
            let Some(line) = self.line(side, rule) else { continue };
            let last = line.needs.is_empty() && line.takes.is_none();
            lines.push(line);
            if last {
                return lines;
            }
        }
        lines.push(self.rest(side, &side.flag.otherwise));
        lines
    }

    fn rest(&mut self, side: &Side<'d>, variant: &str) -> Line {
        Line { needs: Vec::new(), takes: None, meets: vec![place(&mut self.things, side.thing(variant))] }
    }

    /// The rule's line, or nothing if it takes nobody.
    fn line(&mut self, side: &Side<'d>, rule: &'d Rule) -> Option<Line> {
        let experiment = rule.experiment.as_ref().and_then(|key| side.document.experiments.get(key));
        let run = experiment.and_then(|experiment| Some((experiment, experiment.run.as_ref()?)));
        let (share, mut meets) = match (run, &rule.serve) {
            (Some((experiment, run)), _) => {
                let starts = [0].into_iter().chain(run.split.iter().map(|(end, _)| *end));
                let met = run.split.iter().zip(starts).filter(|((end, _), start)| end > start);
                let things = met.map(|((_, variant), _)| place(&mut self.things, side.thing(variant))).collect();
                (Some((&run.salt, &experiment.unit, run.rollout)), things)
            }
            (None, Some(variant)) => {
                let share = rule.rollout.as_ref().map(|rollout| (&rollout.salt, &rollout.unit, rollout.below));
                (share, vec![place(&mut self.things, side.thing(variant))])
            }
            (None, None) => return None,
        };
        meets.sort_unstable();
        meets.dedup();
        let (mut takes, mut draw) = (None, None);
        match share {
            Some((_, _, 0)) => return None,
            Some((salt, unit, below)) if below < ALL && unit == UNIT => {
                takes = Some((place(&mut self.draws, salt), below));
            }
            Some((salt, attribute, below)) if below < ALL => draw = Some(Truth::Draw { salt, attribute, below }),
            Some(_) | None => {}
        }
        let condition = rule.condition.as_ref().map(Truth::If);
        let window = (rule.from.is_some() || rule.until.is_some()).then_some(Truth::Window(rule.from, rule.until));
        let needs =
            condition.into_iter().chain(window).chain(draw).map(|truth| place(&mut self.truths, truth)).collect();
        Some(Line { needs, takes, meets })
    }
}

/// A flag in one document.
struct Side<'d> {
    document: &'d Document,
    flag: &'d Flag,
    pages: Vec<&'d Page>,
}

impl<'d> Side<'d> {
    fn new(document: &'d Document, key: &str) -> Option<Self> {
        let flag = document.flags.get(key)?;
        Some(Self { document, flag, pages: document.pages.values().filter(|page| page.flag == key).collect() })
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
