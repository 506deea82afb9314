//! The compiler and what else a document can be asked, for JavaScript: plain objects in, plain objects out.
//!
//! What is wrong is an answer, too: `{problems}`, each with `pointer`, `code`, `cause` and `fix`.

#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

mod facts;

use alloc::string::{String, ToString};
use alloc::vec;
use alloc::vec::Vec;

use facts::{Known, counts as counts_of};
use js_sys::{JSON, Object, Reflect, Uint8Array};
use pointsman::compile::{Audience, compile as compile_document, warnings};
use pointsman::document::{self, Document, Named, Problem, context, json};
use pointsman::lint as linting;
use pointsman::time::Millis;
use pointsman::{explain as explaining, rehearse};
use serde::Serialize;
use serde_json::{Map, Value};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

/// Compiles a document.
///
/// `document` is JSON, as text or as bytes, which is read strictly, or an object that was parsed already. Gives
/// `{snapshot, warnings}`, bytes under a header with `version`, or `{problems}`.
#[wasm_bindgen]
pub fn compile(document: &JsValue, version: u32, client: bool) -> Result<JsValue, JsValue> {
    let audience = if client { Audience::Client } else { Audience::Edge };
    let compiled =
        read(document).and_then(|document| Ok((compile_document(&document, audience)?, warnings(&document))));
    match compiled {
        Ok((body, warnings)) => {
            let snapshot = Uint8Array::from(&body.seal(version)[..]).into();
            object(&[("snapshot", snapshot), ("warnings", plain(&warnings)?)])
        }
        Err(problems) => refused(&problems),
    }
}

/// Names everything that is wrong with a document, also where some of it cannot be read. Gives `{problems}`.
#[wasm_bindgen]
pub fn check(document: &str) -> Result<JsValue, JsValue> {
    refused(&pointsman::compile::problems(document.as_bytes()))
}

/// Explains why a flag serves what it serves to a context, JSON text or an object, at `now` in milliseconds since 1970.
///
/// Gives `{explanation, text}`, as data and for people, or `{problems}` of the document (`in: 'document'`) or of the
/// context (`in: 'context'`).
#[wasm_bindgen]
pub fn explain(document: &JsValue, flag: &str, context: &JsValue, now: f64) -> Result<JsValue, JsValue> {
    let given = match read_context(context) {
        Ok(given) => given,
        Err(problems) => return refused_in("context", &problems),
    };
    match read(document).and_then(|document| explaining::explain(document, flag, &given, Millis::from_f64(now))) {
        Ok(explanation) => {
            object(&[("explanation", plain(&explanation)?), ("text", explanation.to_string().as_str().into())])
        }
        Err(problems) => refused_in("document", &problems),
    }
}

/// A document on a log of contexts.
#[wasm_bindgen]
pub struct Rehearsal(Result<rehearse::Rehearsal, Vec<Problem>>);

#[wasm_bindgen]
impl Rehearsal {
    /// Begins with nobody; `now`, in milliseconds since 1970, is for lines that do not say their time.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(document: &JsValue, now: f64) -> Self {
        Self(read(document).and_then(|document| rehearse::Rehearsal::new(document, Millis::from_f64(now))))
    }

    /// What keeps the document from being rehearsed: `{problems}`, which is empty if nothing does.
    pub fn problems(&self) -> Result<JsValue, JsValue> {
        refused(self.0.as_ref().err().map(Vec::as_slice).unwrap_or_default())
    }

    /// Takes whole lines, in UTF-8.
    pub fn add(&mut self, lines: &[u8]) {
        let lines = lines.strip_suffix(b"\n").unwrap_or(lines);
        if let Ok(rehearsal) = &mut self.0 {
            lines.split(|byte| *byte == b'\n').for_each(|line| rehearsal.add(line));
        }
    }

    /// What has become of the lines so far: `{report, text}`, as data and for people, or `{problems}`.
    pub fn report(&self) -> Result<JsValue, JsValue> {
        match &self.0 {
            Ok(rehearsal) => {
                let report = rehearsal.report();
                object(&[("report", plain(&report)?), ("text", report.to_string().as_str().into())])
            }
            Err(problems) => refused(problems),
        }
    }
}

fn read(document: &JsValue) -> Result<Document, Vec<Problem>> {
    if let Some(text) = document.as_string() {
        return document::read(text.as_bytes());
    }
    if let Some(bytes) = document.dyn_ref::<Uint8Array>() {
        return document::read(&bytes.to_vec());
    }
    document::read(text_of(document)?.as_bytes())
}

fn read_context(given: &JsValue) -> Result<Map<String, Value>, Vec<Problem>> {
    let text = given.as_string().map_or_else(|| text_of(given), Ok)?;
    context::read(text.as_bytes())
}

/// Objects go through their text, so that one reader knows what a document or a context may be.
fn text_of(given: &JsValue) -> Result<String, Vec<Problem>> {
    let text = JSON::stringify(given).ok().and_then(|text| text.as_string());
    text.ok_or_else(|| unreadable("It has no form in JSON.".to_string()))
}

