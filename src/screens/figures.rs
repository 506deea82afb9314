//! Figures in sentences: as short as they can be while each stays on its side of whatever it is compared with. A range that
//! excludes zero is never printed as if it touched it, and a bound below an aim never as if it reached it.

use crate::spoken::thousands;
use alloc::format;
use alloc::string::String;

/// More decimals than any number in a sentence has.
const MOST: usize = 12;

/// A share as a percentage with the decimals that it needs.
pub fn percent(share: f64) -> String {
    let value = share * 100.0;
    if libm::fabs(value) < 10.0 && libm::fabs(value) > 0.0 { format!("{value:.1} %") } else { format!("{value:.0} %") }
}

/// A share that somebody has chosen, with all the decimals that they wrote.
pub fn exactly(share: f64) -> String {
    let value = share * 100.0;
    let is_whole = |digits: &usize| libm::fabs(printed(value, *digits) - value) < 1e-9;
    let digits = (least(value)..=MOST).find(is_whole).unwrap_or(MOST);
    format!("{} %", thousands(&format!("{value:.digits$}")))
}

/// A signed percentage, which is never zero unless the share is.
pub fn signed(share: f64) -> String {
    beside(share, &[])
}

/// A signed percentage that stays on its side of zero and of some shares that are printed by [`exactly`].
pub fn beside(share: f64, marks: &[f64]) -> String {
    let value = share * 100.0;
    let keeps = |digits: &usize| {
        let printed = printed(value, *digits);
        let is_kept = |mark: f64| printed.partial_cmp(&mark) == value.partial_cmp(&mark);
        is_kept(0.0) && marks.iter().all(|mark| is_kept(mark * 100.0))
    };
    // Two numbers that no decimal tells apart are the same.
    let digits = (least(value)..=MOST).find(keeps).unwrap_or(least(value));
    let sign = if value < 0.0 { "−" } else { "+" };
    format!("{sign}{} %", thousands(&format!("{:.digits$}", libm::fabs(value))))
}

/// Of 1,000 people: whole ones, or tenths where one is much, and never zero unless it is.
pub fn people(number: f64) -> String {
    let size = libm::fabs(number);
    let least = usize::from(size < 3.0);
    let digits = (least..=MOST).find(|digits| size == 0.0 || printed(size, *digits) > 0.0).unwrap_or(least);
    let text = thousands(&format!("{size:.digits$}"));
    text.strip_suffix(".0").map_or_else(|| text.clone(), String::from)
}

/// The text with a small first letter, to go on within a sentence.
pub fn lower(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map(|first| first.to_lowercase().chain(rest).collect()).unwrap_or_default()
}

/// Decimals of a percentage in a sentence.
fn least(value: f64) -> usize {
    usize::from(libm::fabs(value) < 10.0)
}

/// The number that is read where this one is printed.
fn printed(value: f64, digits: usize) -> f64 {
    format!("{value:.digits$}").parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::{beside, exactly, people, signed};

    #[test]
    fn a_figure_is_short_and_stays_on_its_side() {
        let cases =
            [(0.1234, "+12 %"), (-0.05, "−5.0 %"), (0.0, "+0.0 %"), (0.000_42, "+0.04 %"), (-3e-6, "−0.0003 %")];
        for (share, words) in cases {
            assert_eq!(signed(share), words);
        }
        assert_eq!((beside(0.0797, &[0.08]).as_str(), exactly(0.08).as_str()), ("+7.97 %", "8.0 %"));
        assert_eq!((beside(-0.1249, &[-0.125]).as_str(), exactly(0.125).as_str()), ("−12 %", "12.5 %"));
        assert_eq!(beside(0.08, &[0.08]), "+8.0 %");
        assert_eq!([36.4, 2.04, -0.031, 0.0].map(people), ["36", "2", "0.03", "0"]);
    }
}
