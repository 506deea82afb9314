//! What could name somebody is gone, whatever stands around it; what could not stays as it was.

use pointsman::voices::{clean, redact};
use proptest::prelude::*;

#[test]
fn what_people_write_about_themselves_is_cut_out() {
    for (text, due) in [
        ("write to ada@example.com please", "write to [e-mail] please"),
        ("(Ada.Lovelace+shop@mail.example.co.uk).", "([e-mail])."),
        ("mailto:ada@example.com, thanks", "mailto:[e-mail], thanks"),
        ("a@b!c@d", "[e-mail][e-mail]"),
        ("ada＠example．com", "[e-mail]"),
        ("ada@[192.168.0.1] it is", "[e-mail] it is"),
        ("see https://shop.example/order?id=77&t=secret now", "see [link] now"),
        ("www.example.com/?q=ada", "[link]"),
        ("example.com/a#token", "[link]"),
        ("/account?id=5", "[link]"),
        ("call +49 (0) 170 / 123 45 67 today", "call [number] today"),
        ("(030) 123456", "[number]"),
        ("my card is 4111 1111-1111.1111!", "my card is [number]!"),
        ("order 123456", "order [number]"),
        ("AB123456", "AB[number]"),
        ("٠١٢٣٤٥٦", "[number]"),
        ("DE89 3704 0044 0532 0130 00", "[account]"),
        ("pay GB29NWBK60161331926819 soon", "pay [account] soon"),
        ("from 192.168.0.1:8080", "from [address]:8080"),
        ("2001:db8::1 and fe80::1%eth0", "[address] and [address]%eth0"),
        ("aa:bb:cc:dd:ee:ff", "[address]"),
    ] {
        assert_eq!(redact(text), due, "{text}");
    }
}

#[test]
fn what_names_nobody_stays() {
    for text in [
        "",
        "Was it ok?No. Too slow! Why?Because #1",
        "I came at 10:30 for 2 bags of 250 g, 12,50 each",
        "https://shop.example/beans was broken, and www.example.com too",
        "std::vec, a :: b, e.g. face",
        "by20 that will come",
        "@everybody: it is me @ home",
        "Größe 42, café crème, 咖啡很好，谢谢",
    ] {
        assert_eq!(redact(text), text);
    }
}

#[test]
fn clean_text_is_one_line_of_what_can_be_seen() {
    assert_eq!(clean(" a\n\tb\u{7}\u{0}c \u{200b}d\u{202e}  e\u{ad}f "), "a b c d ef".replace("b c", "bc"));
    assert_eq!(redact(&clean("123\u{200b}456 ada\u{ad}@example.com")), "[number] [e-mail]");
    assert_eq!(
        redact(&clean("1\u{fe0f}\u{20e3}2\u{fe0f}\u{20e3}3\u{34f}456 ada\u{fe6b}example.com")),
        "[number] [e-mail]"
    );
}

/// Words as people type them, with all that could lead astray.
fn anything() -> impl Strategy<Value = String> {
    prop_oneof![".{0,30}", "[a-zA-Z0-9@.:/?#=+() \\-\\[\\],;_%&]{0,40}", "([a-zäöü]{1,8} ){0,6}", "[0-9 ().+/-]{0,20}",]
}

fn personal() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z][a-z0-9._%+-]{0,10}@[a-z0-9-]{1,10}\\.[a-z]{2,6}",
        "https?://[a-z]{1,8}\\.[a-z]{2,3}/[a-z]{0,8}\\?[a-z]{1,6}=[a-z0-9]{1,12}",
        "\\+?[0-9]{2,4}[ /-]{1,3}[0-9]{3,4} ?[0-9]{2,4}",
        "[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{4}",
        "[A-Z]{2}[0-9]{2}( [0-9]{4}){4,6}",
        "[A-Z]{2}[0-9]{2}[A-Z]{4}[0-9]{14}",
        "[1-9][0-9]{1,2}\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}",
        "[0-9a-f]{1,4}(:[0-9a-f]{1,4}){7}",
    ]
}

fn is_between(c: char) -> bool {
    c.is_whitespace() || "-./()+_*".contains(c)
}

proptest! {
    #[test]
    fn personal_things_are_gone_wherever_they_stand(before in anything(), thing in personal(), after in anything()) {
        let text = clean(&format!("{before} {thing} {after}"));
        prop_assert!(!redact(&text).contains(&clean(&thing)), "{}", redact(&text));
    }

    #[test]
    fn no_long_number_and_no_address_is_left_in_any_text(text in prop_oneof![".{0,200}", "[a-zA-Z0-9@.:/?#=+() \\-\\[\\],;_%&]{0,200}"]) {
        let redacted = redact(&clean(&text));
        let digits: String = redacted.chars().filter(|c| !is_between(*c)).collect();
        let digits: Vec<char> = digits.chars().collect();
        prop_assert!(!digits.windows(6).any(|six| six.iter().all(|c| c.is_numeric())), "{redacted}");
        let marks: Vec<char> = redacted.chars().collect();
        let addressed = marks.windows(3).any(|three| {
            three[0].is_ascii_alphanumeric() && three[1] == '@' && three[2].is_ascii_alphanumeric()
        });
        prop_assert!(!addressed, "{redacted}");
        prop_assert!(!redacted.chars().any(char::is_control));
    }

    #[test]
    fn plain_words_stay(text in "([a-zA-ZäöüßéèçñøåΑ-Ωа-я'’!,.;\"-]{1,12} ?){0,20}") {
        let text = clean(&text);
        prop_assert_eq!(redact(&text), text);
    }
}
