//! Document to snapshot.
//!
//! [`compile`] is a pure function: the same document gives the same body, byte for byte, on every machine. It first
//! looks for everything that is wrong ([`check`]), so that nobody has to mend a document one problem at a time, and
//! then cannot fail any more.

mod check;
pub(crate) mod graph;
mod logic;
mod manifest;
mod meaning;
mod networks;
mod pattern;
mod program;
mod prune;
mod regex;
mod rules;
mod shared;
mod text;
mod version;
mod work;

pub use prune::prune;

pub(crate) use meaning::{meaning, shared_draws};
pub(crate) use version::is_version;

/// Where each step of a flag's program for the edge stands in the document: pointers, of which the last one is the
/// place, and those before it the segments' names that lead to it.
pub(crate) fn trails<'d>(document: &'d Document, key: &'d str) -> Vec<Vec<String>> {
    let Some(flag) = document.flags.get(key) else { return Vec::new() };
    let places = rules::program(document, Audience::Edge, key, flag).places;
    places.iter().map(|place| place.split(logic::LEADS_TO).map(ToString::to_string).collect()).collect()
}

use crate::document::{self, Document, Partial, Problem, below};
use crate::draw::checksum;
use crate::limits::{SNAPSHOT_BYTES, WORK};
use crate::snapshot::{FORMAT, HEADER, MAGIC, Snapshot};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use sha2::{Digest, Sha256};

/// Whom a snapshot is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// The edge: everything.
    Edge,
    /// Browsers: flags that are marked for clients, and nothing about pages, metrics or other flags.
    Client,
}

/// The body of a snapshot and its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    bytes: Vec<u8>,
    digest: [u8; 32],
}

impl Body {
    /// The SHA-256 of the body.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }

    /// The snapshot: this body under a header with the version of the configuration.
    #[must_use]
    pub fn seal(&self, config_version: u32) -> Vec<u8> {
        let mut snapshot = Vec::with_capacity(HEADER + self.bytes.len());
        snapshot.extend(MAGIC);
        snapshot.extend(u32::from(FORMAT).to_le_bytes());
        snapshot.extend(config_version.to_le_bytes());
        snapshot.extend((self.bytes.len() as u32).to_le_bytes());
        snapshot.extend(self.digest);
        snapshot.extend(checksum(config_version, &self.bytes).to_le_bytes());
        snapshot.extend(&self.bytes);
        snapshot
    }
}

/// Everything that is wrong with a document, in form and in meaning. What refers to an entry that could not be read is
/// taken to be in order.
#[must_use]
pub fn problems(bytes: &[u8]) -> Vec<Problem> {
    match document::read_partly(bytes) {
        Ok(Partial { document, left_out, mut problems }) => {
            problems.extend(check::check(&document, &left_out));
            // How large and how slow it would be is seen when it is written.
            if problems.is_empty() { written(&document, Audience::Edge).err().unwrap_or_default() } else { problems }
        }
        Err(problems) => problems,
    }
}

/// What is allowed in a document and seldom meant, in the form of problems.
#[must_use]
pub fn warnings(document: &Document) -> Vec<Problem> {
    check::warnings(document)
}

/// Compiles a document, or names all that is wrong with it.
///
/// ```
/// use pointsman::compile::{Audience, compile};
/// use pointsman::document;
///
/// let document = document::read(br#"{"format": 1, "flags": {"banner": {"kind": "boolean",
///     "variants": {"on": true, "off": false}, "off": "off", "otherwise": "on"}}}"#).unwrap();
/// let snapshot = compile(&document, Audience::Edge).unwrap().seal(1);
/// assert!(pointsman::snapshot::Snapshot::verify(&snapshot).is_ok());
/// ```
pub fn compile(document: &Document, audience: Audience) -> Result<Body, Vec<Problem>> {
    let problems = check::check(document, &[]);
    if !problems.is_empty() {
        return Err(problems);
    }
    written(document, audience)
}

/// The body of a document that has passed [`check`], unless it is too large or too slow.
fn written(document: &Document, audience: Audience) -> Result<Body, Vec<Problem>> {
    let body = seal(program::write(document, audience))?;
    let looks = work::work(&Snapshot::verified(&body.seal(0)));
    let all: u64 = looks.iter().sum();
    if all <= WORK {
        return Ok(body);
    }
    let cause = alloc::format!("To decide all flags {all} bytes may be looked at for one visitor; {WORK} are allowed.");
    let most = (0..looks.len()).max_by_key(|flag| looks[*flag]).unwrap_or_default();
    let place = below("/flags", graph::order(document, audience)[most].key);
    let fix =
        "This flag asks the most. Put parts of one attribute into one `matches`, and texts into one `in`.".to_string();
    Err([Problem::new(place, document::Code::TooLarge, cause, fix)].into())
}

/// A body of these bytes, if they are not too many.
fn seal(bytes: Vec<u8>) -> Result<Body, Vec<Problem>> {
    if HEADER + bytes.len() > SNAPSHOT_BYTES {
        let cause = alloc::format!("Its snapshot would have {} bytes; {SNAPSHOT_BYTES} are allowed.", bytes.len());
        let fix = "Remove flags that are no longer used, or split the project.".to_string();
        return Err([Problem::new(String::new(), document::Code::TooLarge, cause, fix)].into());
    }
    let digest = Sha256::digest(&bytes).into();
    Ok(Body { bytes, digest })
}

/// How many steps a flag's rules take.
pub(crate) fn steps(document: &Document, key: &str, flag: &document::Flag) -> usize {
    rules::program(document, Audience::Edge, key, flag).steps.len()
}

/// A digest as text, in hexadecimal digits.
#[cfg(feature = "collect")]
pub(crate) fn hexadecimal(digest: &[u8]) -> String {
    digest.iter().map(|byte| alloc::format!("{byte:02x}")).collect()
}
