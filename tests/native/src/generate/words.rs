//! The words that documents and contexts have in common, so that what is asked is often what is there.

use fastrand::Rng;
use serde_json::{Value, json};

/// What an attribute usually holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    Id,
    Text,
    Number,
    Moment,
    Version,
    Address,
    Boolean,
    Texts,
    Numbers,
    Moments,
    Addresses,
}

/// Attributes by name, with what they usually hold. Some lie in nested objects, some of their names need quoting.
pub const ATTRIBUTES: [(&str, Holds); 21] = [
    ("unit", Holds::Id),
    ("account", Holds::Id),
    ("country", Holds::Text),
    ("plan", Holds::Text),
    ("path", Holds::Text),
    ("größe", Holds::Text),
    ("orders", Holds::Number),
    ("born", Holds::Moment),
    ("app", Holds::Version),
    ("ip", Holds::Address),
    ("staff", Holds::Boolean),
    ("roles", Holds::Texts),
    ("scores", Holds::Numbers),
    ("visits", Holds::Moments),
    ("hops", Holds::Addresses),
    ("/user/plan", Holds::Text),
    ("/user/address/city", Holds::Text),
    ("/user/app", Holds::Version),
    ("/a~1b/~0", Holds::Number),
    ("/", Holds::Texts),
    ("constructor", Holds::Text),
];

const TEXTS: [&str; 24] = [
    "",
    "a",
    "A",
    "DE",
    "de",
    "AT",
    "pro",
    "PRO",
    "/beans/ethiopia",
    "/beans/",
    "Köln",
    "KÖLN",
    "köln",
    "\u{1f682}",
    "Zoe\u{308}",
    "Zoë",
    "a\0b",
    "line\nbreak",
    "*",
    "a*b?c",
    "back\\slash",
    "日本語",
    "#0123456789abcdef",
    "null",
];

/// Fractions whose digits are too many for a short way of reading them are among them.
const NUMBERS: [f64; 22] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    1.5,
    2.0,
    3.0,
    1e21,
    1e-7,
    0.1,
    0.300_000_000_000_000_04,
    1.234_567_890_123_456_7e-89,
    8.988_465_674_311_58e307,
    f64::MAX,
    f64::MIN,
    5e-324,
    f64::MIN_POSITIVE,
    9_007_199_254_740_991.0,
    9_007_199_254_740_992.0,
    4_294_967_296.0,
    1_795_341_600_000.0,
];

pub const MOMENTS: [i64; 10] = [
    0,
    1,
    -1,
    86_400_000,
    951_825_600_000,
    1_795_341_600_000,
    1_795_341_600_001,
    -62_167_219_200_000,
    253_402_300_799_999,
    1_795_305_600_000,
];

const MOMENT_TEXTS: [&str; 16] = [
    "1970-01-01",
    "1970-01-01T00:00:00.001Z",
    "1969-12-31T23:59:59.999Z",
    "2000-02-29T12:00Z",
    "2026-11-22",
    "2026-11-22T10:00:00Z",
    "2026-11-22T10:00:00.001Z",
    "2026-11-22T11:00:00+01:00",
    "2026-11-22T04:30-05:30",
    "0000-01-01",
    "9999-12-31T23:59:59.999Z",
    "2026-02-29",
    "2026-11-22T24:00Z",
    "2026-11-22T10:00:60Z",
    "2026-11-22 10:00",
    "soon",
];

pub const VERSIONS: [&str; 16] = [
    "1",
    "1.2",
    "1.2.3",
    "v1.2.3",
    "1.2.4",
    "1.3.0",
    "2.0.0",
    "2.0.0-beta",
    "2.0.0-beta.2",
    "2.0.0-beta.11",
    "2.0.0-0",
    "0.2.3",
    "0.0.3",
    "1.10.0",
    "1.2.3+build.7",
    "18446744073709551616.0.1",
];

const NO_VERSIONS: [&str; 5] = ["1.2.3.4", "1..2", "latest", " 1.2.3", "1.2.3-"];

const ADDRESSES: [&str; 12] = [
    "10.0.0.1",
    "10.255.0.7",
    "192.168.1.77",
    "203.0.113.9",
    "::1",
    "::ffff:10.0.0.1",
    "2001:db8::1",
    "2001:DB8:0:0:8:800:200C:417A",
    "::",
    "10.0.0.01",
    "1.2.3",
    "2001:db8::1%eth0",
];

const NETWORKS: [&str; 10] = [
    "10.0.0.0/8",
    "10.0.0.0/31",
    "192.168.1.64/26",
    "203.0.113.9",
    "::1",
    "2001:db8::/32",
    "2001:db8::/127",
    "::/0",
    "0.0.0.0/0",
    "::ffff:0:0/96",
];

const GLOBS: [&str; 14] =
    ["*", "", "?", "??", "/beans/*", "*ethiopia", "*\u{f6}*", "K?ln", "a\\*b\\?c", "*a*", "*?*", "d*e", "\\", "*日??"];

