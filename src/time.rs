//! Time as the engine knows it: whole milliseconds since 1970 in UTC, always handed in, never asked for.

/// Milliseconds of an hour.
pub const HOUR: i64 = 3_600_000;

/// Milliseconds of a day of 24 hours.
pub const DAY: i64 = 24 * HOUR;

/// Milliseconds since the Unix epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Millis(pub i64);

impl Millis {
    /// The time in a JavaScript number, as `Date.now()` gives it. Fractions are cut, anything that is no time is 0.
    #[must_use]
    pub fn from_f64(milliseconds: f64) -> Self {
        // `as` saturates and sends NaN to 0, natively and in wasm alike.
        Self(milliseconds as i64)
    }
}
