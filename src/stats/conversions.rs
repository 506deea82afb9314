//! Conversions: the units of one arm, each of which did the thing once or did not.

use super::real;

/// How many units an arm has and how many of them converted, never more than there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conversions {
    units: u64,
    converted: u64,
}

impl Conversions {
    /// The counts of an arm, or nothing when more units converted than there are.
    #[must_use]
    pub fn new(units: u64, converted: u64) -> Option<Self> {
        (converted <= units).then_some(Self { units, converted })
    }

    /// All units.
    #[must_use]
    pub fn units(self) -> u64 {
        self.units
    }

    /// The units that converted.
    #[must_use]
    pub fn converted(self) -> u64 {
        self.converted
    }

    /// The units that did not.
    #[must_use]
    pub fn unconverted(self) -> u64 {
        self.units - self.converted
    }

    /// The share of units that converted, 0 to 1, or nothing when there are no units.
    #[must_use]
    pub fn rate(self) -> Option<f64> {
        (self.units > 0).then(|| real(self.converted) / real(self.units))
    }

    /// The variance of the rate: s²/n with s² = M2/(n-1), which for zeros and ones is m(1-m)·n/(n-1).
    /// Finite only for two or more units.
    pub(super) fn rate_variance(self) -> f64 {
        let n = real(self.units);
        real(self.converted) / n * (real(self.unconverted()) / n) / (n - 1.0)
    }

    /// The variance of the rate's logarithm by the delta method: s²/(n·m²), which is (n-S)/(S(n-1)).
    /// Finite only for two or more units and one or more conversions.
    pub(crate) fn log_rate_variance(self) -> f64 {
        real(self.unconverted()) / (real(self.converted) * (real(self.units) - 1.0))
    }
}
