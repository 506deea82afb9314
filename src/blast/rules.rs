//! One rule as lines: what it asks, in the order in which it is asked.

use super::lines::{Line, Lines, Side, Take, place as found, told};
use super::truths::{Truth, UNIT};
use crate::compile::meaning;
use crate::document::{Condition, Rule, When};
use crate::draw::{ALL, Purpose};
use crate::explain::clock;
use crate::order::set;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// What is drawn.
#[derive(Clone, Copy)]
pub(super) struct Drawn<'d> {
    pub(super) purpose: Purpose,
    pub(super) salt: &'d str,
    pub(super) attribute: &'d str,
}

impl<'d> Lines<'d> {
    /// Adds the rule's lines; none if it takes nobody.
    pub(super) fn rule(&mut self, side: &Side<'d>, rule: &'d Rule, place: &str, lines: &mut Vec<Line>) {
        let mut line = Line::default();
        if !self.window(side, rule, place, &mut line) {
            return;
        }
        if let Some(condition) = &rule.condition {
            let (mut inner, mut inverted) = (condition, false);
            while let Condition::Not(part) = inner {
                (inner, inverted) = (part, !inverted);
            }
            let truth = Truth::If(meaning(side.document, inner));
            let truth = self.truth(side, truth, &told(inner), &format!("{place}/if"));
            if inverted { &mut line.bars } else { &mut line.needs }.push(truth);
        }
        let experiment = rule.experiment.as_ref().and_then(|key| side.document.experiments.get(key));
        if let Some((experiment, run)) = experiment.and_then(|experiment| Some((experiment, experiment.run.as_ref()?)))
        {
            let place = format!("{place}/experiment");
            let slot = experiment.slot.as_ref().and_then(|slot| Some((slot, side.document.layers.get(&slot.layer)?)));
            let rollout = Drawn { purpose: Purpose::Rollout, salt: &run.salt, attribute: &experiment.unit };
            let in_slot = slot.is_none_or(|(slot, layer)| {
                let drawn = Drawn { purpose: Purpose::Layer, salt: &layer.salt, attribute: &layer.unit };
                self.draw(side, &mut line, lines, drawn, (slot.from, slot.below), &place)
            });
            if in_slot && experiment.sticky && side.ran(&run.id) {
                self.kept(side, &run.id, &run.split, &place, &line, lines);
            }
            if in_slot && self.draw(side, &mut line, lines, rollout, (0, run.rollout), &place) {
                let drawn = Drawn { purpose: Purpose::Split, salt: &run.salt, attribute: &experiment.unit };
                if side.look.split_runs {
                    self.ranges(side, &line, lines, drawn, &run.split, &place);
                } else {
                    if experiment.unit != UNIT {
                        self.missing(side, &line, lines, &experiment.unit, &place);
                    }
                    line.meets = self.all_of(side, &run.split);
                    lines.push(line);
                }
            }
            return;
        }
        for line in self.shares(side, rule, place, line, lines) {
            if let Some(variant) = &rule.serve {
                let meets = vec![found(&mut self.things, side.thing(variant))];
                lines.push(Line { meets, ..line });
            } else if let Some(split) = &rule.split {
                let drawn = Drawn { purpose: Purpose::Split, salt: &split.salt, attribute: &split.unit };
                self.ranges(side, &line, lines, drawn, &split.ranges, &format!("{place}/split"));
            }
        }
    }

    /// The times between which a rule holds. Says whether that can be now.
    fn window(&mut self, side: &Side<'d>, rule: &Rule, place: &str, line: &mut Line) -> bool {
        for (name, time) in [("from", &rule.from), ("until", &rule.until)] {
            let Some(time) = time.as_ref().and_then(When::millis) else { continue };
            if let Some(now) = side.look.now {
                if (now >= time) != (name == "from") {
                    return false;
                }
                continue;
            }
            let words = format!("now is {} or later", clock(time));
            let truth = self.truth(side, Truth::Since(time), &words, &format!("{place}/{name}"));
            if name == "from" { &mut line.needs } else { &mut line.bars }.push(truth);
        }
        true
    }

