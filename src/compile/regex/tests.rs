//! The meaning of expressions, their limits, and a comparison with the library's other engine.

extern crate std;

use super::Refusal;
use crate::condition::automaton::{is_sound, matches};
use crate::document::Tables;
use crate::limits::{REGEX_BYTES, REGEX_DEPTH, REGEX_TABLE_BYTES};
use proptest::prelude::*;
use regex_automata::nfa::thompson::pikevm::PikeVM;
use std::format;
use std::string::String;
use std::vec;

fn table(pattern: &str) -> Result<vec::Vec<u8>, Refusal> {
    super::table(pattern, &Tables::default())
}

fn finds(pattern: &str, subject: &str) -> bool {
    let table = table(pattern).unwrap_or_else(|refusal| panic!("{pattern}: {refusal:?}"));
    assert!(is_sound(&table), "{pattern}");
    matches(&table, subject.as_bytes())
}

fn refusal(pattern: &str) -> Refusal {
    table(pattern).expect_err(pattern)
}

#[test]
fn each_sign_means_what_is_said_of_it() {
    let cases: &[(&str, &[&str], &[&str])] = &[
        ("", &["", "a", "日"], &[]),
        ("^$", &[""], &["a", "\n"]),
        ("b", &["b", "abc"], &["", "a", "B"]),
        ("^b", &["b", "bc"], &["ab", "a\nb"]),
        ("b$", &["b", "ab"], &["ba", "b\n"]),
        ("(?m)^b$", &["b", "a\nb\nc"], &["ab"]),
        (r"\Ab\z", &["b"], &["b\n", "ab"]),
        (
            "^/pricing(/.*)?$",
            &["/pricing", "/pricing/", "/pricing/eu/日本"],
            &["/pricings", "/eu/pricing", "/pricing/\n"],
        ),
        ("safari|firefox", &["a firefox", "safari"], &["Safari", "fire fox"]),
        ("(?i)safari|firefox", &["Firefox/9", "SAFARI"], &["fox"]),
        ("(?i:a)b", &["Ab", "ab"], &["AB"]),
        ("a(?i)b|c", &["aB", "C"], &["AB"]),
        ("(a(?i)b)c", &["aBc"], &["aBC"]),
        (r"^\d{3}-\d{4}$", &["555-1234"], &["555-12345", "٣٣٣-٣٣٣٣"]),
        (r"^\w+$", &["a_9Z"], &["é", "a b", ""]),
        (r"^\W$", &["é", "日", " "], &["a", "éé"]),
        (r"^\D\S$", &["éé", "a日"], &["1a", "a "]),
        (r"^a\sb$", &["a b", "a\tb", "a\u{b}b"], &["a\u{a0}b", "ab"]),
        (r"\bcat\b", &["cat", "a cat.", "écaté"], &["cats", "concat", "_cat"]),
        (r"\<cat\>", &["a cat"], &["cats", "concat"]),
        (r"a\b{end} \b{start}b", &["a b"], &["ab"]),
        ("^.$", &["a", "é", "日", "😀"], &["", "\n", "ab", "日本"]),
        ("^.{2}$", &["ab", "é日", "😀a"], &["é", "😀", "日本語"]),
        ("^.+$", &["a", "日本"], &["", "a\n"]),
        ("(?s)^.$", &["\n", "日"], &[""]),
        ("^[^a]$", &["b", "é", "日", "😀", "\n"], &["a", "éé", ""]),
        ("^[^a]{2,}$", &["bb", "日本"], &["日", "ba日", ""]),
        ("^[^é]$", &["a", "è", "日"], &["é", "", "aa"]),
        ("^[à-é]+$", &["àé", "è"], &["ê", "a", "日"]),
        ("^[α-ω]{3}$", &["αβγ"], &["αβ", "ΑΒΓ"]),
        ("日本", &["日本語"], &["日 本", "日"]),
        ("é?x", &["x", "éx"], &["é"]),
        ("^é+$", &["é", "éé"], &["\u{e9}\u{301}", ""]),
        ("^[a-c&&[^b]]$", &["a", "c"], &["b", "d"]),
        ("^[a-z--[aeiou]]$", &["b"], &["a"]),
        ("^[a-c~~b-d]$", &["a", "d"], &["b", "c"]),
        ("^[[:upper:]]$", &["A"], &["a"]),
        ("(?i)^[[:upper:]]$", &["A", "a"], &["1"]),
        ("(?i)^[^b-d]$", &["a", "日", "E"], &["b", "C"]),
        (r"(?i)^[x-z\d]+$", &["xYZ1"], &["a"]),
        ("(?i)k", &["K", "k"], &["\u{212a}"]),
        (r"^[^\d]$", &["a", "日"], &["1", "日a"]),
        ("(?x) a  b # words", &["ab"], &["a b"]),
        (r"a\.b\+", &["a.b+"], &["axb+"]),
        (r"\x41\u{65e5}", &["A日"], &["a日"]),
        ("(?U)^a+?$", &["a", "aa"], &["b"]),
        ("(?P<name>a)(?<other>b)", &["ab"], &["a"]),
        ("(a+)+$", &["a", "baa"], &["aab"]),
        ("a||b", &["", "c"], &[]),
        ("^(a|)$", &["", "a"], &["b"]),
        ("^a{2}$|^a{4,5}$|^b{3,}$", &["aa", "aaaa", "aaaaa", "bbbb"], &["aaa", "aaaaaa", "bb"]),
        ("a{0}b", &["b"], &["a"]),
        (r"[^\x00-\x{10FFFF}]", &[], &["", "a"]),
        (r"^[^\x00-\x7F]+$", &["é日😀"], &["éa", ""]),
        (r"x$y", &[], &["x", "xy"]),
    ];
    for (pattern, found, missed) in cases {
        found.iter().for_each(|subject| assert!(finds(pattern, subject), "{pattern} finds {subject:?}"));
        missed.iter().for_each(|subject| assert!(!finds(pattern, subject), "{pattern} misses {subject:?}"));
    }
}

