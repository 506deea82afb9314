//! What the collector has counted of one run: units by variant, epoch and dimension, from the sums of all shards.

use crate::collect::{Direction, Measure, Sum};
use crate::metric::{self, Counted, Level, Values};
use crate::order;
use crate::report::{Arm, Tallies};
use crate::stats::guard::Epoch;
use crate::verdict::Sense;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ops::Range;
use serde::Serialize;

/// What stands before a browser's family in the name of its dimension.
const BROWSER: &str = "browser=";

/// Reports of one variant's units in one family of browsers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Loss {
    /// The variant.
    pub variant: String,
    /// The browser.
    pub browser: String,
    /// Reports that pages have sent.
    pub reports: u64,
    /// Those of them that never came in.
    pub lost: u64,
}

/// The sums of all shards, and when the last unit was confirmed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// The vectors.
    pub sums: Vec<Sum>,
    /// When the last unit was confirmed, in milliseconds since 1970.
    pub last: Option<i64>,
    /// When the shard that has been silent for longest was last heard of.
    pub heard: Option<i64>,
}

/// One arm's exposures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exposures {
    /// Units for which the edge decided on it.
    pub assigned: u64,
    /// Units whose browser showed it.
    pub confirmed: u64,
    /// Units that met another variant as well.
    pub crossed: u64,
    /// Reports that pages of these units have sent.
    pub reports: u64,
    /// Those of them that never came in: gaps in a page's numbers.
    pub lost: u64,
    /// Exposures that were left out as those of machines.
    pub automatic: u64,
}

impl Counts {
    /// The vector of a metric in a variant; in one epoch or all; of all units (an empty dimension), or of those of one
    /// value of a dimension, such as `browser=Safari`. `open` are the units whose window is still open, which stand apart.
    /// [`crate::metric`] says what it means.
    #[must_use]
    pub fn vector(&self, variant: &str, metric: &str, epoch: Option<i64>, dimension: &str, open: bool) -> Vec<i128> {
        self.vector_of(variant, metric, &epochs(epoch), dimension, open)
    }

    /// The same over several epochs.
    #[must_use]
    pub fn vector_of(
        &self,
        variant: &str,
        metric: &str,
        epochs: &Range<i64>,
        dimension: &str,
        open: bool,
    ) -> Vec<i128> {
        let mut all = Vec::new();
        for sum in self.chosen(variant, metric, epochs, dimension).filter(|sum| sum.open == open) {
            all.resize(all.len().max(sum.vector.len()), 0);
            for (total, digits) in all.iter_mut().zip(&sum.vector) {
                *total += digits.parse::<i128>().unwrap_or(0);
            }
        }
        all
    }

    /// The confirmed units of a variant that a metric has measured; where it has a window, those whose window has closed.
    #[must_use]
    pub fn measured(&self, variant: &str, metric: &str) -> u64 {
        number(&self.vector(variant, metric, None, "", false), 0)
    }

    /// Whether some units of a metric are not counted yet: their window is open, or the metric is new on old data.
    fn is_partial(&self, variant: &str, metric: &str) -> bool {
        self.sums.iter().any(|sum| sum.metric == metric)
            && self.measured(variant, metric) < self.exposures(variant, None, "").confirmed
    }

    /// The exposures of a variant; in one epoch or all, in one browser or all.
    #[must_use]
    pub fn exposures(&self, variant: &str, epoch: Option<i64>, browser: &str) -> Exposures {
        let dimension = if browser.is_empty() { String::new() } else { format!("{BROWSER}{browser}") };
        self.exposed(variant, epoch, &dimension)
    }

    /// The exposures of a variant, of all units (an empty dimension) or of those of one value of a dimension.
    #[must_use]
    pub fn exposed(&self, variant: &str, epoch: Option<i64>, dimension: &str) -> Exposures {
        self.exposed_in(variant, &epochs(epoch), dimension)
    }

    /// The same over several epochs.
    #[must_use]
    pub fn exposed_in(&self, variant: &str, epochs: &Range<i64>, dimension: &str) -> Exposures {
        let mut total = Exposures::default();
        for sum in self.chosen(variant, "", epochs, dimension) {
            total.assigned += at(sum, 0);
            total.confirmed += at(sum, 1);
            total.crossed += at(sum, 2);
            total.reports += at(sum, 3);
            total.lost += at(sum, 4);
            total.automatic += at(sum, 5);
        }
        total
    }

    /// The confirmed units of a variant that a metric counts. Where it has a window, those whose window has closed.
    #[must_use]
    pub fn converted(&self, variant: &str, metric: &str, epoch: Option<i64>) -> u64 {
        number(&self.vector(variant, metric, epoch, "", false), metric::DID)
    }

