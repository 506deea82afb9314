//! The compiler for JavaScript: a document as a plain object in, a snapshot or all its problems out.

use js_sys::{Object, Reflect, Uint8Array};
use pointsman::compile::{Audience, compile as compile_document};
use pointsman::document::{self, Document, Problem};
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// Compiles a document.
///
/// `document` is JSON text, which is read strictly, or an object that was parsed already. Gives `{snapshot}`, bytes
/// under a header with `version`, or `{problems}`, each with `pointer`, `code`, `cause` and `fix`.
#[wasm_bindgen]
pub fn compile(document: &JsValue, version: u32, client: bool) -> Result<JsValue, JsValue> {
    let audience = if client { Audience::Client } else { Audience::Edge };
    let body = read(document).and_then(|document| compile_document(&document, audience));
    let answer = Object::new();
    match body {
        Ok(body) => Reflect::set(&answer, &"snapshot".into(), &Uint8Array::from(&body.seal(version)[..]))?,
        Err(problems) => {
            let problems = problems.serialize(&Serializer::json_compatible())?;
            Reflect::set(&answer, &"problems".into(), &problems)?
        }
    };
    Ok(answer.into())
}

fn read(document: &JsValue) -> Result<Document, Vec<Problem>> {
    if let Some(text) = document.as_string() {
        return document::read(text.as_bytes());
    }
    let unreadable = |cause: String| {
        let fix = "Give plain objects, lists, texts, numbers and booleans.".to_string();
        vec![Problem::new(String::new(), document::Code::Shape, cause, fix)]
    };
    serde_wasm_bindgen::from_value(document.clone())
        .map_err(|error| unreadable(error.to_string()))
        .and_then(document::from_tree)
}
