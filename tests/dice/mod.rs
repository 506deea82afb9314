//! Chance for simulations: seeded, so that a run that failed fails again.

/// Xorshift64* (Vigna 2016): small, seeded, good enough for counting.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub fn roll(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }
}

/// The 99 % upper bound of a share by Wilson's score interval.
pub fn upper_bound(hits: u32, of: u32) -> f64 {
    let (z, n) = (2.326_f64, f64::from(of));
    let share = f64::from(hits) / n;
    let middle = share + z * z / (2.0 * n);
    (middle + z * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt()) / (1.0 + z * z / n)
}
