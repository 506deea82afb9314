//! Where a rising function is zero.

use crate::stats::within;

/// A function that rises from `low` to `high`, which may be infinite, and a guess where it is zero.
#[derive(Clone, Copy, Debug)]
pub struct Monotone {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// A point between them.
    pub start: f64,
}

/// More than any bracket takes: from 1 down to the smallest number there are 1,074 halvings.
const STEPS: u32 = 2_200;

impl Monotone {
    /// The zero, to the last bits of a number. Where there is none, the end that is nearest to one.
    ///
    /// Brent's method (1973) inside a bracket that grows from the guess.
    pub fn zero(self, f: impl Fn(f64) -> f64) -> f64 {
        self.found(&f)
    }

    /// One search for all functions: each copy of its own weighs a kilobyte in a browser.
    fn found(self, f: &dyn Fn(f64) -> f64) -> f64 {
        let (a, b) = self.bracket(f);
        let (fa, fb) = (f(a), f(b));
        if fa >= 0.0 {
            return a;
        }
        if fb <= 0.0 {
            return b;
        }
        brent(f, [a, b], [fa, fb])
    }

    fn bracket(self, f: &dyn Fn(f64) -> f64) -> (f64, f64) {
        let start = within(self.start, [self.low, self.high]);
        let mut step = 0.05 * libm::fabs(start) + 1e-3;
        if self.high - self.low < 8.0 * step {
            return (self.low, self.high);
        }
        let (mut a, mut b) = ((start - step).max(self.low), (start + step).min(self.high));
        // A function that is not finite at an infinite end never gets there: steps grow until one side has turned.
        while f(b) < 0.0 && b < self.high && step < 1e300 {
            step *= 4.0;
            (a, b) = (b, (b + step).min(self.high));
        }
        while f(a) > 0.0 && a > self.low && step < 1e300 {
            step *= 4.0;
            (a, b) = ((a - step).max(self.low), a);
        }
        (a, b)
    }
}

fn brent(f: &dyn Fn(f64) -> f64, [mut a, mut b]: [f64; 2], [mut fa, mut fb]: [f64; 2]) -> f64 {
    let (mut c, mut fc) = (a, fa);
    let (mut step, mut before) = (b - a, b - a);
    for _ in 0..STEPS {
        if (fb > 0.0) == (fc > 0.0) {
            (c, fc, step, before) = (a, fa, b - a, b - a);
        }
        if libm::fabs(fc) < libm::fabs(fb) {
            (a, b, c) = (b, c, b);
            (fa, fb, fc) = (fb, fc, fb);
        }
        let tolerance = f64::EPSILON * libm::fabs(b);
        let half = 0.5 * (c - b);
        if libm::fabs(half) <= tolerance || fb == 0.0 {
            break;
        }
        let next = interpolate([a, b, c], [fa, fb, fc]);
        let fits = next.is_finite()
            && libm::fabs(next) < libm::fabs(0.75 * (c - b))
            && (next > 0.0) == (half > 0.0)
            && libm::fabs(next) < 0.5 * libm::fabs(before);
        (before, step) = if fits { (step, next) } else { (half, half) };
        (a, fa) = (b, fb);
        b += if libm::fabs(step) > tolerance { step } else { libm::copysign(tolerance.max(f64::MIN_POSITIVE), half) };
        fb = f(b);
    }
    b
}

/// The step from `b` by a line, or by a parabola on its side where there are three points.
fn interpolate([a, b, c]: [f64; 3], [fa, fb, fc]: [f64; 3]) -> f64 {
    let s = fb / fa;
    if a == c {
        return (c - b) * s / (s - 1.0);
    }
    let (q, r) = (fa / fc, fb / fc);
    let over = s * ((c - b) * q * (q - r) - (b - a) * (r - 1.0));
    -over / ((q - 1.0) * (r - 1.0) * (s - 1.0))
}

#[cfg(test)]
mod tests {
    use super::Monotone;

    #[test]
    fn a_zero_is_found_to_the_last_bits_wherever_the_guess_is() {
        for start in [-50.0, 0.0, 3.0, 900.0] {
            let zero = Monotone { low: f64::NEG_INFINITY, high: f64::INFINITY, start }.zero(|x| x * x * x - 27.0);
            assert!((zero - 3.0).abs() < 4e-15, "{zero}");
        }
        let zero = Monotone { low: 0.0, high: 1.0, start: 0.5 }.zero(|x| libm::log(x) + 300.0);
        assert!((zero / libm::exp(-300.0) - 1.0).abs() < 1e-12);
        assert!((Monotone { low: 0.0, high: 1.0, start: 0.5 }.zero(|x| x + 1.0)).abs() < 1e-300);
        assert!((Monotone { low: 0.0, high: 1.0, start: 0.5 }.zero(|x| x - 2.0) - 1.0).abs() < 1e-300);
    }
}
