//! All that a shard knows of one unit, and what that means for the sums: take the old out, put the new in.

use super::definitions::Known;
use super::event::{self, Deed};
use super::exposure::{self, Meeting};
use super::measure::Metric;
use super::page::{self, Page};
use super::sums::{Changes, Key};
use crate::sql::{Failure, Sql};
use crate::time::DAY;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// A unit and its rows.
pub(super) struct Unit {
    pub(super) hash: Vec<u8>,
    pub(super) meetings: Vec<Meeting>,
    pub(super) pages: Vec<Page>,
    pub(super) deeds: Vec<Deed>,
}

impl Unit {
    pub(super) fn read(sql: &mut impl Sql, hash: &[u8]) -> Result<Self, Failure> {
        Ok(Self {
            hash: hash.to_vec(),
            meetings: exposure::all(sql, hash)?,
            pages: page::all(sql, hash)?,
            deeds: event::all(sql, hash)?,
        })
    }

    /// Adds what the unit means for the sums of its runs, or takes it out with `sign` -1.
    pub(super) fn contribute(&self, known: &Known, changes: &mut Changes, sign: i128) {
        for meeting in &self.meetings {
            let one_if = i128::from;
            let reports = meeting.reports(self.pages.iter());
            let vector =
                [1, one_if(meeting.confirmed_at.is_some()), one_if(meeting.crossed), reports.sent, reports.lost];
            for dimension in meeting.traits.dimensions() {
                changes.add(key(meeting, "", dimension, 0), &vector, sign);
            }
            for metric in known.of(&meeting.run, &self.hash) {
                self.counted(meeting, metric, known, changes, sign);
            }
        }
    }

    /// Adds what the unit means for one metric of a run.
    pub(super) fn measured(&self, run: &str, metric: &Metric, known: &Known, changes: &mut Changes, sign: i128) {
        for meeting in self.meetings.iter().filter(|meeting| meeting.run == run) {
            self.counted(meeting, metric, known, changes, sign);
        }
    }

    fn counted(&self, meeting: &Meeting, metric: &Metric, known: &Known, changes: &mut Changes, sign: i128) {
        if meeting.confirmed_at.is_none() {
            return;
        }
        let vector = metric.vector(meeting, &self.deeds);
        let cohort = metric.measure.cohort(meeting.assigned_at);
        let mut dimensions = meeting.traits.dimensions();
        if metric.primary {
            dimensions.extend(self.beside(meeting, known));
        }
        for dimension in dimensions {
            changes.add(key(meeting, &metric.metric, dimension, cohort), &vector, sign);
        }
    }

    /// The variants of other runs that the unit has met as well, where both runs are counted together.
    fn beside(&self, meeting: &Meeting, known: &Known) -> impl Iterator<Item = String> {
        self.meetings.iter().filter_map(move |other| {
            let together = known.pairs.contains(&(meeting.run.clone(), other.run.clone()));
            (together && other.confirmed_at.is_some()).then(|| format!("{}={}", other.run, other.variant))
        })
    }
}

fn key(meeting: &Meeting, metric: &str, dimension: String, cohort: i64) -> Key {
    let (run, variant, epoch) = (meeting.run.clone(), meeting.variant.clone(), meeting.epoch);
    Key { run, variant, epoch, metric: metric.to_string(), dimension, cohort }
}

/// Adds an event to the totals of all traffic, or takes it out.
pub(super) fn total(deed: &Deed, changes: &mut Changes, sign: i128) {
    let cohort = deed.at - deed.at.rem_euclid(DAY);
    for dimension in deed.traits.dimensions() {
        let (run, variant, metric) = (String::new(), String::new(), deed.name.clone());
        let key = Key { run, variant, epoch: 0, metric, dimension, cohort };
        changes.add(key, &[1, deed.value.unwrap_or(0).into()], sign);
    }
}
