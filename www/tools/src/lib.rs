//! The compiler and what else a document can be asked, for JavaScript: plain objects in, plain objects out.
//!
//! What is wrong is an answer, too: `{problems}`, each with `pointer`, `code`, `cause` and `fix`.

use js_sys::{JSON, Object, Reflect, Uint8Array};
use pointsman::compile::{Audience, compile as compile_document};
use pointsman::document::{self, Document, Problem, context};
use pointsman::time::Millis;
use pointsman::{explain as explaining, rehearse};
use serde::Serialize;
use serde_json::{Map, Value};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// Compiles a document.
///
/// `document` is JSON text, which is read strictly, or an object that was parsed already. Gives `{snapshot}`, bytes
/// under a header with `version`, or `{problems}`.
#[wasm_bindgen]
pub fn compile(document: &JsValue, version: u32, client: bool) -> Result<JsValue, JsValue> {
    let audience = if client { Audience::Client } else { Audience::Edge };
    match read(document).and_then(|document| compile_document(&document, audience)) {
        Ok(body) => object(&[("snapshot", Uint8Array::from(&body.seal(version)[..]).into())]),
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
    serde_wasm_bindgen::from_value(document.clone())
        .map_err(|error| unreadable(error.to_string()))
        .and_then(document::from_tree)
}

/// Objects go through their text, so that one reader knows what a context may be.
fn read_context(given: &JsValue) -> Result<Map<String, Value>, Vec<Problem>> {
    let text = match given.as_string() {
        Some(text) => Some(text),
        None => JSON::stringify(given).ok().and_then(|text| text.as_string()),
    };
    let text = text.ok_or_else(|| unreadable("It has no form in JSON.".to_string()))?;
    context::read(text.as_bytes())
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
