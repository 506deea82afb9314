//! What could name somebody in what an event says: none of it is ever stored.

use super::measure::micros;
use crate::limits::VALUE_MICROS;
use crate::redact::redact;

/// Bytes from which on a unit's id stands somewhere because it was put there, and not by chance.
const TELLING: usize = 6;

/// Whether a text could name somebody, or holds the id of the unit that it is told of.
pub(super) fn in_text(text: &str, unit: Option<&str>) -> bool {
    redact(text) != text || is_unit(text) || holds(text, unit)
}

/// Whether a text is the unit's id, or has a longer one somewhere.
pub(super) fn holds(text: &str, unit: Option<&str>) -> bool {
    unit.is_some_and(|unit| text == unit || unit.len() >= TELLING && text.contains(unit))
}

/// Whether a property's number could name somebody. None that is added up is so large as telephone numbers are with their
/// country, cards and accounts.
pub(super) fn in_number(number: f64, unit: Option<&str>) -> bool {
    micros(number).unsigned_abs() > VALUE_MICROS || written(unit) == Some(number)
}

/// Whether an event's value is its unit's id. A short one may be a price all the same.
pub(super) fn in_value(value: i64, unit: Option<&str>) -> bool {
    let telling = unit.filter(|unit| unit.len() >= TELLING);
    written(telling).is_some_and(|number| micros(number) == value)
}

/// The number that an id is.
fn written(unit: Option<&str>) -> Option<f64> {
    unit?.parse().ok()
}

/// Whether a text has the form of a unit cookie's id. Names that people give have no such mix of letters.
fn is_unit(text: &str) -> bool {
    let any = |kind: fn(&u8) -> bool| text.as_bytes().iter().any(kind);
    let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    text.len() == 22 && plain && any(u8::is_ascii_uppercase) && any(u8::is_ascii_lowercase)
}

#[cfg(test)]
mod tests {
    use super::{in_number, in_text, in_value};

    #[test]
    fn a_units_id_is_found_in_words_and_numbers_and_a_price_is_none() {
        let ada = Some("customer-77");
        assert!(in_text("customer-77", ada) && in_text("/account/customer-77/orders", ada));
        assert!(!in_text("customer-78", ada) && !in_text("customer-77", None));
        assert!(in_text("7", Some("7")) && !in_text("size 7", Some("7")), "a short id stands anywhere by chance");
        let number = Some("100012345");
        assert!(in_number(100_012_345.0, number) && in_number(7.0, Some("7")) && !in_number(7.0, number));
        assert!(in_number(491_711_234_567.0, None), "a telephone number");
        assert!(!in_number(129_900.0, None) && !in_number(-0.5, Some("nan")));
        assert!(in_value(100_012_345_000_000, number) && !in_value(20_000_000, Some("20")), "a price of 20");
    }
}
