//! Moments: how many units there are, the means of what was measured of each, and how these vary together.
//!
//! Two forms. [`Sums`] are what shards keep: whole numbers, which add and subtract in any order to the same bits, and
//! which are exact at any offset. [`Moments`] are what estimators read. The way from one to the other goes through
//! products of 256 bits, so that nothing is lost where a variance is small beside the square of its mean: n·Σzz' - Σz·Σz'
//! is calculated exactly and only then becomes a number with a point.

use super::conversions::Conversions;
use super::real;
use alloc::vec;
use alloc::vec::Vec;

/// Exact sums over the units of one cell: a variant, an epoch, a metric. Each unit is a list of whole numbers, such as
/// its outcome, its denominator and its covariates, all in steps of the metric's scale.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// The units.
    pub units: u64,
    /// Σz.
    pub sums: Vec<i128>,
    /// Σzz', the lower triangle row by row: 00, 10, 11, 20, ...
    pub products: Vec<i128>,
}

/// Where row `i`, column `j` lies in a lower triangle.
fn place(i: usize, j: usize) -> usize {
    let (row, column) = if i >= j { (i, j) } else { (j, i) };
    row * (row + 1) / 2 + column
}

impl Sums {
    /// Sums over nobody, of so many numbers a unit.
    #[must_use]
    pub fn of(width: usize) -> Self {
        Self { units: 0, sums: vec![0; width], products: vec![0; width * (width + 1) / 2] }
    }

    /// From a shard's vector: the units, then for each number its sum, that of its squares, and those of its products with
    /// the numbers before it. What is left out at the end is 0.
    #[must_use]
    pub fn from_vector(vector: &[i128], width: usize) -> Self {
        let mut sums = Self::of(width);
        let mut rest = vector.iter().copied();
        let mut next = || rest.next().unwrap_or(0);
        sums.units = u64::try_from(next()).unwrap_or(0);
        for i in 0..width {
            sums.sums[i] = next();
            sums.products[place(i, i)] = next();
            for j in 0..i {
                sums.products[place(i, j)] = next();
            }
        }
        sums
    }

    /// Forgets one of the numbers: it is 0 for every unit.
    pub fn leave_out(&mut self, number: usize) {
        for other in 0..self.sums.len() {
            self.products[place(number, other)] = 0;
        }
        self.sums[number] = 0;
    }

    /// The vector that shards keep: with an outcome y, a denominator d and a covariate x
    /// `n, y, yy, d, dd, yd, x, xx, xy, xd`.
    #[must_use]
    pub fn vector(&self) -> Vec<i128> {
        let mut vector = Vec::with_capacity(1 + self.sums.len() + self.products.len());
        vector.push(self.units.into());
        for (i, sum) in self.sums.iter().enumerate() {
            vector.extend([*sum, self.products[place(i, i)]]);
            vector.extend((0..i).map(|j| self.products[place(i, j)]));
        }
        vector
    }

    /// Adds a unit, or takes one back that was added.
    ///
    /// A unit's numbers are at most 2^43 and units at most 2^40, so that no sum comes near 2^127.
    pub fn unit(&mut self, z: &[i64], back: bool) {
        let sign = if back { -1 } else { 1 };
        self.units = if back { self.units.saturating_sub(1) } else { self.units + 1 };
        for (i, a) in z.iter().enumerate().take(self.sums.len()) {
            self.sums[i] += sign * i128::from(*a);
            for (j, b) in z.iter().enumerate().take(i + 1) {
                self.products[place(i, j)] += sign * i128::from(*a) * i128::from(*b);
            }
        }
    }

    /// Adds all units of another cell, or takes them back.
    pub fn merge(&mut self, other: &Self, back: bool) {
        self.units = if back { self.units.saturating_sub(other.units) } else { self.units.saturating_add(other.units) };
        let add = |all: &mut Vec<i128>, more: &[i128]| {
            if all.len() < more.len() {
                all.resize(more.len(), 0);
            }
            for (sum, next) in all.iter_mut().zip(more) {
                if back { *sum -= next } else { *sum += next }
            }
        };
        add(&mut self.sums, &other.sums);
        add(&mut self.products, &other.products);
    }

    /// The counts of an arm whose units each did it or did not: whole numbers are all zeros and ones where they sum to what
    /// their squares do. Nothing for other numbers, or in smaller steps; of several numbers a unit the first one counts.
    #[must_use]
    pub fn conversions(&self, scale: f64) -> Option<Conversions> {
        let (sum, squares) = (self.sums.first()?, self.products.first()?);
        if scale == 1.0 && sum == squares { Conversions::new(self.units, u64::try_from(*sum).ok()?) } else { None }
    }

