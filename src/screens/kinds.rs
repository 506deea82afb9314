//! What a result is about: the words of the rule are those of a new version beside an old one, and other kinds of tests
//! ([`Reads`]) are told in theirs. What is concluded stays what the numbers allow.

use super::reading::{Recommendation, Said};
use super::{Scene, sound};
use crate::playbook::template::Reads;
use crate::report::Report;
use crate::spoken::{grouped, nearest};
use crate::stats::Alpha;
use crate::verdict::conclusion::Conclusion;
use alloc::format;

/// What is said of a test of its kind.
pub(super) fn told(scene: &Scene, report: &Report, said: Said) -> Said {
    match reads(scene) {
        Reads::New => said,
        Reads::Same => same(said, scene.alpha()),
        Reads::Together => together(said),
        Reads::Crossed => crossed(scene, report, said),
    }
}

/// What its result is about, by the template that was locked with its plan.
fn reads(scene: &Scene) -> Reads {
    let kind = scene.experiment.rules(scene.playbook).templates.first().filter(|_| scene.experiment.playbook.is_some());
    kind.map(|kind| kind.reads).unwrap_or_default()
}

/// Whether there is a new version, which is what the rule speaks of.
pub(super) fn has_new_version(scene: &Scene) -> bool {
    reads(scene) != Reads::Together
}

/// Both versions are the same.
fn same(said: Said, alpha: Alpha) -> Said {
    let chance = format!(
        "Both groups meet the same, and still they differ: something counts them otherwise. Once in {} times that is \
         chance. Run it again; if it differs again, do not believe other tests before you know why.",
        grouped(nearest(alpha.once_in()))
    );
    let (headline, words, recommend) = match said.conclusion {
        Conclusion::Better | Conclusion::Worse | Conclusion::Harm => {
            ("Something differs that is the same", chance.as_str(), Recommendation::Fix)
        }
        Conclusion::NoEffectAsLarge | Conclusion::Underpowered { .. } => (
            "Nothing differs, as it should",
            "Both groups meet the same, and the same came of it: visitors are split and counted as they should be.",
            Recommendation::Keep,
        ),
        Conclusion::Invalid { .. } | Conclusion::TooEarly | Conclusion::Undecided { .. } => return said,
    };
    Said { headline: headline.into(), words: format!("{words} {}", said.words), recommend, ..said }
}

/// Some go without all that a team has changed: it is worth something if they do less.
fn together(said: Said) -> Said {
    let (headline, words, recommend) = match said.conclusion {
        Conclusion::Better => (
            "All of it together is worth it",
            "Whoever goes without the team's changes does as was feared. Give them to everybody.",
            Recommendation::Keep,
        ),
        Conclusion::Worse => (
            "All of it together costs something",
            "Whoever goes without the team's changes does better. Look which of them it is.",
            Recommendation::Fix,
        ),
        Conclusion::NoEffectAsLarge | Conclusion::Underpowered { .. } => (
            "All of it together brings less than hoped",
            "Whoever goes without the team's changes does hardly less.",
            Recommendation::Keep,
        ),
        _ => return said,
    };
    Said { headline: headline.into(), words: format!("{words} {}", said.words), recommend, ..said }
}

/// The effect is that of this change over both versions of the other; beside it stands whether the two get in each other's way.
fn crossed(scene: &Scene, report: &Report, said: Said) -> Said {
    if matches!(said.conclusion, Conclusion::Invalid { .. } | Conclusion::TooEarly) {
        return said;
    }
    let other = scene.experiment.plan.as_ref().and_then(|plan| plan.crossed.clone()).unwrap_or_default();
    let checked = sound::checks(scene, report).into_iter().find(|check| check.check == "together");
    let more = match checked {
        None => format!("Whether it goes with “{other}” cannot be said yet."),
        Some(check) => check.finding.map_or_else(
            || {
                format!(
                    "With and without “{other}” its effect is the same, as far as the numbers tell: the two add up."
                )
            },
            |finding| format!("{finding} Read all four pages."),
        ),
    };
    Said {
        words: format!("{} This is its own effect, over both versions of “{other}”. {more}", said.words), ..said
    }
}
