//! What is told of by itself: a *card* for each cause, whom it reaches, and what it looks like where it arrives.
//!
//! A card's id is the digest of its cause, so the same cause told twice is one card, and whoever receives it twice knows it.
//! What it says of numbers is what [`reading::said`] says: no second wording of a verdict is made here.

pub mod body;
pub mod digest;

use crate::compile::hexadecimal;
use crate::environment::Environment;
use crate::screens::Scene;
use crate::screens::reading::{self, Said};
use crate::screens::watch::{Finding, Sign};
use crate::spoken::count;
use crate::time::DAY;
use crate::verdict::conclusion::Conclusion;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What a card tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename_all = "lowercase"))]
pub enum Kind {
    /// The planned size is reached.
    Reached,
    /// The verdict claims something that it did not before.
    Verdict,
    /// A guardrail, or that nobody could see, has ended exposure.
    Rollback,
    /// The ramp waits: a part of the data is missing or contradicts itself. Or all of it is there again.
    Hold,
    /// Visitors are not split as planned.
    Ratio,
    /// No visitor was confirmed for hours.
    Stale,
    /// Something waits for somebody's word.
    Approval,
    /// An experiment runs longer than the playbook allows.
    Overdue,
    /// What was planned for an hour was refused then.
    Undone,
    /// The watch has found something.
    Alert,
    /// What a week has brought.
    Digest,
    /// Somebody names a team or a person in a comment.
    Mention,
    /// Somebody tries the way.
    Test,
}

impl Kind {
    /// Its name in the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reached => "reached",
            Self::Verdict => "verdict",
            Self::Rollback => "rollback",
            Self::Hold => "hold",
            Self::Ratio => "ratio",
            Self::Stale => "stale",
            Self::Approval => "approval",
            Self::Overdue => "overdue",
            Self::Undone => "undone",
            Self::Alert => "alert",
            Self::Digest => "digest",
            Self::Mention => "mention",
            Self::Test => "test",
        }
    }

    /// All that somebody may choose: a test goes where it is tried.
    pub const CHOICES: [Self; 12] = [
        Self::Reached,
        Self::Verdict,
        Self::Rollback,
        Self::Hold,
        Self::Ratio,
        Self::Stale,
        Self::Approval,
        Self::Overdue,
        Self::Undone,
        Self::Alert,
        Self::Digest,
        Self::Mention,
    ];

    /// Whether it is told in quiet hours, too.
    #[must_use]
    pub const fn is_urgent(self) -> bool {
        matches!(self, Self::Rollback | Self::Undone | Self::Test)
    }
}

/// One thing that is told, once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// Stands for its cause.
    pub id: String,
    /// What it tells of.
    pub kind: Kind,
    /// Where that happened.
    pub environment: Environment,
    /// The experiment that it is about; empty for none.
    pub experiment: String,
    /// Whose that is; empty for nobody's.
    pub team: String,
    /// Of what it tells: an experiment's title.
    pub title: String,
    /// The one line of it.
    pub headline: String,
    /// The same in sentences.
    pub words: String,
    /// What stands below.
    pub context: String,
    /// What the link is called.
    pub button: &'static str,
    /// Where to go.
    pub link: String,
}

/// The id of a cause, which is told by its parts. `salt` is the project's, so that two projects never share one.
#[must_use]
pub fn id(salt: &str, kind: Kind, parts: &[&str]) -> String {
    let mut digest = Sha256::new();
    for part in [salt, kind.name()].iter().chain(parts) {
        // Lengths keep one part from running into the next.
        digest.update(format!("{}:{part}", part.len()));
    }
    format!("ev_{}", &hexadecimal(&digest.finalize())[..32])
}

/// Which cards go somewhere. What is empty takes everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Route {
    /// The key of a team: only what is theirs.
    pub team: String,
    /// Only these kinds, by their names.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<Kind>"))]
    pub kinds: Vec<String>,
    /// Only these environments, by their names.
    pub environments: Vec<String>,
}

impl Route {
    /// Whether a card goes there. A digest is everybody's, and a test is where it is tried.
    #[must_use]
    pub fn takes(&self, card: &Card) -> bool {
        let ours = self.team.is_empty() || self.team == card.team || card.kind == Kind::Digest;
        let here = self.environments.is_empty() || self.environments.iter().any(|name| name == card.environment.name());
        let wanted = self.kinds.is_empty() || self.kinds.iter().any(|name| name == card.kind.name());
        ours && here && wanted && card.kind != Kind::Test
    }
}

