//! The evaluator for the browser and the Worker: functions of numbers over one piece of memory.
//!
//! JavaScript reserves memory, writes a snapshot and context records into it, and reads decisions out of it. Nothing
//! here allocates, so nothing grows but what [`reserve`] was asked for.

#![cfg_attr(target_arch = "wasm32", no_std)]

use pointsman::context::Context;
use pointsman::draw::ROOM;
use pointsman::evaluate;
use pointsman::plan;
use pointsman::snapshot::{Section, Snapshot};
use pointsman::time::Millis;
use wasm_bindgen::prelude::wasm_bindgen;

/// What [`evaluate`] and [`plan`] give when their answer does not fit.
pub const DOES_NOT_FIT: u32 = u32::MAX;

/// In place of a flag: all of them.
pub const ALL: u32 = u32::MAX;

/// Makes sure of `bytes` bytes of memory that belong to the caller, and gives their address; 0 if there are none.
/// Calling again with more gives the same address and keeps what was written there. The other functions count from it,
/// and a snapshot lies at its beginning.
#[wasm_bindgen]
#[must_use]
pub fn reserve(bytes: u32) -> u32 {
    memory::reserve(bytes)
}

/// Checks the snapshot of `length` bytes. Gives 0, or the number of a [`pointsman::snapshot::Fault`].
#[wasm_bindgen]
#[must_use]
pub fn verify(length: u32) -> u32 {
    Snapshot::verify(part(memory::all(), 0, length)).map_or_else(|fault| fault as u32, |_| 0)
}

/// Decides flag `flag` of the verified snapshot and those that it builds on, or [`ALL`] flags, for the context record at
/// `context`. Behind it, from `out` on, is [`ROOM`] for a draw's key, and behind that each flag's place for its decision.
/// Gives how many places are filled then, or [`DOES_NOT_FIT`].
#[wasm_bindgen]
#[must_use]
pub fn evaluate(length: u32, flag: u32, context: u32, now: f64, out: u32) -> u32 {
    let Some((given, out)) = memory::all().split_at_mut_checked(out as usize) else { return DOES_NOT_FIT };
    let Some((room, decisions)) = out.split_first_chunk_mut::<ROOM>() else { return DOES_NOT_FIT };
    let snapshot = Snapshot::verified(part(given, 0, length));
    let context = Context(given.get(context as usize..).unwrap_or_default());
    let flags = if flag == ALL { 0..snapshot.count(Section::Flags) } else { evaluate::needed(&snapshot, flag) };
    let count = flags.end;
    let decided = evaluate::decide_row(&snapshot, flags, context, Millis::from_f64(now), room, decisions, &mut ());
    if decided.is_none() && count > 0 { DOES_NOT_FIT } else { count }
}

/// Plans the page whose path lies at `path` from decisions at `decisions`, and writes the steps as words from `out` on,
/// behind everything else. Gives how many, or [`DOES_NOT_FIT`].
#[wasm_bindgen]
#[must_use]
pub fn plan(length: u32, decisions: u32, path: u32, path_length: u32, out: u32) -> u32 {
    let Some((given, out)) = memory::all().split_at_mut_checked(out as usize) else { return DOES_NOT_FIT };
    let snapshot = Snapshot::verified(part(given, 0, length));
    let mut places = out.as_chunks_mut().0.iter_mut();
    let mut steps = 0;
    let decisions = given.get(decisions as usize..).unwrap_or_default();
    plan::plan(&snapshot, decisions, part(given, path, path_length), |step| {
        steps = match places.next() {
            Some(place) if steps != DOES_NOT_FIT => {
                *place = step.to_word().to_le_bytes();
                steps + 1
            }
            _ => DOES_NOT_FIT,
        };
    });
    steps
}

/// `length` bytes from `at`, or none where they are not all there.
fn part(bytes: &[u8], at: u32, length: u32) -> &[u8] {
    let end = (at as usize).saturating_add(length as usize);
    bytes.get(at as usize..end).unwrap_or_default()
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

    /// All memory that is the caller's.
    pub(crate) fn all() -> &'static mut [u8] {
        let length = end().wrapping_sub(base()) as usize;
        // SAFETY: it lies between the linker's data and the end of memory, where nothing of Rust's lives, and each
        // exported function asks for it once.
        unsafe { slice::from_raw_parts_mut(ptr::with_exposed_provenance_mut(base() as usize), length) }
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

    pub(crate) fn all() -> &'static mut [u8] {
        &mut []
    }
}