#[test]
fn what_automata_do_not_do_is_refused_where_it_stands() {
    let cases = [
        (r"日\p{L}", "character 2", "[A-Za-z"),
        (r"[a\PN]", "character 3", "[A-Za-z"),
        ("(?=a)", "character 1", "two conditions"),
        ("ab(?<!c)", "character 3", "two conditions"),
        (r"(a)\1", "character 4", "Write out"),
        ("(?i)café", "character 8", "(?-i:[Éé])"),
        ("(?i)[à-é]", "character 6", "(?-i:[Éé])"),
        (r"é\B", "character 2", r"\w"),
        (r"\b{start-half}a", "character 1", r"\w"),
        ("(?-u)a", "character 4", "Leave it out"),
        ("(?R)$", "character 3", "Leave it out"),
        ("é(", "character 2", "Mend it"),
        ("a)", "character 2", "Mend it"),
        ("*a", "character 1", "Mend it"),
        ("a{3,2}", "character 2", "Mend it"),
        ("[b-a]", "character 2", "Mend it"),
        (r"a\", "character 2", "Mend it"),
        (r"\y", "character 1", "Mend it"),
    ];
    for (pattern, place, fix) in cases {
        let refusal = refusal(pattern);
        assert!(refusal.cause.contains(&format!("{place}:")) && refusal.fix.contains(fix), "{pattern} {refusal:?}");
    }
}

#[test]
fn every_limit_holds_at_its_edge() {
    assert!(table(&"a".repeat(REGEX_BYTES)).is_ok());
    assert!(refusal(&"a".repeat(REGEX_BYTES + 1)).cause.contains("513 bytes; 512"));
    let nested = |depth: usize| format!("{}a{}", "(".repeat(depth), ")".repeat(depth));
    assert!(table(&nested(REGEX_DEPTH as usize)).is_ok());
    assert!(refusal(&nested(REGEX_DEPTH as usize + 1)).cause.contains("nested too deeply at character 101"));
    // A header, ten ranges, and for each of so many letters and for none of them yet a row of nine cells.
    let chain = |rest: usize| table(&format!("^(?:abcdefgh){{227}}a{{{rest}}}$"));
    let bytes = |rest: usize| 8 + 10 * 2 + (227 * 8 + rest + 1) * 9 * 2;
    assert!(bytes(1) <= REGEX_TABLE_BYTES && bytes(2) > REGEX_TABLE_BYTES);
    assert_eq!(chain(1).unwrap().len(), bytes(1));
    assert!(chain(2).unwrap_err().cause.contains("a table of more than 32 KiB"));
}

#[test]
fn what_explodes_is_refused() {
    let exploding = [
        "a{1000}{1000}",
        "((a{100}){100}){100}",
        "(a?){1000}{1000}",
        "(a*)*{1000}{9}b{5}{500}",
        "(a|b)*a(a|b){15}",
        "(a|b)*a(a|b){20}",
        "[^a]*a.{30}$",
        ".{900}x",
        "[à-ÿ]{1000}[ā-ſ]{1000}",
        "a{4294967295}",
    ];
    for pattern in exploding {
        let refusal = refusal(pattern);
        assert!(
            refusal.cause.contains("an automaton of more than 256 KiB") && refusal.fix.contains("Shorten"),
            "{pattern} {refusal:?}"
        );
    }
}

#[test]
fn what_only_looks_as_if_it_exploded_is_compiled() {
    // The first three are nightmares for engines that backtrack.
    for pattern in ["(a+)+$", "(a|aa)+$", "(x+x+)+y", "(){1000}{1000}{1000}", "^{1000}{1000}", r"(\w{1,30}\W){30}"] {
        assert!(!finds(pattern, &format!("{}b", "ax".repeat(500))) || pattern.contains("{1000}"), "{pattern}");
    }
}

#[test]
fn tables_are_a_fraction_of_the_librarys() {
    let typical = [
        ("^/pricing(/.*)?$", 300),
        ("(?i)safari|firefox", 300),
        (r"^/blog/\d+/[a-z-]+$", 300),
        (r"\d{3}-\d{4}", 300),
        (r"^\w+$", 300),
        ("@example\\.(com|org)$", 300),
        ("(?i)bot|crawl|spider|slurp|preview", 600),
        ("^(de|en|fr)(-[A-Z]{2})?$", 300),
        (r"^[^@\s]+@[^@\s]+\.[a-z]{2,}$", 300),
        (r"^/(shop|store)/[^/]+/reviews/?$", 600),
        ("iPhone OS 1[5-9]_", 300),
        (r"^utm_(source|medium|campaign)=", 600),
    ];
    for (pattern, most) in typical {
        let bytes = table(pattern).unwrap().len();
        assert!(bytes <= most, "{pattern} takes {bytes} bytes");
    }
}

/// Expressions over letters, a digit, a line feed and characters that are neither letters nor digits nor spaces in
/// Unicode, so that the other engine's tables of Unicode say what ASCII's say.
fn expressions() -> impl Strategy<Value = String> {
    let atom = prop_oneof![
        8 => "[abB1€→]", 2 => Just(".".into()), 2 => r"\\[dDwWsS]", 2 => Just("^".into()), 2 => Just("$".into()),
        1 => Just(r"\b".into()), 1 => Just(r"\n".into()), 3 => r"\[\^?(a-b|B|1|€|→|\\d|\\W|\\n){1,2}\]",
        1 => Just("(?s:.)".into()), 1 => Just("(?m:^)".into()), 1 => Just("(?m:$)".into()), 1 => Just("(?i:aB)".into()),
        1 => Just("(?i:[^a1])".into()), 1 => Just(r"\b{start}".into()), 1 => Just(r"\b{end}".into()),
    ];
    atom.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            4 => proptest::collection::vec(inner.clone(), 1..4).prop_map(|parts| parts.concat()),
            2 => (inner.clone(), inner.clone()).prop_map(|(left, right)| format!("(?:{left}|{right})")),
            2 => (inner, "([*+?]|\\{2\\}|\\{1,3\\}|\\{2,\\})").prop_map(|(inner, times)| format!("(?:{inner}){times}")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 500 } else { 20_000 }))]

    #[test]
    fn an_independent_engine_agrees(
        pattern in expressions(),
        subjects in proptest::collection::vec("[abB1 \\n€→😀]{0,8}", 1..20),
    ) {
        let twin = PikeVM::new(&pattern).unwrap();
        let mut cache = twin.create_cache();
        let table = table(&pattern).unwrap();
        prop_assert!(is_sound(&table));
        for subject in subjects {
            prop_assert_eq!(matches(&table, subject.as_bytes()), twin.is_match(&mut cache, &subject), "{} {:?}", pattern, subject);
        }
    }

    #[test]
    fn any_text_is_compiled_or_refused(pattern in "\\PC{0,20}", signs in r"[ab\\(){}\[\]*+?|^$.,:\-&~<>=!Pxpsi0-9]{0,16}") {
        for pattern in [pattern, signs] {
            match table(&pattern) {
                Ok(table) => prop_assert!(is_sound(&table)),
                Err(refusal) => prop_assert!(refusal.cause.ends_with('.') && refusal.fix.ends_with('.'), "{:?}", refusal),
            }
        }
    }
}