    /// The moments, for numbers in steps of 1/`scale`. Nothing unless the sums can be those of so many units.
    #[must_use]
    pub fn moments(&self, scale: f64) -> Option<Moments> {
        let width = self.sums.len();
        if self.products.len() != width * (width + 1) / 2 || !(scale.is_finite() && scale > 0.0) {
            return None;
        }
        let n = real(self.units);
        let mut arm = Moments::with_room(n, width);
        for sum in &self.sums {
            let all = if self.units == 0 { [0.0; 2] } else { quotient(number(*sum), [n, 0.0]) };
            arm.push(quotient(all, [scale, 0.0]));
        }
        let degrees = if self.units > 1 { n * (n - 1.0) } else { 1.0 };
        let mut covariance = vec![0.0; self.products.len()];
        for i in 0..width {
            for j in 0..=i {
                let at = place(i, j);
                let spread = wide::sub(
                    wide::mul(self.products[at], i128::from(self.units)),
                    wide::mul(self.sums[i], self.sums[j]),
                );
                // n Σz² is never below (Σz)².
                if i == j && spread.negative() {
                    return None;
                }
                covariance[at] = if self.units > 1 { spread.number() / degrees / (scale * scale) } else { 0.0 };
            }
        }
        Some(Moments { covariance, ..arm })
    }
}

/// The nearest number, and what is left beyond it: twice as many digits as a number has.
pub(super) type Fine = [f64; 2];

/// Up to here every whole number is one with a point.
const EXACT: u64 = 1 << 53;

#[expect(clippy::cast_precision_loss, reason = "what is lost is the second number")]
fn number(sum: i128) -> Fine {
    if let Some(short) = i64::try_from(sum).ok().filter(|short| short.unsigned_abs() <= EXACT) {
        return [short as f64, 0.0];
    }
    let nearest = sum as f64;
    [nearest, sum.saturating_sub(nearest as i128) as f64]
}

/// One by the other. What a number lacks to the quotient is calculated as Dekker does it (Numerische Mathematik 1971).
pub(super) fn quotient([above, more]: Fine, [below, beyond]: Fine) -> Fine {
    let nearest = above / below;
    let left = remainder(above, nearest, below) + more - nearest * beyond;
    let rest = left / below;
    [nearest, if rest.is_finite() { rest } else { 0.0 }]
}

/// a - b·c, where b·c is nearly a.
fn remainder(a: f64, b: f64, c: f64) -> f64 {
    const HALF: f64 = 134_217_729.0;
    let split = |x: f64| {
        let high = HALF * x - (HALF * x - x);
        [high, x - high]
    };
    let ([b1, b0], [c1, c0]) = (split(b), split(c));
    let product = b * c;
    let lost = ((b1 * c1 - product) + b1 * c0 + b0 * c1) + b0 * c0;
    (a - product) - lost
}

/// Integers of 256 bits, for one product and one difference.
mod wide {
    /// Two's complement: the upper half, and the lower one.
    #[derive(Clone, Copy)]
    pub(super) struct Wide(i128, u128);

    pub(super) fn mul(a: i128, b: i128) -> Wide {
        let negative = (a < 0) != (b < 0);
        let (a, b) = (a.unsigned_abs(), b.unsigned_abs());
        // Most sums are short: their product has 64 bits, or one multiplication makes it.
        let product = match a.leading_zeros() + b.leading_zeros() {
            192.. => Wide(0, u128::from(a as u64 * b as u64)),
            128.. => Wide(0, a * b),
            _ => long(a, b),
        };
        if negative { sub(Wide(0, 0), product) } else { product }
    }

    /// By four products of halves.
    fn long(a: u128, b: u128) -> Wide {
        let mask = u128::from(u64::MAX);
        let (a1, a0, b1, b0) = (a >> 64, a & mask, b >> 64, b & mask);
        let low = a0 * b0;
        let (cross, carried) = (a1 * b0).overflowing_add(a0 * b1);
        let (low, carry) = low.overflowing_add(cross << 64);
        let high = a1 * b1 + (cross >> 64) + (u128::from(carried) << 64) + u128::from(carry);
        Wide(high.cast_signed(), low)
    }

    pub(super) fn sub(a: Wide, b: Wide) -> Wide {
        let (low, borrow) = a.1.overflowing_sub(b.1);
        Wide(a.0.wrapping_sub(b.0).wrapping_sub(i128::from(borrow)), low)
    }

    impl Wide {
        pub(super) fn negative(self) -> bool {
            self.0 < 0
        }

        /// The nearest number, but for the last bit.
        #[expect(clippy::cast_precision_loss, reason = "the nearest number")]
        pub(super) fn number(self) -> f64 {
            const TWO_TO_THE_128: f64 = 340_282_366_920_938_463_463_374_607_431_768_211_456.0;
            if self.0 < 0 {
                return -sub(Wide(0, 0), self).number();
            }
            if let (0, Ok(low)) = (self.0, u64::try_from(self.1)) {
                return super::real(low);
            }
            self.0 as f64 * TWO_TO_THE_128 + self.1 as f64
        }
    }
}

/// What estimators read of an arm.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Moments {
    /// The units.
    pub units: f64,
    /// The means, each the nearest number.
    pub mean: Vec<f64>,
    /// What each mean has beyond its number; 0 where it is left out. At a high offset the difference of two means is made
    /// of it.
    pub rest: Vec<f64>,
    /// Variances and covariances over n - 1, the lower triangle row by row.
    pub covariance: Vec<f64>,
}

