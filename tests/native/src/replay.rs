//! The raw log as files: what a folder of segments says, and every sum made from it anew.

use crate::Native;
use anyhow::{Context, Result, anyhow};
use flate2::read::MultiGzDecoder;
use pointsman::collect::segment::{self, Line};
use pointsman::collect::{self, Every, Sum, Totals};
use pointsman::time::Millis;
use rusqlite::Connection;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

/// Lines that are taken in at once.
const TOGETHER: usize = 10_000;

/// The segments below a folder, in the order of their names. Of one that was written anew only the last generation.
pub fn segments(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut newest: BTreeMap<PathBuf, (u64, PathBuf)> = BTreeMap::new();
    for path in files(folder)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Some(name) = name.strip_suffix(".ndjson.gz") else { continue };
        let (number, generation) = name.split_once('-').with_context(|| format!("{} is no segment", path.display()))?;
        let generation: u64 = generation.parse().with_context(|| path.display().to_string())?;
        let last = newest.entry(path.with_file_name(number)).or_default();
        if last.1.as_os_str().is_empty() || generation > last.0 {
            *last = (generation, path);
        }
    }
    Ok(newest.into_values().map(|(_, path)| path).collect())
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() { found.extend(files(&path)?) } else { found.push(path) }
    }
    Ok(found)
}

/// Every line of a segment. One that was torn is an error, not a shorter segment.
pub fn lines(path: &Path) -> Result<Vec<Line>> {
    let reader = BufReader::new(MultiGzDecoder::new(File::open(path)?));
    let line = |(index, text): (usize, std::io::Result<String>)| -> Result<Line> {
        let place = || format!("{}, line {}", path.display(), index + 1);
        serde_json::from_str(&text.with_context(place)?).with_context(place)
    };
    reader.lines().enumerate().map(line).collect()
}

/// A shard that has taken in all of a log.
pub struct Replayed {
    /// Its store.
    pub store: Connection,
    /// Segments and lines that were read.
    pub read: (usize, usize),
    /// Units that are left out.
    pub erased: usize,
}

/// Takes in everything below a folder: first who was erased and what is measured, then everything else.
pub fn replay(folder: &Path) -> Result<Replayed> {
    let store = crate::in_memory();
    let failed = |failure| anyhow!("{failure}");
    collect::prepare(&mut Native(&store)).map_err(failed)?;
    let segments = segments(folder)?;
    let (mut erased, mut count) = (BTreeSet::new(), 0);
    for path in &segments {
        for line in lines(path)? {
            count += 1;
            match line {
                Line::Erased { unit, .. } => drop(erased.insert(unit)),
                Line::Version { definitions } => {
                    collect::learn(&mut Native(&store), &definitions, Millis(0)).map_err(failed)?;
                }
                Line::Exposure { .. } | Line::Event { .. } | Line::Page { .. } => {}
            }
        }
    }
    for path in &segments {
        for part in lines(path)?.chunks(TOGETHER) {
            let transaction = store.unchecked_transaction()?;
            segment::replay(&mut Native(&store), part, &erased).map_err(failed)?;
            transaction.commit()?;
        }
    }
    Ok(Replayed { store, read: (segments.len(), count), erased: erased.len() })
}

impl Replayed {
    /// The runs of the log.
    pub fn runs(&self) -> Result<Vec<String>> {
        let mut query = self.store.prepare("SELECT DISTINCT run FROM sum WHERE run <> '' ORDER BY run")?;
        let runs = query.query_map([], |row| row.get(0))?;
        Ok(runs.collect::<rusqlite::Result<_>>()?)
    }

    /// Every sum and all totals, with those windows closed that are closed at a time.
    pub fn every(&self, now: i64) -> Result<Every> {
        collect::every(&mut Native(&self.store), Millis(now)).map_err(|failure| anyhow!("{failure}"))
    }

    /// The sums of a run, with those windows closed that are closed at a time.
    pub fn sums(&self, run: &str, now: i64) -> Result<Vec<Sum>> {
        collect::sums(&mut Native(&self.store), run, Millis(now)).map_err(|failure| anyhow!("{failure}"))
    }
}

/// Where two lists of sums differ, in words. What is nothing and what is not there are the same.
#[must_use]
pub fn differences(replayed: &[Sum], told: &[Sum]) -> Vec<String> {
    compare(&places(replayed), &places(told))
}

/// The same of everything that an instance has.
#[must_use]
pub fn all_differences(replayed: &Every, told: &Every) -> Vec<String> {
    let runs: BTreeSet<_> = replayed.runs.keys().chain(told.runs.keys()).collect();
    let of = |every: &Every, run: &String| places(every.runs.get(run).map_or(&[], Vec::as_slice));
    let mut all = Vec::new();
    for run in runs {
        let words = compare(&of(replayed, run), &of(told, run));
        all.extend(words.into_iter().map(|words| format!("{run} {words}")));
    }
    // A definition that no version has any longer the instance has let go.
    let known: BTreeSet<_> = told.totals.metrics.iter().map(|total| &total.metric).collect();
    let mut ours = replayed.totals.clone();
    ours.metrics.retain(|total| known.contains(&total.metric));
    all.extend(compare(&totals(&ours), &totals(&told.totals)));
    all
}

/// Numbers by their place, but for what is nothing.
type Places = BTreeMap<String, String>;

fn places(sums: &[Sum]) -> Places {
    let mut all = Places::new();
    for sum in sums {
        let open = if sum.open { ", open" } else { "" };
        let place = format!("{} epoch {} “{}” of “{}”{open}", sum.variant, sum.epoch, sum.metric, sum.dimension);
        note(&mut all, &place, &sum.vector);
    }
    all
}

fn totals(totals: &Totals) -> Places {
    let mut all = Places::new();
    for total in &totals.totals {
        let place = format!("all traffic, day {} event “{}” of “{}”", total.day, total.event, total.dimension);
        note(&mut all, &place, &[total.n.clone(), total.micros.clone()]);
    }
    for total in &totals.metrics {
        let place = format!("all traffic, day {} metric {} of “{}”", total.day, total.metric, total.dimension);
        note(&mut all, &place, &[total.n.clone(), total.y.clone(), total.d.clone()]);
    }
    all
}

fn note(all: &mut Places, place: &str, vector: &[String]) {
    for (index, digits) in vector.iter().enumerate().filter(|(_, digits)| *digits != "0") {
        all.insert(format!("{place}[{index}]"), digits.clone());
    }
}

fn compare(ours: &Places, theirs: &Places) -> Vec<String> {
    let places: BTreeSet<_> = ours.keys().chain(theirs.keys()).collect();
    let value = |all: &BTreeMap<String, String>, place: &str| all.get(place).map_or("0".to_string(), String::clone);
    let differs = |place: &&&String| value(ours, place) != value(theirs, place);
    let words = |place: &String| format!("{place}: {} in the log, {} told", value(ours, place), value(theirs, place));
    places.iter().filter(differs).map(|place| words(place)).collect()
}
