//! Panics without words: where a wasm file is the size that it is for its users, nobody reads where and why it ended. It ends at
//! once, what calls it gets JavaScript's error, and the words, their places and the code that joins them are left out. Natively
//! the same code says it all.

use walrus::ir::Value;
use walrus::{ConstExpr, DataKind, FunctionKind, Module};

/// What begins the names of functions of Rust's own, and of the bindings', that put words to a panic and never return.
const PANICS: [&str; 21] = [
    "core::panicking::",
    "core::option::unwrap_failed",
    "core::option::expect_failed",
    "core::result::unwrap_failed",
    "core::slice::index::slice_index_fail",
    "core::slice::copy_from_slice_impl::len_mismatch_fail",
    "core::slice::sort::shared::smallsort::panic_on_ord_violation",
    "core::str::slice_error_fail",
    "core::cell::panic_already_",
    "core::cell::lazy::panic_poisoned",
    "alloc::alloc::handle_alloc_error",
    "alloc::raw_vec::handle_error",
    "alloc::raw_vec::capacity_overflow",
    "<alloc::vec::Vec<_, _>>::remove::assert_failed",
    "<alloc::vec::Vec<_, _>>::insert_mut::assert_failed",
    "<alloc::vec::Vec<_, _>>::split_off::assert_failed",
    "std::panicking::",
    "std::alloc::rust_oom",
    "std::sys::backtrace::__rust_end_short_backtrace",
    "__rustc::rust_panic",
    "wasm_bindgen::__rt::borrow_fail",
];

/// Makes every panic end the program at once, and forgets where in the source each one is.
pub fn silence(wasm: &mut Module) {
    for function in wasm.funcs.iter_mut() {
        let Some(name) = function.name.as_deref().map(without_numbers) else { continue };
        let FunctionKind::Local(local) = &mut function.kind else { continue };
        if PANICS.iter().any(|panic| name.starts_with(panic)) {
            let entry = local.entry_block();
            local.block_mut(entry).instrs.clear();
            local.builder_mut().func_body().unreachable();
        }
    }
    forget_places(wasm);
}

/// A name without the numbers of crates in it: `core[c5930c85a12de822]::panicking::panic` is `core::panicking::panic`.
fn without_numbers(name: &str) -> String {
    name.split('[').map(|part| part.split_once("]::").map_or(part.into(), |(_, rest)| format!("::{rest}"))).collect()
}

/// Fills with zeros, which weigh nothing packed, each `core::panic::Location` (a file's name by address and length, a line and a
/// column), and the name that it leads to: a path of the machine that built it.
fn forget_places(wasm: &mut Module) {
    let segments: Vec<_> =
        wasm.data.iter().filter_map(|data| Some((data.id(), address(&data.kind)?, data.value.clone()))).collect();
    let name_at = |address: usize, length: usize| {
        segments.iter().find_map(|(id, start, bytes)| {
            let at = address.checked_sub(*start)?;
            bytes.get(at..)?.get(..length)?.ends_with(b".rs").then_some((*id, at))
        })
    };
    for (id, start, bytes) in &segments {
        let mut at = start.next_multiple_of(4) - start;
        while let Some(place) = bytes.get(at..at + 16) {
            let [address, length, line, column] = [0, 4, 8, 12].map(|part| word(&place[part..]));
            let name = name_at(address, length).filter(|_| line > 0 && column > 0);
            if let Some((named, from)) = name {
                wasm.data.get_mut(*id).value[at..at + 16].fill(0);
                wasm.data.get_mut(named).value[from..from + length].fill(0);
            }
            at += if name.is_some() { 16 } else { 4 };
        }
    }
}

/// Where a segment lies in memory.
fn address(kind: &DataKind) -> Option<usize> {
    let DataKind::Active { offset: ConstExpr::Value(Value::I32(offset)), .. } = kind else { return None };
    usize::try_from(*offset).ok()
}

fn word(bytes: &[u8]) -> usize {
    bytes.first_chunk().map_or(0, |word| u32::from_le_bytes(*word) as usize)
}
