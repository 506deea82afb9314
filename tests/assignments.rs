//! 100,000 assignments are frozen for the life of the product: whoever met a variant keeps meeting it.
//!
//! A row of the file is a purpose, a salt, a shape of units, and a digit for each of [`UNITS`] units: which of ten equal
//! shares of all draws the unit's draw lies in.

use pointsman::compile::{Audience, compile};
use pointsman::context::{self, Context, Value};
use pointsman::document;
use pointsman::draw::{ALL, Algorithm, draw};
use pointsman::evaluate::decide;
use pointsman::snapshot::Snapshot;
use pointsman::time::Millis;
use std::fmt::Write;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/assignments.txt");

/// Units in a row.
const UNITS: u64 = 500;
const SHARES: u64 = 10;

const SALTS: [&str; 8] = ["hero-1", "hero-2", "a", "b", "checkout_2026", "salt-1234567890", "x-y-z", "zzz"];
const PURPOSES: [&str; 5] = ["rollout", "split", "layer", "holdout", "condition"];
const SHAPES: [&str; 5] = ["number", "visitor", "uuid", "mail", "unicode"];

/// The unit at a place of a row, which must never be made in another way.
fn unit(shape: &str, place: u64) -> String {
    // SplitMix64 by Steele, Lea and Flood (2014): ids that look random, without a library that could change.
    let mut mixed = place.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^= mixed >> 31;
    match shape {
        "number" => place.to_string(),
        "visitor" => format!("visitor-{place}"),
        "uuid" => format!(
            "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
            mixed >> 32,
            mixed >> 16 & 0xffff,
            mixed & 0xfff,
            place,
            mixed & 0xffff_ffff_ffff
        ),
        "mail" => format!("{mixed:x}.{place}@example.com"),
        "unicode" => {
            let planes = [0x00e0, 0x0905, 0x4e00, 0x1_f600, 0x2_0000, 0x10_0000].map(|start| start + mixed as u32 % 50);
            let text: String = planes.into_iter().filter_map(char::from_u32).collect();
            format!("{text}{place}")
        }
        other => panic!("{other} is no shape"),
    }
}

fn share(purpose: &str, salt: &str, unit: &str) -> u64 {
    let draw = draw(Algorithm::Xxh64High, format!("{purpose}\0{salt}\0").as_bytes(), unit.as_bytes());
    u64::from(draw.expect("a short key")) * SHARES / ALL
}

fn fresh() -> String {
    let mut text = String::new();
    for purpose in PURPOSES {
        for salt in SALTS {
            for shape in SHAPES {
                let digits: String =
                    (0..UNITS).map(|place| share(purpose, salt, &unit(shape, place)).to_string()).collect();
                writeln!(text, "{purpose} {salt} {shape} {digits}").unwrap();
            }
        }
    }
    text
}

#[test]
fn an_assignment_never_changes() {
    let frozen = std::fs::read_to_string(FILE).unwrap_or_else(|_| {
        // There is no way to write it anew but to delete it, which a review sees.
        assert!(std::env::var_os("UPDATE").is_some(), "{FILE} is missing; assignments are frozen for ever");
        std::fs::write(FILE, fresh()).unwrap();
        fresh()
    });
    let mut count = 0;
    for line in frozen.lines() {
        let [purpose, salt, shape, digits] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        for (place, digit) in (0..).zip(digits.chars()) {
            let unit = unit(shape, place);
            let (was, is) = (u64::from(digit.to_digit(10).unwrap()), share(purpose, salt, &unit));
            assert_eq!(is, was, "{purpose} {salt}: {shape} {place}, which is `{unit}`, moved from share {was} to {is}");
            count += 1;
        }
    }
    assert_eq!(count, 100_000);
    assert_eq!(frozen.lines().count(), PURPOSES.len() * SALTS.len() * SHAPES.len());
}

/// A flag that splits its units into ten equal shares.
fn tenths(salt: &str) -> Vec<u8> {
    let variants: Vec<_> = (0..SHARES).map(|share| format!("\"v{share}\": {share}")).collect();
    let ranges: Vec<_> =
        (0..SHARES).map(|share| format!("[{}, \"v{share}\"]", (ALL * (share + 1)).div_ceil(SHARES))).collect();
    let text = format!(
        r#"{{"format": 1, "flags": {{"ten": {{"kind": "number", "variants": {{{}}}, "off": "v0", "otherwise": "v0",
            "rules": [{{"split": {{"salt": "{salt}", "ranges": [{}]}}}}]}}}}}}"#,
        variants.join(","),
        ranges.join(",")
    );
    compile(&document::read(text.as_bytes()).unwrap(), Audience::Edge).unwrap().seal(1)
}

#[test]
fn a_compiled_split_assigns_what_is_frozen() {
    let frozen = std::fs::read_to_string(FILE).unwrap();
    for salt in SALTS {
        let bytes = tenths(salt);
        let snapshot = Snapshot::verify(&bytes).unwrap();
        for shape in SHAPES {
            let row = format!("split {salt} {shape} ");
            let digits = frozen.lines().find_map(|line| line.strip_prefix(&row)).unwrap();
            for (place, digit) in (0..).zip(digits.chars()) {
                let (unit, mut record) = (unit(shape, place), [0; 512]);
                let length = context::write(1, [(0, Value::Text(unit.as_bytes()))], &mut record).unwrap();
                let context = Context(&record[..length]);
                let met = decide(&snapshot, 0, context, Millis(0), &mut [0; 8], &mut ()).unwrap().variant;
                assert_eq!(Some(u32::from(met)), digit.to_digit(10), "{salt}: {shape} {place}, which is `{unit}`");
            }
        }
    }
}
