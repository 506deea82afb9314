//! The words of a text, as they are compared: in small letters and without accents.

use crate::redact::LABELS;
use alloc::string::String;
use alloc::vec::Vec;

/// Words that hold a sentence together and say nothing by themselves. What turns a meaning round (`not`, `no`, `too`) is
/// none of them.
const BINDING: &str = " a am an and are as at be been but by did do does for from had has have he her his i if in is it its \
    me my of on or our she so than that the their them then there these they this those to us was we were what when which \
    who will with would you your der die das ein eine und ist es ich zu den dem im in mit auf für le la les un une et est ";

/// The plain letters of `à` to `ÿ` and of `Ā` to `ž`; a blank where a letter is one of its own.
const PLAIN: &str = "aaaaaa ceeeeiiii nooooo  uuuuy yaaaaaaccccccccdd  eeeeeeeeeegggggggghh  iiiiiiiii   jjkk llllll    nnnnnn   \
    oooooo  rrrrrrsssssssstttt  uuuuuuuuuuuuwwyyyzzzzzz ";

/// Whether a word only holds others together.
#[must_use]
pub fn is_binding(word: &str) -> bool {
    BINDING.split(' ').any(|known| known == word)
}

/// The words of a text in its order, in small letters. What was blacked out is none.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    let mut text = text.to_lowercase();
    for label in LABELS {
        text = text.replace(label, " ");
    }
    let is_word = |sign: char| sign.is_alphanumeric() || is_accent(sign);
    text.split(|sign| !is_word(sign)).filter(|word| word.contains(char::is_alphanumeric)).map(String::from).collect()
}

/// A word without its accents.
#[must_use]
pub fn folded(word: &str) -> String {
    word.chars().filter(|sign| !is_accent(*sign)).map(plain).collect()
}

fn is_accent(sign: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&sign)
}

fn plain(sign: char) -> char {
    let place = match sign {
        '\u{e0}'..='\u{ff}' => u32::from(sign) - 0xe0,
        '\u{100}'..='\u{17f}' => u32::from(sign) - 0x100 + 0x20,
        _ => return sign,
    };
    PLAIN.as_bytes().get(place as usize).filter(|letter| **letter != b' ').map_or(sign, |letter| char::from(*letter))
}

/// A word and all that is left of it without one of its letters: two words that differ by one letter have one of these in
/// common.
pub(super) fn parts(word: &str) -> Vec<String> {
    let without = |(at, sign): (usize, char)| {
        let mut part = String::from(&word[..at]);
        part.push_str(&word[at + sign.len_utf8()..]);
        part
    };
    let mut parts: Vec<_> = word.char_indices().map(without).collect();
    parts.dedup();
    parts.push(word.into());
    parts
}

/// Whether one is the other with a letter too many, too few, another one, or two exchanged.
pub(super) fn is_slip(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let same = one.iter().zip(&other).take_while(|(one, other)| one == other).count();
    let (one, other) = (&one[same..], &other[same..]);
    let behind = |from: usize, to: usize| one.get(from..).is_some_and(|one| other.get(to..) == Some(one));
    let exchanged = one.len() > 1 && other.len() > 1 && one[0] == other[1] && one[1] == other[0] && behind(2, 2);
    behind(0, 1) || behind(1, 0) || behind(1, 1) || exchanged
}

#[cfg(test)]
mod tests {
    use super::{PLAIN, folded, is_slip, parts, words};
    use alloc::string::String;

    #[test]
    fn the_table_of_plain_letters_has_a_place_for_each() {
        assert_eq!(PLAIN.len(), 0x20 + 0x80);
        let all = "àáâãäåçèéêëìíîïñòóôõöùúûüýÿāćčďęěğĥįĵķľńřŕśšţťůűŵŷźżžæðøþßđħıłŋœŧ";
        let plain = "aaaaaaceeeeiiiinooooouuuuyyaccdeeghijklnrrssttuuwyzzzæðøþßđħıłŋœŧ";
        assert_eq!(all.chars().map(|sign| folded(&String::from(sign))).collect::<String>(), plain);
        assert_eq!(folded("cafe\u{301}"), "cafe");
    }

    #[test]
    fn words_are_in_small_letters_and_nothing_that_was_blacked_out_is_one() {
        assert_eq!(
            words("Write to [e-mail], NOT [number]: It’s slow – 咖啡!"),
            ["write", "to", "not", "it", "s", "slow", "咖啡"]
        );
        assert!(words("… – !").is_empty());
    }

    #[test]
    fn a_slip_is_one_letter_and_no_more() {
        for slip in ["delivry", "deliivery", "dalivery", "deliveyr", "deliver", "elivery", "edlivery"] {
            assert!(is_slip("delivery", slip) && is_slip(slip, "delivery"), "{slip}");
            let shared = parts(slip).into_iter().any(|part| parts("delivery").contains(&part));
            assert!(shared, "{slip} shares no part");
        }
        for other in ["delivery", "delvry", "deliverers", "yreviled", "de", ""] {
            assert!(!is_slip("delivery", other), "{other}");
        }
    }
}