/// The id of what is told of an experiment: the cause is the kind, the run and `more`.
#[must_use]
pub fn cause(scene: &Scene, salt: &str, kind: Kind, more: &[&str]) -> String {
    let experiment = scene.experiment;
    let run = experiment.run.as_ref().map_or("", |run| run.id.as_str());
    let parts: Vec<&str> = [experiment.key.as_str(), run].into_iter().chain(more.iter().copied()).collect();
    id(salt, kind, &parts)
}

/// What is told of an experiment, as far as every card of it is alike.
fn of(scene: &Scene, salt: &str, kind: Kind, more: &[&str]) -> Card {
    let experiment = scene.experiment;
    Card {
        experiment: experiment.key.clone(),
        link: format!("#/experiments/{}", experiment.key),
        ..plain(cause(scene, salt, kind, more), kind, &experiment.title)
    }
}

/// Stands in a message where a report of harm is told in the words of those who met it: the shell puts them there as it
/// leaves, since no store but that of voices has them. A separator that nobody sees.
pub const QUOTE: char = '\u{2063}';

/// The same with the verdict.
fn judged(scene: &Scene, mut said: Said, salt: &str, kind: Kind, more: &[&str]) -> Card {
    if said.conclusion == Conclusion::Harm {
        said.words.push(QUOTE);
    }
    Card { headline: said.headline, words: said.words, ..of(scene, salt, kind, more) }
}

/// The planned size was reached.
#[must_use]
pub fn reached(scene: &Scene, salt: &str) -> Card {
    let plan = scene.experiment.plan.clone().unwrap_or_default();
    let label = if scene.document.intake.is_open() { "Open intake: not signed. " } else { "" };
    let hypothesis = plan.hypothesis.sentence(scene.metric());
    Card {
        context: format!("{label}Planned size reached: {}. {hypothesis}", people(scene)),
        button: "Read and decide",
        link: format!("#/experiments/{}/reading", scene.experiment.key),
        ..judged(scene, reading::said(scene), salt, Kind::Reached, &[])
    }
}

/// A verdict claims something for the first time: that a version is better or worse, or that its numbers cannot be used.
#[must_use]
pub fn claimed(scene: &Scene, said: Said, salt: &str, kind: Kind) -> Card {
    let headline = said.headline.clone();
    Card {
        context: format!("{} so far.", people(scene)),
        button: "Read it",
        link: format!("#/experiments/{}/reading", scene.experiment.key),
        ..judged(scene, said, salt, kind, &[&headline])
    }
}

/// The watch has found something. Traffic is everybody's: where several tests miss their visitors at once it is told of one.
#[must_use]
pub fn alert(scene: &Scene, salt: &str, found: &Finding) -> Card {
    let name = found.sign.name();
    let mut card = of(scene, salt, Kind::Alert, &[name, &scene.now.to_string()]);
    if found.sign == Sign::Traffic {
        card.id = id(salt, Kind::Alert, &[name, &(scene.now / DAY).to_string()]);
    }
    card.headline.clone_from(&found.what);
    card.words = format!("{} {}", found.cause, found.next);
    card.context = format!("{} so far.", people(scene));
    card.link = "#/alerts".to_string();
    card
}

/// Exposure was ended by itself at this moment.
#[must_use]
pub fn stopped(scene: &Scene, salt: &str) -> Card {
    Card {
        context: format!("{} had met it.", people(scene)),
        button: "See why",
        ..judged(scene, reading::said(scene), salt, Kind::Rollback, &[&scene.now.to_string()])
    }
}

/// A part of its data is missing from this moment on, or has come after all.
#[must_use]
pub fn silence(scene: &Scene, salt: &str, silent: bool) -> Card {
    let (headline, words) = if silent {
        (
            "Held: a part of the data does not come in",
            "A part of the collector has told nothing for a quarter of an hour. The ramp waits; whoever meets the new version keeps it.",
        )
    } else {
        ("All data come in again", "The ramp goes on as planned. Nothing that was collected meanwhile is lost.")
    };
    Card {
        headline: headline.to_string(),
        words: words.to_string(),
        context: format!("{} so far.", people(scene)),
        ..of(scene, salt, Kind::Hold, &[&scene.now.to_string()])
    }
}

