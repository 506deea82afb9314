//! Each operator as its documentation says it.

use super::parse::{self, Version};
use super::{Naive, Seen};
use pointsman::document::{Compare, Condition, Day, Each, InRange, Item, Scalar, Size, Than, TimeOfDay, Weekday};
use pointsman::draw::{self, Purpose};
use pointsman::evaluate::Error;
use regex_automata::nfa::thompson::pikevm::PikeVM;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

impl<'d> Naive<'d> {
    /// Whether a condition holds. Questions are asked in their order, and none that nothing hangs on any more.
    pub(super) fn holds(&self, condition: &'d Condition) -> Result<bool, Error> {
        Ok(match condition {
            Condition::All(parts) => {
                for part in parts {
                    if !self.holds(part)? {
                        return Ok(false);
                    }
                }
                true
            }
            Condition::Any(parts) => {
                for part in parts {
                    if self.holds(part)? {
                        return Ok(true);
                    }
                }
                false
            }
            Condition::Not(part) => !self.holds(part)?,
            Condition::Segment(key) => self.holds(&self.document.segments[key].condition)?,
            Condition::Flag(test) => test.is.contains(&self.flag(&test.key).variant),
            Condition::Draw(test) => self.under(Purpose::Condition, &test.salt, &test.unit, test.below)?,
            Condition::Exists(test) => self.visitor.attribute(&test.attribute).is_some(),
            Condition::Equals(test) => self.asks(&test.attribute, test.list, |value| match (&test.value, value) {
                (Scalar::Text(wanted), Seen::Text(text)) => {
                    folded(text, test.ignore_case) == folded(wanted, test.ignore_case)
                }
                (Scalar::Number(wanted), Seen::Number(number)) => number == wanted,
                (Scalar::Boolean(wanted), Seen::Boolean(yes)) => yes == wanted,
                _ => false,
            }),
            Condition::In(test) => self.asks(&test.attribute, test.list, |value| {
                test.values.iter().any(|wanted| match (wanted, value) {
                    (Item::Text(wanted), Seen::Text(text)) => {
                        folded(text, test.ignore_case) == folded(wanted, test.ignore_case)
                    }
                    (Item::Number(wanted), Seen::Number(number)) => number == wanted,
                    _ => false,
                })
            }),
            Condition::Listed(test) => self.asks_text(&test.attribute, test.list, false, |text| {
                test.ids.iter().any(|id| names(&test.salt, id, text))
            }),
            Condition::Starts(test) => self.asks_text(&test.attribute, test.list, test.ignore_case, |text| {
                text.starts_with(&folded(&test.with, test.ignore_case))
            }),
            Condition::Ends(test) => self.asks_text(&test.attribute, test.list, test.ignore_case, |text| {
                text.ends_with(&folded(&test.with, test.ignore_case))
            }),
            Condition::Contains(test) => self.asks_text(&test.attribute, test.list, test.ignore_case, |text| {
                text.contains(&folded(&test.text, test.ignore_case))
            }),
            Condition::Glob(test) => self.asks_text(&test.attribute, test.list, test.ignore_case, |text| {
                parse::glob(&folded(&test.pattern, test.ignore_case), text)
            }),
            Condition::Matches(test) => {
                let engine = engine(&test.pattern);
                self.asks_text(&test.attribute, test.list, false, |text| {
                    engine.is_match(&mut engine.create_cache(), text)
                })
            }
            Condition::Less(test) => self.number(test, |number| number < test.than),
            Condition::AtMost(test) => self.number(test, |number| number <= test.than),
            Condition::Greater(test) => self.number(test, |number| number > test.than),
            Condition::AtLeast(test) => self.number(test, |number| number >= test.than),
            Condition::Between(test) => self.asks(
                &test.attribute,
                None,
                |value| matches!(value, Seen::Number(number) if test.from <= *number && *number <= test.to),
            ),
            Condition::Version(test) => self.version(test),
            Condition::Before(test) => self.moment(test, |time, than| time < than),
            Condition::After(test) => self.moment(test, |time, than| time > than),
            Condition::Ip(test) => self.asks_text(&test.attribute, test.list, false, |text| {
                test.networks.iter().any(|network| parse::within(network, text))
            }),
            Condition::Size(test) => self.size(test),
            Condition::Weekday(test) => self.weekday(test),
            Condition::TimeOfDay(test) => self.time_of_day(test),
        })
    }

    /// Whether an attribute passes; a list, if it is asked as one, by its items.
    fn asks(&self, attribute: &str, list: Option<Each>, passes: impl Fn(&Seen) -> bool) -> bool {
        match (self.visitor.attribute(attribute), list) {
            (None, _) => false,
            (Some(value), None) => passes(value),
            (Some(Seen::List(items)), Some(Each::Any)) => items.iter().any(passes),
            (Some(Seen::List(items)), Some(Each::All)) => items.iter().all(passes),
            (Some(Seen::List(items)), Some(Each::None)) => !items.iter().any(passes),
            (Some(_), Some(_)) => false,
        }
    }