/// The tree of an object that is not read any further here.
fn tree(given: &JsValue) -> Result<Value, Vec<Problem>> {
    json::read(text_of(given)?.as_bytes())
}

fn unreadable(cause: String) -> Vec<Problem> {
    let fix = "Give plain objects, lists, texts, numbers and booleans.".to_string();
    vec![Problem::new(String::new(), document::Code::Shape, cause, fix)]
}

fn refused(problems: &[Problem]) -> Result<JsValue, JsValue> {
    object(&[("problems", plain(problems)?)])
}

fn refused_in(part: &str, problems: &[Problem]) -> Result<JsValue, JsValue> {
    object(&[("problems", plain(problems)?), ("in", part.into())])
}

/// By way of JSON, which the core writes anyway: a second serialiser of every type would only make the file larger.
fn plain(value: &(impl Serialize + ?Sized)) -> Result<JsValue, JsValue> {
    let text = serde_json::to_string(value).map_err(|error| JsValue::from(error.to_string()))?;
    JSON::parse(&text)
}

fn object(entries: &[(&str, JsValue)]) -> Result<JsValue, JsValue> {
    let answer = Object::new();
    for (name, value) in entries {
        Reflect::set(&answer, &(*name).into(), value)?;
    }
    Ok(answer.into())
}

/// Gives advice on a document that compiles: `{advice}`, each with `pointer`, `code`, `cause` and `fix`; or `{problems}`.
///
/// `facts` is an object of what is known beyond it, or nothing: `now` and `changed` (when each flag was last changed) in
/// milliseconds since 1970, `before` (the document that this one replaces), `events` (names that were seen lately) and
/// `staleDays`.
#[wasm_bindgen]
pub fn lint(document: &JsValue, facts: &JsValue) -> Result<JsValue, JsValue> {
    let given = (|| -> Result<_, Vec<Problem>> {
        let document = compiled(document)?;
        let before = Reflect::get(facts, &"before".into()).ok().filter(|before| !before.is_falsy());
        let before = before.map(|before| read(&before)).transpose()?;
        let rest = Object::new();
        if facts.is_object() {
            Object::assign(&rest, facts.unchecked_ref());
        }
        Reflect::delete_property(&rest, &"before".into()).map_err(|_| unreadable("Its `before` stays.".to_string()))?;
        Ok((document, before, Known::read(tree(&rest)?.as_object().unwrap_or(&Map::new()))?))
    })();
    let (document, before, known) = match given {
        Ok(given) => given,
        Err(problems) => return refused(&problems),
    };
    let facts = known.facts(before.as_ref());
    object(&[("advice", plain(&linting::lint(&document, &facts))?)])
}

/// Says what a new document in place of an old one does to each flag: `{changes}`, or `{problems}` of the old document
/// (`in: 'old'`) or of the new one (`in: 'new'`). Shares are parts of 2^32.
///
/// `now`, in milliseconds since 1970, settles windows and ramps. `counts`, the visitors of each path of each flag, gives
/// estimates for the whole audience. Either may be left out.
#[wasm_bindgen]
pub fn diff(old: &JsValue, new: &JsValue, now: Option<f64>, counts: &JsValue) -> Result<JsValue, JsValue> {
    let old = match compiled(old) {
        Ok(old) => old,
        Err(problems) => return refused_in("old", &problems),
    };
    let new = match compiled(new) {
        Ok(new) => new,
        Err(problems) => return refused_in("new", &problems),
    };
    let counts =
        if counts.is_falsy() { Some(Named::default()) } else { tree(counts).ok().as_ref().and_then(counts_of) };
    let counts = counts.ok_or("The counts are no objects of numbers.")?;
    let changes = pointsman::blast::diff(&old, &new, now.map(Millis::from_f64), &counts);
    object(&[("changes", plain(&changes)?)])
}

/// Compiles what browsers may know for a context of which some attributes are known, JSON text or an object. Gives
/// `{snapshot}`, or `{problems}` of the document (`in: 'document'`) or of the context (`in: 'context'`).
#[wasm_bindgen]
pub fn prune(document: &JsValue, known: &JsValue, now: Option<f64>, version: u32) -> Result<JsValue, JsValue> {
    let known = match read_context(known) {
        Ok(known) => known,
        Err(problems) => return refused_in("context", &problems),
    };
    let body =
        read(document).and_then(|document| pointsman::compile::prune(&document, &known, now.map(Millis::from_f64)));
    match body {
        Ok(body) => object(&[("snapshot", Uint8Array::from(&body.seal(version)[..]).into())]),
        Err(problems) => refused_in("document", &problems),
    }
}

/// A document that compiles.
fn compiled(document: &JsValue) -> Result<Document, Vec<Problem>> {
    let document = read(document)?;
    compile_document(&document, Audience::Edge)?;
    Ok(document)
}

/// Without the standard library nobody puts words to a panic that nobody would read: a seventh of the file.
#[cfg(target_arch = "wasm32")]
mod alone {
    #[global_allocator]
    static MEMORY: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

    #[panic_handler]
    fn panic(_: &core::panic::PanicInfo) -> ! {
        core::arch::wasm32::unreachable()
    }
}
