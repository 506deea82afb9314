//! Planning and reading experiments, for JavaScript: the core's [`ask`](pointsman::ask), questions and answers as JSON.
//!
//! One function and no others: whatever crosses here is asked of the native engine too, and must be answered alike.

use wasm_bindgen::prelude::wasm_bindgen;

/// Answers a question.
#[wasm_bindgen]
#[must_use]
pub fn ask(question: &str) -> String {
    pointsman::ask::ask(question)
}
