//! Whom a change moves: what one document in place of another does to each flag, exactly, on each path through its rules.

use crate::blast::{Change, Kind, Path, State, percent};
use crate::draw::ALL;
use crate::limits::BLAST_PATHS;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use serde_json::{Value, json};

/// The flags that change, each with its paths, those that move most first, and a sentence about the worst one. Shares
/// run from 0 to 1.
#[must_use]
pub fn screen(changes: &[Change]) -> Value {
    let told = changes.iter().filter(|change| change.state != State::Unchanged);
    let view = |change: &Change| {
        let paths = change.paths.iter().take(BLAST_PATHS).map(path).collect::<Vec<_>>();
        json!({
            "flag": change.flag, "state": change.state, "words": words(change), "looked": change.looked,
            "moving": change.paths.len(), "paths": paths,
        })
    };
    json!(told.map(view).collect::<Vec<_>>())
}

fn path(path: &Path) -> Value {
    let of = |kind: Kind| share(path.moves.iter().filter(|moved| moved.kind == kind).map(|moved| moved.share).sum());
    let moves = path
        .moves
        .iter()
        .map(|moved| json!({"from": moved.from, "to": moved.to, "kind": moved.kind, "share": share(moved.share)}));
    json!({
        "holds": path.holds, "fails": path.fails, "share": share(path.share),
        "gains": of(Kind::Gains), "loses": of(Kind::Loses), "switches": of(Kind::Switches),
        "moves": moves.collect::<Vec<_>>(),
    })
}

fn words(change: &Change) -> String {
    let most = percent(change.paths.first().map_or(0, |path| path.share));
    let (most, worst) = match change.looked {
        0 | 1 => (most, String::new()),
        looked => (format!("at most {most}"), format!(", the worst of {looked} paths through its rules")),
    };
    match change.state {
        State::Added if change.paths.is_empty() => {
            "It is new, and everybody gets what it serves when it is off.".to_string()
        }
        State::Added => format!("It is new: {most} of visitors get something else than its off variant{worst}."),
        State::Removed => "It is removed: whoever asks for it gets the default in the code.".to_string(),
        State::Changed => format!("{} of visitors get something else than now{worst}.", capital(&most)),
        State::Unchanged => "Nobody gets anything else than now.".to_string(),
        State::Unknown => {
            "It has too many conditions to look at all their combinations: take it for a change for everybody."
                .to_string()
        }
    }
}

fn capital(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map(|first| first.to_uppercase().chain(rest).collect()).unwrap_or_default()
}

fn share(parts: u64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "at most 2^32")]
    let (parts, all) = (parts as f64, ALL as f64);
    parts / all
}