/// Expressions that mean the same to the `regex` library's parser without Unicode's tables, and to ours.
const EXPRESSIONS: [&str; 18] = [
    "",
    "^$",
    "a",
    "^/beans/",
    "ethiopia$",
    "(?i)pro",
    "^[A-Z]{2}$",
    "(a|b)+c?",
    "ö",
    "^.{2,4}$",
    "^[^a]+$",
    r"\d",
    r"^\w+$",
    r"\bbreak\b",
    "(?m)^break$",
    "(?s)line.break",
    "Zoe?",
    r"[^\x00-\x7f]",
];

const ZONES: [&str; 5] = ["+00:00", "+01:00", "-05:30", "+23:59", "-23:59"];

pub fn one<T: Copy>(rng: &mut Rng, all: &[T]) -> T {
    all[rng.usize(..all.len())]
}

/// A text that is likely to be met again, sometimes a little changed.
pub fn text(rng: &mut Rng) -> String {
    let text = one(rng, &TEXTS);
    match rng.u8(..12) {
        0 => text.to_uppercase(),
        1 => text.to_ascii_lowercase(),
        2 => format!("{text}{}", one(rng, &TEXTS)),
        _ => text.to_string(),
    }
}

pub fn number(rng: &mut Rng) -> f64 {
    match rng.u8(..20) {
        0..12 => one(rng, &NUMBERS[..8]),
        12..18 => one(rng, &NUMBERS),
        18 => f64::from(rng.i32(..)) / 8.0,
        // Any finite number.
        _ => Some(f64::from_bits(rng.u64(..))).filter(|number| number.is_finite()).unwrap_or(1.0),
    }
}

/// A time, as a number or a text that is one.
pub fn when(rng: &mut Rng) -> Value {
    if rng.bool() { json!(one(rng, &MOMENTS)) } else { json!(one(rng, &MOMENT_TEXTS[..11])) }
}

/// An id: of a usual form, from any plane of Unicode, as long as a unit may be and longer, or already a fingerprint.
pub fn id(rng: &mut Rng) -> String {
    match rng.u8(..16) {
        0..5 => format!("user-{}", rng.u8(..12)),
        5..8 => rng.u32(..).to_string(),
        8 | 9 => {
            let plane = rng.u32(..17) << 16;
            (0..rng.usize(1..8)).filter_map(|_| char::from_u32(plane | rng.u32(..1 << 16))).collect()
        }
        10 => (0..rng.usize(..8)).map(|_| rng.char(..)).collect(),
        11 => "x".repeat(rng.usize(250..260)),
        12 => "\u{e9}".repeat(rng.usize(126..131)),
        13 => format!("#{:016x}", rng.u64(..)),
        14 => text(rng),
        _ => format!("{:08x}-0000-4000-8000-{:012x}", rng.u32(..), rng.u32(..)),
    }
}

pub fn network(rng: &mut Rng) -> &'static str {
    one(rng, &NETWORKS)
}

pub fn glob(rng: &mut Rng) -> String {
    if rng.u8(..4) == 0 { text(rng).replace("**", "*") } else { one(rng, &GLOBS).to_string() }
}

pub fn expression(rng: &mut Rng) -> &'static str {
    one(rng, &EXPRESSIONS)
}

pub fn zone(rng: &mut Rng) -> Option<&'static str> {
    rng.bool().then(|| one(rng, &ZONES))
}

/// A range of versions.
pub fn range(rng: &mut Rng) -> String {
    let part = |rng: &mut Rng| {
        // The last one has numbers too large for what `^` and `~` stand for.
        let sign = one(rng, &["", "=", "<", "<=", ">", ">=", "^", "~"]);
        let known = if "^~".contains(sign) && !sign.is_empty() { VERSIONS.len() - 1 } else { VERSIONS.len() };
        format!("{sign}{}", one(rng, &VERSIONS[..known]))
    };
    (0..rng.usize(1..3)).map(|_| part(rng)).collect::<Vec<_>>().join(" ")
}

/// What an attribute of this kind may hold; never a list.
pub fn scalar(rng: &mut Rng, holds: Holds) -> Value {
    match holds {
        Holds::Id => json!(id(rng)),
        Holds::Text | Holds::Texts => json!(text(rng)),
        Holds::Number | Holds::Numbers => json!(number(rng)),
        Holds::Moment | Holds::Moments if rng.bool() => json!(one(rng, &MOMENTS)),
        Holds::Moment | Holds::Moments => json!(one(rng, &MOMENT_TEXTS)),
        Holds::Version if rng.u8(..6) == 0 => json!(one(rng, &NO_VERSIONS)),
        Holds::Version => json!(one(rng, &VERSIONS)),
        Holds::Address | Holds::Addresses => json!(one(rng, &ADDRESSES)),
        Holds::Boolean => json!(rng.bool()),
    }
}
