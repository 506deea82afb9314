//! The evaluator for the browser and the Worker: functions of numbers over one piece of memory.
//!
//! JavaScript reserves memory, writes a snapshot and context records into it, and reads decisions out of it. Nothing
//! here allocates, so nothing grows but what [`reserve`] was asked for.

#![cfg_attr(target_arch = "wasm32", no_std)]

use pointsman::context::Context;
use pointsman::evaluate;
use pointsman::plan;
use pointsman::snapshot::Snapshot;
use pointsman::time::Millis;
use wasm_bindgen::prelude::wasm_bindgen;

/// What [`evaluate`] and [`plan`] give when their answer does not fit.
pub const DOES_NOT_FIT: u32 = u32::MAX;

/// Makes sure of `bytes` bytes of memory that belong to the caller, and gives their address; 0 if there are none.
/// Calling again with more gives the same address and keeps what was written there.
#[wasm_bindgen]
#[must_use]
pub fn reserve(bytes: u32) -> u32 {
    memory::reserve(bytes)
}

/// Checks the snapshot that lies at `at`. Gives 0, or the number of a [`pointsman::snapshot::Fault`].
#[wasm_bindgen]
#[must_use]
pub fn verify(at: u32, length: u32) -> u32 {
    Snapshot::verify(memory::read(at, length)).map_or_else(|fault| fault as u32, |_| 0)
}

/// Decides every flag of the verified snapshot at `at` for the context record at `context`, and writes the decisions
/// to `out`. Gives how many, or [`DOES_NOT_FIT`].
#[wasm_bindgen]
#[must_use]
pub fn evaluate(at: u32, length: u32, context: u32, context_length: u32, now: f64, out: u32, out_length: u32) -> u32 {
    let snapshot = Snapshot::verified(memory::read(at, length));
    let context = Context(memory::read(context, context_length));
    let decisions = memory::write(out, out_length);
    evaluate::evaluate(&snapshot, context, Millis::from_f64(now), decisions).unwrap_or(DOES_NOT_FIT)
}

/// Decides flag `flag` and those that it builds on, as [`evaluate`] would, and writes their decisions to their own places
/// in `out`. Gives 1, or [`DOES_NOT_FIT`].
#[wasm_bindgen]
#[must_use]
#[expect(clippy::too_many_arguments, reason = "three pieces of memory, each an address and a length")]
pub fn decide(
    at: u32,
    length: u32,
    flag: u32,
    context: u32,
    context_length: u32,
    now: f64,
    out: u32,
    out_length: u32,
) -> u32 {
    let snapshot = Snapshot::verified(memory::read(at, length));
    let context = Context(memory::read(context, context_length));
    let decisions = memory::write(out, out_length);
    let decided = evaluate::decide(&snapshot, flag, context, Millis::from_f64(now), decisions, &mut ());
    decided.map_or(DOES_NOT_FIT, |_| 1)
}

/// Plans the page whose path lies at `path` from decisions at `decisions`, and writes the steps to `out` as words.
/// Gives how many, or [`DOES_NOT_FIT`].
#[wasm_bindgen]
#[must_use]
#[expect(clippy::too_many_arguments, reason = "four pieces of memory, each an address and a length")]
pub fn plan(
    at: u32,
    length: u32,
    decisions: u32,
    decisions_length: u32,
    path: u32,
    path_length: u32,
    out: u32,
    out_length: u32,
) -> u32 {
    let snapshot = Snapshot::verified(memory::read(at, length));
    let mut places = memory::write(out, out_length).chunks_exact_mut(4);
    let mut steps = 0;
    plan::plan(&snapshot, memory::read(decisions, decisions_length), memory::read(path, path_length), |step| {
        steps = match places.next() {
            Some(place) if steps != DOES_NOT_FIT => {
                place.copy_from_slice(&step.to_word().to_le_bytes());
                steps + 1
            }
            _ => DOES_NOT_FIT,
        };
    });
    steps
}

/// The only place that touches memory by address.
#[cfg(target_arch = "wasm32")]
mod memory {
    use core::arch::wasm32::{memory_grow, memory_size};
    use core::{ptr, slice};

    const PAGE: u32 = 65_536;

    unsafe extern "C" {
        /// Where the linker's data end.
        static __heap_base: u8;
    }

    fn base() -> u32 {
        // SAFETY: only the address of the symbol is taken.
        (&raw const __heap_base) as u32
    }

    fn end() -> u32 {
        // The last page counts only in full, which keeps the end below 2^32.
        (memory_size(0) as u32).min(65_535) * PAGE
    }

    pub(crate) fn reserve(bytes: u32) -> u32 {
        let Some(wanted) = base().checked_add(bytes) else { return 0 };
        let missing = wanted.saturating_sub(end()).div_ceil(PAGE);
        if missing > 0 && memory_grow(0, missing as usize) == usize::MAX { 0 } else { base() }
    }

    fn inside(at: u32, length: u32) -> bool {
        at >= base() && at.checked_add(length).is_some_and(|last| last <= end())
    }

    pub(crate) fn read(at: u32, length: u32) -> &'static [u8] {
        // SAFETY: the range lies between the linker's data and the end of memory, where nothing of Rust's lives.
        if inside(at, length) { unsafe { slice::from_raw_parts(at as *const u8, length as usize) } } else { &[] }
    }

    pub(crate) fn write(at: u32, length: u32) -> &'static mut [u8] {
        if inside(at, length) {
            // SAFETY: as in `read`; the shim hands out ranges that do not overlap.
            unsafe { slice::from_raw_parts_mut(ptr::with_exposed_provenance_mut(at as usize), length as usize) }
        } else {
            &mut []
        }
    }

    #[panic_handler]
    fn panic(_: &core::panic::PanicInfo) -> ! {
        core::arch::wasm32::unreachable()
    }

    /// Refuses: nothing in this module may allocate.
    struct Nothing;

    // SAFETY: it never hands out memory.
    unsafe impl core::alloc::GlobalAlloc for Nothing {
        unsafe fn alloc(&self, _: core::alloc::Layout) -> *mut u8 {
            ptr::null_mut()
        }

        unsafe fn dealloc(&self, _: *mut u8, _: core::alloc::Layout) {}
    }

    #[global_allocator]
    static NOTHING: Nothing = Nothing;
}

/// The crate has no use outside wasm; this lets the whole workspace be checked natively.
#[cfg(not(target_arch = "wasm32"))]
mod memory {
    pub(crate) fn reserve(_: u32) -> u32 {
        0
    }

    pub(crate) fn read(_: u32, _: u32) -> &'static [u8] {
        &[]
    }

    pub(crate) fn write(_: u32, _: u32) -> &'static mut [u8] {
        &mut []
    }
}
