//! Chance: seeded draws of sums.

use fastrand::Rng;
use pointsman::stats::moments::Moments;
use pointsman::stats::special::binomial::log_chance;

/// Events expected from which on a draw is made at once: below it counting up is as fast.
const MANY: f64 = 12.0;

/// How many of `n` do what each does with the chance `p`. Exact.
pub fn binomial(rng: &mut Rng, n: u64, p: f64) -> u64 {
    if p <= 0.0 || n == 0 {
        return 0;
    }
    if p > 0.5 {
        return n - binomial(rng, n, 1.0 - p);
    }
    if real(n) * p < MANY { counted(rng, n, p) } else { rejected(rng, n, p) }
}

/// By inversion: from nothing upwards.
fn counted(rng: &mut Rng, n: u64, p: f64) -> u64 {
    let odds = p / (1.0 - p);
    let mut chance = (real(n) * (-p).ln_1p()).exp();
    let mut u = rng.f64();
    for k in 0..n {
        if u <= chance {
            return k;
        }
        u -= chance;
        chance *= odds * real(n - k) / real(k + 1);
    }
    n
}

/// By transformed rejection (BTRS; Hörmann, "The generation of binomial random variates", 1993): about as long for a
/// million as for a dozen.
fn rejected(rng: &mut Rng, n: u64, p: f64) -> u64 {
    let all = real(n);
    let spread = (all * p * (1.0 - p)).sqrt();
    let wide = 1.15 + 2.53 * spread;
    let steep = -0.0873 + 0.0248 * wide + 0.01 * p;
    let squeeze = 0.92 - 4.2 / wide;
    let scale = (2.83 + 5.1 / wide) * spread;
    // Few draws ask how likely a count is, by the likeliest.
    let by_mode = |k: f64| log_chance(k, all, p) - log_chance(((all + 1.0) * p).floor(), all, p);
    loop {
        let (place, height) = (rng.f64() - 0.5, rng.f64());
        let side = 0.5 - place.abs();
        let count = ((2.0 * steep / side + wide) * place + all * p + 0.5).floor();
        let inside = || {
            let height = height * scale / (steep / (side * side) + wide);
            (0.0..=all).contains(&count) && height.ln() <= by_mode(count)
        };
        if (side >= 0.07 && height <= squeeze) || inside() {
            #[expect(clippy::cast_sign_loss, reason = "it lies between 0 and n")]
            return count as u64;
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "small counts")]
pub fn real(count: u64) -> f64 {
    count as f64
}

/// A draw from the standard normal distribution (Box & Muller).
pub fn gauss(rng: &mut Rng) -> f64 {
    (-2.0 * (1.0 - rng.f64()).ln()).sqrt() * (std::f64::consts::TAU * rng.f64()).cos()
}

/// The moments of units, by the numbers that each has.
pub fn units<const N: usize>(rng: &mut Rng, n: u64, mut unit: impl FnMut(&mut Rng) -> [f64; N]) -> Moments {
    let (mut sums, mut products) = ([0.0; N], [[0.0; N]; N]);
    for _ in 0..n {
        let z = unit(rng);
        for i in 0..N {
            sums[i] += z[i];
            for j in 0..=i {
                products[i][j] += z[i] * z[j];
            }
        }
    }
    let count = real(n);
    let places = (0..N).flat_map(|i| (0..=i).map(move |j| (i, j)));
    let spread = |(i, j): (usize, usize)| (products[i][j] - sums[i] * sums[j] / count) / (count - 1.0).max(1.0);
    let mean = sums.iter().map(|sum| sum / count).collect();
    Moments { units: count, mean, covariance: places.map(spread).collect(), ..Moments::default() }
}

#[cfg(test)]
mod tests {
    use super::{Rng, binomial, real};
    use pointsman::stats::special::binomial::log_chance;
    use pointsman::stats::special::gamma::chi_square;

    #[test]
    fn counts_come_as_often_as_their_distribution_says() {
        for (n, p) in [(10, 0.3), (40, 0.2), (60, 0.7), (1_000, 0.02), (1_000, 0.5), (100_000, 0.001)] {
            let (mut rng, draws) = (Rng::with_seed(n), 50_000_u64);
            let mut seen = std::collections::BTreeMap::<u64, u64>::new();
            for _ in 0..draws {
                *seen.entry(binomial(&mut rng, n, p)).or_default() += 1;
            }
            let (mut statistic, mut places) = (0.0, 0);
            for k in 0..=n {
                let expected = real(draws) * log_chance(real(k), real(n), p).exp();
                if expected >= 20.0 {
                    let apart = real(seen.get(&k).copied().unwrap_or(0)) - expected;
                    statistic += apart * apart / expected;
                    places += 1;
                }
            }
            let chance = chi_square(statistic, f64::from(places - 1)).sf();
            assert!(places > 5 && chance > 1e-3, "{n} with {p}: {statistic} at {places} places, {chance}");
        }
    }
}