    /// Those who keep what they had in a run, whatever its rollout and its slot are now.
    fn kept(
        &mut self,
        side: &Side<'d>,
        run: &'d str,
        split: &'d [(u64, String)],
        place: &str,
        line: &Line,
        lines: &mut Vec<Line>,
    ) {
        let mut add = |all: &mut Self, variant: Option<&'d str>, meets: Vec<usize>| {
            let words = format!("the unit keeps {} of the run `{run}`", variant.unwrap_or("a variant"));
            let mut kept = Line { meets, ..line.clone() };
            kept.needs.push(all.truth(side, Truth::Kept(run, variant), &words, place));
            lines.push(kept);
        };
        if !side.look.split_runs {
            let meets = self.all_of(side, split);
            return add(self, None, meets);
        }
        for (index, (_, variant)) in split.iter().enumerate() {
            if !split[..index].iter().any(|(_, before)| before == variant) {
                let meets = vec![found(&mut self.things, side.thing(variant))];
                add(self, Some(variant), meets);
            }
        }
    }

    /// All things that a table leads to, each once, in rising order.
    fn all_of(&mut self, side: &Side<'d>, split: &'d [(u64, String)]) -> Vec<usize> {
        let starts = [0].into_iter().chain(split.iter().map(|(end, _)| *end));
        let met = split.iter().zip(starts).filter(|((end, _), start)| end > start);
        set(met.map(|((_, variant), _)| found(&mut self.things, side.thing(variant))))
    }

    /// The line with the rule's rollout, or one line for each number that its ramp may pass.
    fn shares(
        &mut self,
        side: &Side<'d>,
        rule: &'d Rule,
        place: &str,
        mut line: Line,
        lines: &mut Vec<Line>,
    ) -> Vec<Line> {
        if let Some(rollout) = &rule.rollout {
            let drawn = Drawn { purpose: Purpose::Rollout, salt: &rollout.salt, attribute: &rollout.unit };
            let any = self.draw(side, &mut line, lines, drawn, (0, rollout.below), &format!("{place}/rollout"));
            return if any { vec![line] } else { Vec::new() };
        }
        let Some(ramp) = &rule.ramp else { return vec![line] };
        let place = &format!("{place}/ramp");
        let drawn = Drawn { purpose: Purpose::Rollout, salt: &ramp.salt, attribute: &ramp.unit };
        if let Some(now) = side.look.now {
            let any = self.draw(side, &mut line, lines, drawn, (0, ramp.below(now)), place);
            return if any { vec![line] } else { Vec::new() };
        }
        if ramp.unit != UNIT {
            // Whoever has a draw may be in at one time and not at another.
            self.missing(side, &line, lines, &ramp.unit, place);
            let words = format!("the ramp of `{}` has reached the draw of `{}`", ramp.salt, ramp.unit);
            line.needs.push(self.truth(side, Truth::If(format!("{ramp:?}")), &words, place));
            return if ramp.most() > 0 { vec![line] } else { Vec::new() };
        }
        // Between two numbers that draws are compared with, shares move on straight lines: the worst is at an end.
        let most = ramp.most();
        let passed = self.thresholds.iter().filter(|(salt, below)| *salt == ramp.salt && *below < most);
        let reached = set(passed.map(|(_, below)| *below).chain([most]).filter(|below| *below > 0));
        let mut each = Vec::new();
        for below in reached {
            let mut line = line.clone();
            let words = format!("the ramp of `{}` has reached {below} of 4294967296 draws", ramp.salt);
            line.needs.push(self.truth(side, Truth::Reached(ramp, below), &words, place));
            if self.draw(side, &mut line, lines, drawn, (0, below), place) {
                each.push(line);
            }
        }
        each
    }

    /// One line for each range of a table.
    fn ranges(
        &mut self,
        side: &Side<'d>,
        line: &Line,
        lines: &mut Vec<Line>,
        drawn: Drawn<'d>,
        ranges: &'d [(u64, String)],
        at: &str,
    ) {
        if drawn.attribute != UNIT {
            // A table of one range asks for the draw, too.
            self.missing(side, line, lines, drawn.attribute, at);
        }
        for (end, variant) in ranges {
            // The ranges before it have taken what lies below its start.
            let mut range = line.clone();
            range.meets = vec![found(&mut self.things, side.thing(variant))];
            if self.draw(side, &mut range, lines, drawn, (0, *end), at) {
                lines.push(range);
            }
        }
    }

    /// Lets a line take only units with a draw in a range. Says whether that can be anybody.
    pub(super) fn draw(
        &mut self,
        side: &Side<'d>,
        line: &mut Line,
        lines: &mut Vec<Line>,
        drawn: Drawn<'d>,
        (from, below): (u64, u64),
        place: &str,
    ) -> bool {
        let Drawn { purpose, salt, attribute } = drawn;
        if from == 0 && below == ALL {
            return true;
        }
        if attribute != UNIT {
            self.missing(side, line, lines, attribute, place);
        }
        if from >= below {
            return false;
        }
        if attribute == UNIT && !self.shared.contains(&(purpose, salt)) {
            line.takes.push(Take { draw: found(&mut self.draws, (purpose, salt)), from, below });
            return true;
        }
        let mut under = |below: u64| {
            let words = format!("the {} draw of `{attribute}` under `{salt}` is below {below}", purpose.name());
            self.truth(side, Truth::Below { purpose, salt, attribute, below }, &words, place)
        };
        if from > 0 {
            line.bars.push(under(from));
        }
        if below < ALL {
            line.needs.push(under(below));
        }
        true
    }

    /// Where a draw is due, whoever has nothing to draw meets the off variant, and no further rule is asked.
    fn missing(&mut self, side: &Side<'d>, line: &Line, lines: &mut Vec<Line>, attribute: &'d str, place: &str) {
        let words = format!("the visitor has no `{attribute}`");
        let mut missing = line.clone();
        missing.meets = vec![found(&mut self.things, side.thing(&side.flag.off))];
        missing.needs.push(self.truth(side, Truth::Missing(attribute), &words, place));
        lines.push(missing);
    }
}
