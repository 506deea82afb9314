//! Rules that nobody comes to, because a rule before them takes whoever they are for.

use super::{Advice, Code, Facts};
use crate::document::{Condition, Document, Each, Flag, Item, Rule, Scalar, When};
use crate::draw::ALL;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

pub(super) fn look(document: &Document, facts: &Facts, place: &str, flag: &Flag, all: &mut Vec<Advice>) {
    if !flag.enabled {
        return;
    }
    for (index, rule) in flag.rules.iter().enumerate() {
        let pointer = format!("{place}/rules/{index}");
        let before = &flag.rules[..index];
        if let Some(first) = before.iter().position(|earlier| takes(document, facts, earlier, rule)) {
            let cause = match &flag.rules[first].condition {
                None => format!("Rule {first} takes everybody whom this one is for."),
                Some(_) => format!("The condition of rule {first} holds wherever this one's does."),
            };
            all.push(Advice::new(
                pointer,
                Code::UnreachableRule,
                cause,
                "Remove this rule, or put it before that one.",
            ));
        } else if over(rule, facts) && !super::stale::ended(rule, facts) {
            let cause = "The time until which it holds has passed.".into();
            all.push(Advice::new(pointer, Code::UnreachableRule, cause, "Remove this rule, or set `until` anew."));
        }
    }
}

/// Whether a rule's window has passed.
pub(super) fn over(rule: &Rule, facts: &Facts) -> bool {
    let until = rule.until.as_ref().and_then(When::millis);
    facts.now.zip(until).is_some_and(|(now, until)| until <= now.0)
}

/// Whether an earlier rule takes all units that come to it and that a later one is for.
fn takes(document: &Document, facts: &Facts, earlier: &Rule, later: &Rule) -> bool {
    let weaker = match (&earlier.condition, &later.condition) {
        (None, _) => true,
        (Some(earlier), Some(later)) => implies(later, earlier),
        (Some(_), None) => false,
    };
    weaker && always(earlier, facts) && (whole(document, earlier) || nested(earlier, later))
}

/// Whether a rule holds from now on, for all time.
pub(super) fn always(rule: &Rule, facts: &Facts) -> bool {
    let begun = match rule.from.as_ref().map(When::millis) {
        None => true,
        Some(from) => facts.now.zip(from).is_some_and(|(now, from)| from <= now.0),
    };
    begun && rule.until.is_none()
}

/// Whether a rule takes all units for which its condition holds.
pub(super) fn whole(document: &Document, rule: &Rule) -> bool {
    if let Some(name) = &rule.experiment {
        let Some(experiment) = document.experiments.get(name) else { return false };
        let slot = experiment.slot.as_ref().is_none_or(|slot| slot.from == 0 && slot.below >= ALL);
        return slot && experiment.run.as_ref().is_some_and(|run| run.rollout >= ALL);
    }
    rule.ramp.is_none() && rule.rollout.as_ref().is_none_or(|rollout| rollout.below >= ALL)
}

/// Whether the units of the later rule's rollout are among those of the earlier one's.
fn nested(earlier: &Rule, later: &Rule) -> bool {
    let (Some(earlier), Some(later)) = (&earlier.rollout, &later.rollout) else { return false };
    (&earlier.salt, &earlier.unit) == (&later.salt, &later.unit) && later.below <= earlier.below
}

/// Whether it can be seen at once that wherever one condition holds, the other does.
pub(super) fn implies(one: &Condition, other: &Condition) -> bool {
    if one == other {
        return true;
    }
    match (one, other) {
        (Condition::Any(parts), _) => parts.iter().all(|part| implies(part, other)),
        (_, Condition::All(parts)) => parts.iter().all(|part| implies(one, part)),
        (Condition::All(parts), _) if parts.iter().any(|part| implies(part, other)) => true,
        (_, Condition::Any(parts)) => parts.iter().any(|part| implies(one, part)),
        (Condition::Draw(one), Condition::Draw(other)) => {
            (&one.salt, &one.unit) == (&other.salt, &other.unit) && one.below <= other.below
        }
        (Condition::Not(one), Condition::Not(other)) => implies(other, one),
        _ => match (set(one), set(other)) {
            (Some(one), Some(other)) => {
                one.asks == other.asks && one.items.iter().all(|item| other.items.contains(item))
            }
            _ => false,
        },
    }
}

/// What an attribute may be, and what else is asked of it.
struct Set<'d> {
    asks: (&'d String, bool, Option<Each>),
    items: Vec<Item>,
}

fn set(condition: &Condition) -> Option<Set<'_>> {
    let (question, items) = match condition {
        Condition::In(test) => ((&test.attribute, test.ignore_case, test.list), test.values.clone()),
        Condition::Equals(test) => {
            let item = match &test.value {
                Scalar::Text(value) => Item::Text(value.clone()),
                Scalar::Number(number) => Item::Number(*number),
                Scalar::Boolean(_) => return None,
            };
            ((&test.attribute, test.ignore_case, test.list), vec![item])
        }
        _ => return None,
    };
    // Of a list, "none of these" is the stronger the more these are.
    (question.2 != Some(Each::None)).then_some(Set { asks: question, items })
}