impl Moments {
    /// One number a unit, from its mean and variance.
    #[must_use]
    pub fn of(units: f64, mean: f64, variance: f64) -> Self {
        Self { units, mean: vec![mean], covariance: vec![variance], ..Self::default() }
    }

    /// Of so many units, with room for so many numbers of each.
    pub(super) fn with_room(units: f64, width: usize) -> Self {
        let covariance = Vec::new();
        Self { units, mean: Vec::with_capacity(width), rest: Vec::with_capacity(width), covariance }
    }

    /// One mean more.
    pub(super) fn push(&mut self, [mean, rest]: Fine) {
        self.mean.push(mean);
        self.rest.push(rest);
    }

    /// The mean of the `i`th number; 0 if there is none.
    #[must_use]
    pub fn mean(&self, i: usize) -> f64 {
        self.mean.get(i).copied().unwrap_or(0.0)
    }

    /// The same with what it has beyond its number.
    pub(super) fn fine(&self, i: usize) -> Fine {
        [self.mean(i), self.rest.get(i).copied().unwrap_or(0.0)]
    }

    /// How far the `i`th mean lies above that of another arm, with all the digits that both have.
    #[must_use]
    pub fn above(&self, other: &Self, i: usize) -> f64 {
        let ([mean, rest], [base, beyond]) = (self.fine(i), other.fine(i));
        (mean - base) + (rest - beyond)
    }

    /// How the `i`th and the `j`th number vary together; 0 if there are none.
    #[must_use]
    pub fn cov(&self, i: usize, j: usize) -> f64 {
        self.covariance.get(place(i, j)).copied().unwrap_or(0.0)
    }

    /// How many numbers there are a unit.
    #[must_use]
    pub fn width(&self) -> usize {
        self.mean.len()
    }

    /// Only these numbers of each unit, in this order.
    #[must_use]
    pub fn only(&self, which: impl ExactSizeIterator<Item = usize> + Clone) -> Self {
        let mut covariance = Vec::with_capacity(which.len() * (which.len() + 1) / 2);
        for (i, a) in which.clone().enumerate() {
            covariance.extend(which.clone().take(i + 1).map(|b| self.cov(a, b)));
        }
        let mut only = Self { covariance, ..Self::with_room(self.units, which.len()) };
        which.for_each(|a| only.push(self.fine(a)));
        only
    }

    /// The moments of the units of both, after Chan, Golub & `LeVeque` (1979) and Pébay (2008).
    #[must_use]
    pub fn merged(&self, other: &Self) -> Self {
        let (a, b) = (self.units, other.units);
        let n = a + b;
        if a == 0.0 || b == 0.0 {
            return if a == 0.0 { other.clone() } else { self.clone() };
        }
        let apart = |i: usize| other.above(self, i);
        let mean = self.mean.iter().enumerate().map(|(i, mean)| mean + apart(i) * b / n).collect();
        let mut covariance = Vec::with_capacity(self.covariance.len());
        for i in 0..self.width() {
            for j in 0..=i {
                let within = (a - 1.0) * self.cov(i, j) + (b - 1.0) * other.cov(i, j);
                covariance.push((within + apart(i) * apart(j) * a * b / n) / (n - 1.0));
            }
        }
        Self { units: n, mean, covariance, ..Self::default() }
    }

    /// The same in other steps: the `i`th number is divided by the `i`th scale.
    #[must_use]
    pub fn scaled(mut self, scales: &[f64]) -> Self {
        let scale = |i: usize| scales.get(i).copied().unwrap_or(1.0);
        for i in 0..self.width() {
            let [mean, rest] = quotient(self.fine(i), [scale(i), 0.0]);
            self.mean[i] = mean;
            if let Some(own) = self.rest.get_mut(i) {
                *own = rest;
            }
            for j in 0..=i {
                self.covariance[place(i, j)] /= scale(i) * scale(j);
            }
        }
        self
    }

    /// Whether every number is one.
    #[must_use]
    pub fn finite(&self) -> bool {
        self.units.is_finite() && self.mean.iter().chain(&self.covariance).all(|number| number.is_finite())
    }
}

#[cfg(test)]
mod tests {
    use super::wide::{mul, sub};

    #[test]
    fn wide_products_are_exact() {
        let near = |got: f64, expected: f64| assert!((got / expected - 1.0).abs() < 1e-15, "{got} is not {expected}");
        near(mul(i128::MAX, i128::MAX).number(), 2_f64.powi(254));
        near(mul(i128::MIN, i128::MAX).number(), -(2_f64.powi(254)));
        near(mul(-3, 1 << 100).number(), -3.0 * 2_f64.powi(100));
        // (a + 1)(a - 1) is a² - 1.
        let a = (1_i128 << 110) + 12_345;
        near(sub(mul(a, a), mul(a + 1, a - 1)).number(), 1.0);
        assert!(sub(mul(a + 1, a - 1), mul(a, a)).negative());
    }
}
