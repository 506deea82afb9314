//! What to test next: ideas by what earlier tests say for and against them, by what people think that they could bring and
//! would take, and by how many visitors they reach.
//!
//! The order is one product that anybody can make again from the figures that stand beside it. It proposes; people vote,
//! and plan.

use super::matching::{has_all, telling, words};
use super::{Answer, Link};
use crate::order;
use crate::screens::figures::percent;
use crate::spoken::{count, grouped, nearest};
use crate::stats::real;
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

/// An idea with all that speaks for it and against it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Candidate<'a> {
    /// Its key.
    pub key: &'a str,
    /// Its title.
    pub title: &'a str,
    /// The page that it is about; empty if nobody has said.
    pub page: &'a str,
    /// What it could bring, from 1 to 3, if somebody has said.
    pub impact: Option<u8>,
    /// What it would take.
    pub effort: Option<u8>,
    /// Votes for it.
    pub votes: u64,
    /// Whether it ran, and a decision was to run it again, changed.
    pub again: bool,
    /// Earlier tests like it: the key and the title of each, and whether its new version was shipped.
    pub earlier: Vec<(&'a str, &'a str, bool)>,
    /// Visitors of a day on its page, if a test there has measured them.
    pub reach: Option<f64>,
}

/// How many tests the share of all that won is worth beside those that are like an idea: two, so that one lucky test is
/// no promise.
const SURE: f64 = 2.0;

/// What nobody has said is middling.
const MIDDLING: u8 = 2;

impl Candidate<'_> {
    fn won(&self) -> u64 {
        self.earlier.iter().filter(|(_, _, won)| *won).count() as u64
    }

    /// The chance that it wins: what is known of tests like it, drawn towards all that were made.
    fn chance(&self, rate: f64) -> f64 {
        (real(self.won()) + SURE * rate) / (real(self.earlier.len() as u64) + SURE)
    }

    fn worth(&self, rate: f64, usual: f64) -> f64 {
        let [impact, effort] = [self.impact, self.effort].map(|said| f64::from(said.unwrap_or(MIDDLING)));
        self.chance(rate) * impact / effort * self.reach.unwrap_or(usual)
    }
}

/// The candidates, the most promising first: by worth, then by votes. `[won, made]` are all tests that were decided.
#[must_use]
pub fn ranked(candidates: Vec<Candidate>, [won, made]: [u64; 2]) -> Vec<Answer> {
    // One imagined win and one imagined loss: nobody who begins has a rate of 0 or 1.
    let rate = (real(won) + 1.0) / (real(made) + 2.0);
    let known: Vec<f64> = candidates.iter().filter_map(|candidate| candidate.reach).collect();
    // A page that nobody has measured is as good as those that somebody has.
    let usual = if known.is_empty() { 1.0 } else { known.iter().sum::<f64>() / real(known.len() as u64) };
    let ranked = order::sorted(candidates, |one, other| {
        let worth = |candidate: &Candidate| candidate.worth(rate, usual);
        worth(other).total_cmp(&worth(one)).then(other.votes.cmp(&one.votes))
    });
    ranked.iter().map(|candidate| told(candidate, rate, usual, made)).collect()
}

fn told(candidate: &Candidate, rate: f64, usual: f64, made: u64) -> Answer {
    let Candidate { key, title, page, impact, effort, votes, again, earlier, reach } = candidate;
    let tests = earlier.len() as u64;
    let mut said = Vec::new();
    if *again {
        said.push("It ran, and the decision was to run it again, changed.".to_string());
    }
    said.push(match (tests, made) {
        (0, 0) => "No test was decided yet, so nothing speaks for it or against it.".to_string(),
        (0, _) => format!("Nothing like it was decided yet; of all tests {} won.", percent(rate)),
        _ => format!("Of {} like it {} won.", count(tests, "earlier test", "earlier tests"), candidate.won()),
    });
    let level = |said: &Option<u8>| match said {
        Some(1) => "little",
        Some(2) => "something",
        Some(_) => "much",
        None => "nobody has said what",
    };
    said.push(format!("It could bring {}, and would take {}.", level(impact), level(effort)));
    said.push(match reach {
        Some(reach) => format!("About {} a day come to {page}.", count(nearest(*reach), "visitor", "visitors")),
        None => "Nobody has measured how many come to its page.".to_string(),
    });
    let how = "The chance that it wins, times what it could bring, over what it would take, times the visitors that it reaches; \
               then votes. The chance is that of earlier tests like it, drawn towards all tests as if two more had been made. \
               What nobody has said or measured is as usual.";
    let number = |said: &Option<u8>| said.unwrap_or(MIDDLING).to_string();
    let evidence = if *again { "Its reading" } else { "The idea" };
    let mut answer = Answer::of(title, said.join(" "), how, evidence, format!("experiments/{key}"));
    for (label, value) in [
        ("chance that it wins", percent(candidate.chance(rate))),
        ("could bring, of 3", number(impact)),
        ("would take, of 3", number(effort)),
        ("reaches, visitors a day", grouped(nearest(reach.unwrap_or(usual)))),
        ("votes", votes.to_string()),
        ("worth", format!("{:.2}", candidate.worth(rate, usual) / usual)),
    ] {
        answer.figure(label, value);
    }
    for (key, title, won) in earlier {
        let words = format!("{title} ({} it)", if *won { "for" } else { "against" });
        answer.links.push(Link { words, path: format!("experiments/{key}/reading") });
    }
    answer
}

/// Whether an earlier test is like an idea: it speaks of two of its telling words, or of one on the same page. Of an idea
/// with a single telling word, that one is enough.
#[must_use]
pub fn is_like(idea: &str, page: &str, earlier: &str, its_page: &str) -> bool {
    let wanted = telling(&words(idea));
    let shared = wanted.iter().filter(|word| has_all(earlier, core::slice::from_ref(*word))).count();
    shared >= wanted.len().clamp(1, 2) || (!page.is_empty() && page == its_page && shared > 0)
}