    /// What was counted of a metric, for a report: of these arms with their weights in the split.
    #[must_use]
    pub fn counted(&self, metric: &str, measure: &Measure, arms: &[(String, u64)]) -> Counted {
        let moments = |(variant, _): &(String, u64)| {
            let vector = self.vector(variant, metric, None, "", false);
            metric::moments(measure, &vector)
        };
        let values = metric::has_values(measure)
            .then(|| Values { parts: metric::parts(measure), arms: arms.iter().map(moments).collect() });
        let share = metric::is_share(measure);
        let arm = |(place, (variant, weight)): (usize, &(String, u64))| {
            let arm = self.arm(variant, *weight, metric);
            let own = values.as_ref().and_then(|values| values.arms.get(place)?.as_ref().ok());
            let value = own.and_then(|own| Some(Level::of(measure, own)?.mean)).filter(|_| !share);
            if share { arm } else { Arm { converted: 0, value, ..arm } }
        };
        let tallies = Tallies {
            metric: metric.to_string(),
            arms: arms.iter().enumerate().map(arm).collect(),
            sense: Sense { value: !share, down: measure.direction == Direction::Down },
            ..Tallies::default()
        };
        Counted { tallies, values }
    }

    /// A variant's counts for a metric, as a report needs them. `weight` is its part of the split.
    #[must_use]
    pub fn arm(&self, variant: &str, weight: u64, metric: &str) -> Arm {
        let Exposures { assigned, confirmed, crossed, .. } = self.exposures(variant, None, "");
        let converted = self.converted(variant, metric, None);
        let confirmed = if self.is_partial(variant, metric) { self.measured(variant, metric) } else { confirmed };
        Arm { variant: variant.to_string(), weight, assigned, confirmed, converted, crossed, value: None }
    }

    /// A metric's units by epoch, for a guardrail: those that its vector counts at this place. `weights` gives those of
    /// control and treatment in an epoch.
    #[must_use]
    pub fn epochs(
        &self,
        [control, treatment]: [&str; 2],
        metric: &str,
        place: usize,
        weights: impl Fn(i64) -> [u64; 2],
    ) -> Vec<Epoch> {
        let epochs = order::each(self.sums.iter().map(|sum| sum.epoch));
        let units = |variant: &str, epoch: i64| number(&self.vector(variant, metric, Some(epoch), "", false), place);
        let epoch = |epoch: i64| {
            let [control_weight, treated_weight] = weights(epoch);
            Epoch { treated: units(treatment, epoch), control: units(control, epoch), treated_weight, control_weight }
        };
        epochs.into_iter().map(epoch).collect()
    }

    /// Reports and losses by variant and browser, where there are any.
    #[must_use]
    pub fn losses(&self) -> Vec<Loss> {
        let (variants, browsers) = (self.variants(), self.browsers());
        let pairs = variants.iter().flat_map(|variant| browsers.iter().map(move |browser| (variant, browser)));
        let loss = |(variant, browser): (&String, &String)| {
            let Exposures { reports, lost, .. } = self.exposures(variant, None, browser);
            Loss { variant: variant.clone(), browser: browser.clone(), reports, lost }
        };
        pairs.map(loss).filter(|loss| loss.reports > 0).collect()
    }

    /// The variants that were met, in order.
    #[must_use]
    pub fn variants(&self) -> BTreeSet<String> {
        order::each(self.sums.iter().map(|sum| sum.variant.clone()))
    }

    /// The browsers that were seen, in order.
    #[must_use]
    pub fn browsers(&self) -> BTreeSet<String> {
        order::each(self.sums.iter().filter_map(|sum| sum.dimension.strip_prefix(BROWSER)).map(ToString::to_string))
    }

    /// The values of dimensions by which exposures are told apart, in order.
    #[must_use]
    pub fn dimensions(&self) -> BTreeSet<String> {
        let own = self.sums.iter().filter(|sum| sum.metric.is_empty() && !sum.dimension.is_empty());
        order::each(own.map(|sum| sum.dimension.clone()))
    }

    /// Other runs whose units are counted together with this one's, each with its variants. They are dimensions of the
    /// metric alone; what exposures are told apart by, too, is a trait of visitors.
    #[must_use]
    pub fn other_runs(&self, metric: &str) -> BTreeMap<String, BTreeSet<String>> {
        let traits = self.dimensions();
        let mut runs: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for sum in self.sums.iter().filter(|sum| sum.metric == metric && !traits.contains(&sum.dimension)) {
            if let Some((run, variant)) = sum.dimension.split_once('=') {
                runs.entry(run.to_string()).or_default().insert(variant.to_string());
            }
        }
        runs
    }

    fn chosen<'c>(
        &'c self,
        variant: &'c str,
        metric: &'c str,
        epochs: &'c Range<i64>,
        dimension: &'c str,
    ) -> impl Iterator<Item = &'c Sum> {
        self.sums.iter().filter(move |sum| {
            sum.variant == variant && sum.metric == metric && sum.dimension == dimension && epochs.contains(&sum.epoch)
        })
    }
}

/// One epoch, or all.
fn epochs(one: Option<i64>) -> Range<i64> {
    one.map_or(i64::MIN..i64::MAX, |epoch| epoch..epoch.saturating_add(1))
}

fn number(vector: &[i128], place: usize) -> u64 {
    vector.get(place).and_then(|number| u64::try_from(*number).ok()).unwrap_or(0)
}

fn at(sum: &Sum, index: usize) -> u64 {
    sum.vector.get(index).and_then(|digits| digits.parse().ok()).unwrap_or(0)
}
