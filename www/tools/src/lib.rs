//! The compiler for JavaScript: a document as a plain object in, a snapshot or all its problems out.

use js_sys::{Object, Reflect, Uint8Array};
use pointsman::compile::{Audience, compile as compile_document, warnings};
use pointsman::document::{self, Document, Problem};
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};

/// Compiles a document.
///
/// `document` is JSON, as text or as bytes, which is read strictly, or an object that was parsed already. Gives
/// `{snapshot, warnings}`, bytes under a header with `version`, or `{problems}`; problems and warnings have `pointer`,
/// `code`, `cause` and `fix`.
#[wasm_bindgen]
pub fn compile(document: &JsValue, version: u32, client: bool) -> Result<JsValue, JsValue> {
    let audience = if client { Audience::Client } else { Audience::Edge };
    let compiled =
        read(document).and_then(|document| Ok((compile_document(&document, audience)?, warnings(&document))));
    let answer = Object::new();
    let list = |name: &str, problems: &[Problem]| {
        Reflect::set(&answer, &name.into(), &problems.serialize(&Serializer::json_compatible())?)
    };
    match compiled {
        Ok((body, warnings)) => {
            Reflect::set(&answer, &"snapshot".into(), &Uint8Array::from(&body.seal(version)[..]))?;
            list("warnings", &warnings)?
        }
        Err(problems) => list("problems", &problems)?,
    };
    Ok(answer.into())
}

fn read(document: &JsValue) -> Result<Document, Vec<Problem>> {
    if let Some(text) = document.as_string() {
        return document::read(text.as_bytes());
    }
    if let Some(bytes) = document.dyn_ref::<Uint8Array>() {
        return document::read(&bytes.to_vec());
    }
    let unreadable = |cause: String| {
        let fix = "Give plain objects, lists, texts, numbers and booleans.".to_string();
        vec![Problem::new(String::new(), document::Code::Shape, cause, fix)]
    };
    serde_wasm_bindgen::from_value(document.clone())
        .map_err(|error| unreadable(error.to_string()))
        .and_then(document::from_tree)
}