/// No visitor was confirmed since `last`.
#[must_use]
pub fn stale(scene: &Scene, salt: &str, last: i64, why: &str) -> Card {
    Card {
        headline: "No visitors come in".to_string(),
        words: why.to_string(),
        context: format!("{} so far.", people(scene)),
        link: format!("#/experiments/{}/live", scene.experiment.key),
        ..of(scene, salt, Kind::Stale, &[&last.to_string()])
    }
}

/// It runs for more days than the playbook allows.
#[must_use]
pub fn overdue(scene: &Scene, salt: &str, longest: u16) -> Card {
    Card {
        context: format!(
            "It runs for more than the {longest} days that the playbook allows, with {} of {}.",
            people(scene),
            count(scene.planned(), "planned", "planned")
        ),
        button: "Read and decide",
        link: format!("#/experiments/{}/reading", scene.experiment.key),
        ..judged(scene, reading::said(scene), salt, Kind::Overdue, &[])
    }
}

/// Somebody's word is wanted on an experiment, from this moment on.
#[must_use]
pub fn review(scene: &Scene, salt: &str, words: String) -> Card {
    wanted(words, of(scene, salt, Kind::Approval, &[&scene.now.to_string()]))
}

/// The same on a change of an environment, or of the playbook.
#[must_use]
pub fn change(salt: &str, environment: Environment, digest: &str, title: &str, words: String, link: &str) -> Card {
    let id = id(salt, Kind::Approval, &[environment.name(), digest]);
    wanted(words, Card { environment, link: link.to_string(), ..plain(id, Kind::Approval, title) })
}

fn wanted(words: String, card: Card) -> Card {
    Card {
        headline: "Somebody’s word is wanted".to_string(),
        words,
        context: "Nobody approves what is their own.".to_string(),
        button: "Read it",
        ..card
    }
}

/// Somebody names a team, or a person, who has no key here, in the comment of this number. What they say stands there alone, so that it can be taken back.
#[must_use]
pub fn mention(
    salt: &str,
    (key, title): (&str, &str),
    (who, comment): (&str, i64),
    (team, name): (&str, &str),
) -> Card {
    Card {
        experiment: key.to_string(),
        team: team.to_string(),
        headline: format!("{who} asks {name}"),
        words: format!("{who} names {name} in a comment."),
        button: "Read it",
        link: format!("#/experiments/{key}"),
        ..plain(id(salt, Kind::Mention, &[key, &comment.to_string(), team, name]), Kind::Mention, title)
    }
}

/// What was planned was refused at its time.
#[must_use]
pub fn undone(salt: &str, path: &str, who: &str, why: &str, due: i64) -> Card {
    Card {
        headline: "It was planned for now, and is left undone".to_string(),
        words: why.to_string(),
        context: format!("Planned by {who}."),
        ..plain(id(salt, Kind::Undone, &[path, who, &due.to_string()]), Kind::Undone, path)
    }
}

/// A message to try the way, the `n`th of all.
#[must_use]
pub fn test(salt: &str, n: i64) -> Card {
    Card {
        headline: "Messages arrive here".to_string(),
        words: "Reports and stops of this project will be posted to this place.".to_string(),
        context: "A test, sent from Setup.".to_string(),
        button: "Open Pointsman",
        ..plain(id(salt, Kind::Test, &[&n.to_string()]), Kind::Test, "Pointsman")
    }
}

/// A card as far as its title: of production, and about no experiment.
fn plain(id: String, kind: Kind, title: &str) -> Card {
    Card {
        id,
        kind,
        environment: Environment::Production,
        experiment: String::new(),
        team: String::new(),
        title: title.to_string(),
        headline: String::new(),
        words: String::new(),
        context: String::new(),
        button: "Have a look",
        link: "#/now".to_string(),
    }
}

fn people(scene: &Scene) -> String {
    count(scene.people(), "visitor", "visitors")
}

/// At most so many characters, without what would break a form; a line break stays in what has several lines.
fn cut(text: &str, most: usize) -> String {
    let clean =
        |character: char| if character.is_control() && (character != '\n' || most < 1000) { ' ' } else { character };
    if text.chars().count() <= most {
        return text.chars().map(clean).collect();
    }
    text.chars().take(most - 1).map(clean).chain(['…']).collect()
}
