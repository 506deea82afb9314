//! Themes: the words, and the pairs of words, that those who met one variant use more than those who met the other.
//!
//! Everybody who wrote counts once for a word, however often they wrote it: Fisher's exact test of a table of two arms.
//! All words that could tell anything are asked at once, so their p-values are corrected for each other (Benjamini &
//! Hochberg). Which words are asked depends on how many wrote them, never on where. It holds at one look: whoever looks
//! every day and takes the best day finds more than there is.

use super::words::{is_binding, words};
use crate::order;
use crate::sql::{Cell, Failure, Sql};
use crate::stats::ALPHA;
use crate::stats::multiplicity::{Procedure, adjusted};
use crate::stats::special::binomial::fisher;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::{Value, json};

/// People of either arm who have to have written before words are compared.
pub const WRITERS: u64 = 10;

/// People who have to use a word: with fewer no difference could be told from chance, and a word of one person is theirs.
pub const USERS: u64 = 5;

/// Words and pairs that are asked, those that most people use first.
const ASKED: usize = 1000;

/// Texts that are read, the newest first, and words of each: as much as fits into memory, and more than tells anything.
const READ: i64 = 4_000;
const WORDS: usize = 60;

/// Words that are told: more nobody takes in.
const TOLD: usize = 12;

/// A text: a number of whose it is, which arm they had met, and what it says.
pub type Text = (i64, usize, String);

/// A word, or a pair, how many of each arm used it, and its p-value.
type Theme = (String, [u64; 2], f64);

/// Compares what was written in both variants of a run, answers and tickets together.
pub fn read(sql: &mut impl Sql, run: &str, arms: [&str; 2]) -> Result<Value, Failure> {
    let statement = "SELECT dense_rank() OVER (ORDER BY unit), variant, text FROM (SELECT unit, variant, text, at FROM answer \
         WHERE run = ?1 AND text <> '' UNION ALL SELECT unit, variant, subject || ' . ' || text, at \
         FROM met JOIN ticket ON ticket.id = met.ticket WHERE run = ?1 AND session = 0 ORDER BY at DESC LIMIT ?2)";
    let rows = sql.run(statement, &[run.into(), READ.into()])?;
    let text = |row: &Vec<Cell>| match &row[..] {
        [who, variant, text] => {
            let arm = arms.iter().position(|arm| *arm == variant.text())?;
            Some((who.integer(), arm, text.text().to_string()))
        }
        _ => None,
    };
    Ok(compare(&rows.iter().filter_map(text).collect::<Vec<_>>(), arms))
}

/// Compares texts: `{wrote: [control, other], asked, found: [{words, used: [control, other], p}], words, quote}`, how many
/// wrote, how many words were asked, those that differ, the clearest first, all of it as a sentence, and the part of that
/// which a report of harm quotes: what those say more often who met the other version; null where they say nothing so.
#[must_use]
pub fn compare(texts: &[Text], arms: [&str; 2]) -> Value {
    // Each use of a word by somebody once, and as a use of no word that somebody wrote at all: sorted, so that all uses of a
    // word are neighbours.
    let uses = texts.iter().flat_map(|(who, arm, text)| {
        terms(text).into_iter().take(2 * WORDS).chain([String::new()]).map(move |term| format!("{term}\t{arm}{who}"))
    });
    let mut all: Vec<(String, [u64; 2])> = Vec::new();
    for used in order::set(uses) {
        let Some((term, who)) = used.split_once('\t') else { continue };
        if all.last().is_none_or(|(last, _)| last != term) {
            all.push((term.into(), [0; 2]));
        }
        if let Some((_, used)) = all.last_mut() {
            used[usize::from(who.starts_with('1'))] += 1;
        }
    }
    let wrote = if all.is_empty() { [0; 2] } else { all.remove(0).1 };
    let told = |asked: usize, found: &[Theme], words: String| {
        let quote = more_often(found, wrote, arms, 1);
        let found: Vec<_> =
            found.iter().map(|(words, used, p)| json!({"words": words, "used": used, "p": p})).collect();
        json!({"wrote": wrote, "asked": asked, "found": found, "words": words, "quote": quote})
    };
    if wrote.iter().any(|people| *people < WRITERS) {
        let words = format!(
            "Too few have written to compare their words: {} with {}, {} with {}. It takes {WRITERS} of each.",
            wrote[0], arms[0], wrote[1], arms[1],
        );
        return told(0, &[], words);
    }
    all.retain(|(_, used)| used[0] + used[1] >= USERS);
    let mut asked = order::sorted(all, |one, other| (other.1[0] + other.1[1]).cmp(&(one.1[0] + one.1[1])));
    asked.truncate(ASKED);
    let p: Vec<_> = asked.iter().map(|(_, [first, second])| fisher([*first, wrote[0]], [*second, wrote[1]])).collect();
    let p = adjusted(&p, Procedure::BenjaminiHochberg).unwrap_or_default();
    let count = asked.len();
    let found = asked.into_iter().zip(p).filter(|(_, p)| *p <= ALPHA).map(|((words, used), p)| (words, used, p));
    let mut found = order::sorted(found.collect(), |one: &Theme, other: &Theme| one.2.total_cmp(&other.2));
    found.truncate(TOLD);
    told(count, &found, sentence(&found, wrote, arms, count))
}

/// The words of a text that say something, and the pairs of neighbours in a sentence that do.
fn terms(text: &str) -> Vec<String> {
    text.split(['.', '!', '?', ';', ':']).flat_map(in_sentence).collect()
}

fn in_sentence(text: &str) -> Vec<String> {
    let words = words(text);
    let tells = |word: &String| word.chars().count() > 1 && !is_binding(word);
    let pairs = words.windows(2).filter(|pair| pair.iter().all(tells)).map(|pair| pair.join(" "));
    words.iter().filter(|word| tells(word)).cloned().chain(pairs).collect()
}

fn sentence(found: &[Theme], wrote: [u64; 2], arms: [&str; 2], asked: usize) -> String {
    if found.is_empty() {
        return format!(
            "No difference: {asked} words and phrases were compared, and none is used more in one version than chance would \
             have it. {} wrote with {}, {} with {}.",
            wrote[0], arms[0], wrote[1], arms[1],
        );
    }
    let said: Vec<_> = [1, 0].into_iter().filter_map(|arm| more_often(found, wrote, arms, arm)).collect();
    said.join(" ")
}

/// What those who met one version write more often; nothing where they do not.
fn more_often(found: &[Theme], wrote: [u64; 2], arms: [&str; 2], arm: usize) -> Option<String> {
    let other = 1 - arm;
    let own = found.iter().filter(|(_, used, _)| used[arm] * wrote[other] > used[other] * wrote[arm]).take(3);
    let all: Vec<_> = own
        .map(|(words, used, _)| {
            format!("“{words}” ({} of {}, against {} of {})", used[arm], wrote[arm], used[other], wrote[other])
        })
        .collect();
    (!all.is_empty()).then(|| format!("Those who met {} write more often {}.", arms[arm], all.join(", ")))
}
