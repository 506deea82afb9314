//! All that a shard knows of one unit, and what that means for the sums: take the old out, put the new in.

use super::definitions::{ALL_TRAFFIC, Known};
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

    /// Adds what the unit means for one metric of a run, or of all traffic.
    pub(super) fn measured(&self, run: &str, name: &str, known: &Known, changes: &mut Changes) {
        let Some(metric) = known.metric(run, name) else { return };
        if run == ALL_TRAFFIC {
            self.deeds.iter().for_each(|deed| totalled(deed, name, "", &metric.total(deed), changes, 1));
        }
        for meeting in self.meetings.iter().filter(|meeting| meeting.run == run) {
            self.counted(meeting, metric, known, changes, 1);
        }
    }

    /// Adds what the unit means for what decides one run, told apart by its variant of another.
    pub(super) fn paired(&self, run: &str, other: &str, known: &Known, changes: &mut Changes) {
        let met = |run: &str| self.meetings.iter().find(|meeting| meeting.run == run && meeting.confirmed_at.is_some());
        let (Some(meeting), Some(other)) = (met(run), met(other)) else { return };
        for metric in known.of(run, &self.hash).filter(|metric| metric.primary) {
            self.add(meeting, metric, [crossed(other)].into_iter(), changes, 1);
        }
    }

    fn counted(&self, meeting: &Meeting, metric: &Metric, known: &Known, changes: &mut Changes, sign: i128) {
        if meeting.confirmed_at.is_none() {
            return;
        }
        let beside = self.beside(meeting, known).filter(|_| metric.primary);
        self.add(meeting, metric, meeting.traits.dimensions().into_iter().chain(beside), changes, sign);
    }

    fn add(
        &self,
        meeting: &Meeting,
        metric: &Metric,
        dimensions: impl Iterator<Item = String>,
        changes: &mut Changes,
        sign: i128,
    ) {
        let vector = metric.vector(meeting.assigned_at, &self.deeds);
        let cohort = metric.measure.cohort(meeting.assigned_at);
        for dimension in dimensions {
            changes.add(key(meeting, &metric.metric, dimension, cohort), &vector, sign);
        }
    }

    /// The variants of other runs that the unit has met as well, where both runs are counted together.
    fn beside(&self, meeting: &Meeting, known: &Known) -> impl Iterator<Item = String> {
        let others = self.meetings.iter().filter(|other| other.confirmed_at.is_some());
        others.filter(|other| known.are_paired(&meeting.run, &other.run, &self.hash)).map(crossed)
    }
}

/// The dimension of those who have met this variant of another run.
fn crossed(other: &Meeting) -> String {
    format!("{}={}", other.run, other.variant)
}

fn key(meeting: &Meeting, metric: &str, dimension: String, cohort: i64) -> Key {
    let (run, variant, epoch) = (meeting.run.clone(), meeting.variant.clone(), meeting.epoch);
    Key { run, variant, epoch, metric: metric.to_string(), dimension, cohort }
}

/// Adds an event to the totals of all traffic, or takes it out.
pub(super) fn total(unit: &[u8], deed: &Deed, known: &Known, changes: &mut Changes, sign: i128) {
    let event = [1, deed.value.unwrap_or(0).into()];
    totalled(deed, "", &deed.name, &event, changes, sign);
    for metric in known.of(ALL_TRAFFIC, unit) {
        totalled(deed, &metric.metric, "", &metric.total(deed), changes, sign);
    }
}

/// Under an event's name, or under the id of a metric.
fn totalled(deed: &Deed, id: &str, event: &str, vector: &[i128], changes: &mut Changes, sign: i128) {
    if vector.iter().all(|number| *number == 0) {
        return;
    }
    let cohort = deed.at - deed.at.rem_euclid(DAY);
    for dimension in deed.traits.dimensions() {
        let (run, variant, metric) = (ALL_TRAFFIC.to_string(), id.to_string(), event.to_string());
        changes.add(Key { run, variant, epoch: 0, metric, dimension, cohort }, vector, sign);
    }
}