    fn asks_text(&self, attribute: &str, list: Option<Each>, fold: bool, passes: impl Fn(&str) -> bool) -> bool {
        self.asks(attribute, list, |value| matches!(value, Seen::Text(text) if passes(&folded(text, fold))))
    }

    fn number(&self, test: &Compare, passes: impl Fn(f64) -> bool) -> bool {
        self.asks(&test.attribute, test.list, |value| matches!(value, Seen::Number(number) if passes(*number)))
    }

    #[expect(clippy::cast_precision_loss, reason = "an attribute is a number; times below 2^53 are exact")]
    fn moment(&self, test: &Than, passes: impl Fn(f64, f64) -> bool) -> bool {
        let than = super::millis(&test.than) as f64;
        self.asks(&test.attribute, test.list, |value| match value {
            Seen::Number(time) => passes(*time, than),
            Seen::Text(text) => parse::moment(text).is_some_and(|time| passes(time as f64, than)),
            _ => false,
        })
    }

    fn version(&self, test: &InRange) -> bool {
        self.asks(&test.attribute, None, |value| {
            let Seen::Text(text) = value else { return false };
            let Some(version) = Version::read(text) else { return false };
            test.range.split_ascii_whitespace().all(|word| parse::in_range(&version, word))
        })
    }

    fn size(&self, test: &Size) -> bool {
        let Some(Seen::List(items)) = self.visitor.attribute(&test.attribute) else { return false };
        let fewest = test.at_least.is_none_or(|fewest| items.len() >= fewest as usize);
        fewest && test.at_most.is_none_or(|most| items.len() <= most as usize)
    }

    fn weekday(&self, test: &Weekday) -> bool {
        let days = [Day::Mon, Day::Tue, Day::Wed, Day::Thu, Day::Fri, Day::Sat, Day::Sun];
        // 1970 began on a Thursday.
        let day = (self.local(test.offset.as_deref()).div_euclid(parse::DAY) + 3).rem_euclid(7);
        test.days.contains(&days[usize::try_from(day).expect("a day of seven")])
    }

    fn time_of_day(&self, test: &TimeOfDay) -> bool {
        let minute = self.local(test.offset.as_deref()).rem_euclid(parse::DAY) / parse::MINUTE;
        let (from, until) = (parse::minute(&test.from), parse::minute(&test.until));
        if from < until { from <= minute && minute < until } else { minute >= from || minute < until }
    }

    /// What the clock on the wall shows.
    fn local(&self, offset: Option<&str>) -> i64 {
        self.now + offset.map_or(0, parse::ahead) * parse::MINUTE
    }
}

/// Whether an entry of a list under a salt names this text: as itself, or as its fingerprint.
pub(super) fn names(salt: &str, id: &str, text: &str) -> bool {
    let digits = id.strip_prefix('#').unwrap_or_default();
    if digits.len() == 16 && digits.chars().all(|digit| digit.is_ascii_hexdigit()) {
        let print = draw::fingerprint(draw::salt(salt.as_bytes()), text.as_bytes());
        format!("{print:016x}") == digits.to_ascii_lowercase()
    } else {
        id == text
    }
}

/// Whether the library's slow engine finds an expression, where it means the same by it as we do: what a backslash or
/// `(?i)` stands for is ASCII alone with us.
pub(crate) fn finds(pattern: &str, text: &str) -> Option<bool> {
    if pattern.contains('\\') || pattern.contains("(?i") {
        return None;
    }
    let engine = PikeVM::new(pattern).ok()?;
    Some(engine.is_match(&mut engine.create_cache(), text))
}

/// The library's engine for an expression, made once.
fn engine(pattern: &str) -> Rc<PikeVM> {
    thread_local!(static MADE: RefCell<BTreeMap<String, Rc<PikeVM>>> = RefCell::default());
    MADE.with_borrow_mut(|made| {
        let engine = made.entry(pattern.to_string()).or_insert_with(|| {
            // What is ASCII alone with us is so with the library where it is told so.
            let ascii = [(r"\d", "[0-9]"), (r"\w", "[0-9A-Za-z_]"), (r"\b", r"(?-u:\b)")];
            let pattern = ascii.iter().fold(pattern.to_string(), |all, (ours, theirs)| all.replace(ours, theirs));
            Rc::new(PikeVM::new(&pattern).expect("an expression"))
        });
        Rc::clone(engine)
    })
}

fn folded(text: &str, fold: bool) -> String {
    if fold { text.to_ascii_lowercase() } else { text.to_string() }
}
