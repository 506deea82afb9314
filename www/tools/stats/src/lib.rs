//! Planning and reading experiments, for JavaScript: the core's [`ask`](pointsman::ask), questions and answers as JSON.
//!
//! One function and no others: whatever crosses here is asked of the native engine too, and must be answered alike.

#![cfg_attr(target_arch = "wasm32", no_std)]

extern crate alloc;

#[cfg(target_arch = "wasm32")]
mod memory;

use alloc::string::String;
use wasm_bindgen::prelude::wasm_bindgen;

/// Answers a question.
#[wasm_bindgen]
#[must_use]
pub fn ask(question: &str) -> String {
    pointsman::ask::ask(question)
}

/// Without the standard library nobody puts words to a panic that nobody would read: an eighth of the file.
#[cfg(target_arch = "wasm32")]
mod alone {
    #[panic_handler]
    fn panic(_: &core::panic::PanicInfo) -> ! {
        core::arch::wasm32::unreachable()
    }
}
