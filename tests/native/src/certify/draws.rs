//! Chance: seeded draws of sums.

use fastrand::Rng;
use pointsman::stats::moments::Moments;
use pointsman::stats::special::normal;

/// How many of `n` do what each does with the chance `p`. Exact, by inversion in pieces that expect at most 40.
pub fn binomial(rng: &mut Rng, mut n: u64, p: f64) -> u64 {
    if p <= 0.0 || n == 0 {
        return 0;
    }
    if p > 0.5 {
        return n - binomial(rng, n, 1.0 - p);
    }
    #[expect(clippy::cast_sign_loss, reason = "positive")]
    let piece = ((40.0 / p) as u64).max(1);
    let mut all = 0;
    while n > 0 {
        let now = n.min(piece);
        n -= now;
        all += inverted(rng, now, p);
    }
    all
}

fn inverted(rng: &mut Rng, n: u64, p: f64) -> u64 {
    #[expect(clippy::cast_precision_loss, reason = "small counts")]
    let (real, odds) = (n as f64, p / (1.0 - p));
    let mut chance = (real * (-p).ln_1p()).exp();
    let mut u = rng.f64();
    for k in 0..n {
        if u <= chance {
            return k;
        }
        u -= chance;
        #[expect(clippy::cast_precision_loss, reason = "small counts")]
        let at = k as f64;
        chance *= odds * (real - at) / (at + 1.0);
    }
    n
}

pub fn gauss(rng: &mut Rng) -> f64 {
    normal::ppf(rng.f64().clamp(1e-300, 1.0 - 1e-16))
}

/// Adds units to an arm's moments, by what each unit has: at most two numbers.
pub fn units(rng: &mut Rng, arm: &mut Moments, n: u64, mut unit: impl FnMut(&mut Rng) -> [f64; 2]) {
    let (mut sums, mut products) = ([0.0; 2], [0.0; 3]);
    for _ in 0..n {
        let [y, x] = unit(rng);
        sums = [sums[0] + y, sums[1] + x];
        products = [products[0] + y * y, products[1] + x * y, products[2] + x * x];
    }
    #[expect(clippy::cast_precision_loss, reason = "small counts")]
    let count = n as f64;
    let width = arm.width();
    let spread = |product: f64, a: f64, b: f64| if n > 1 { (product - a * b / count) / (count - 1.0) } else { 0.0 };
    let mut covariance = vec![
        spread(products[0], sums[0], sums[0]),
        spread(products[1], sums[0], sums[1]),
        spread(products[2], sums[1], sums[1]),
    ];
    covariance.truncate(width * (width + 1) / 2);
    let mean = sums.iter().take(width).map(|sum| sum / count).collect();
    *arm = arm.merged(&Moments { units: count, mean, covariance, ..Moments::default() });
}

/// Skewed values.
#[derive(Clone, Copy, Debug)]
pub enum Tail {
    /// e^(σ·normal).
    Lognormal(f64),
    /// The same for one of so many units, nothing for the others.
    Mostly(f64, f64),
}

impl Tail {
    /// What a unit has.
    pub fn draw(self, rng: &mut Rng) -> f64 {
        match self {
            Self::Lognormal(sigma) => (sigma * gauss(rng)).exp(),
            Self::Mostly(share, sigma) => {
                if rng.f64() < share {
                    (sigma * gauss(rng)).exp()
                } else {
                    0.0
                }
            }
        }
    }
}
