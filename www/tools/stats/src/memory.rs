//! Memory for many small things that do not live long, as an answer is made of: lists of free places, one for each size.
//!
//! Sizes are powers of two, and a place that is given back waits for the next thing of its size. It is never joined with its
//! neighbours: an answer of one kind needs what the one before it needed.

use core::alloc::{GlobalAlloc, Layout};
use core::arch::wasm32::memory_grow;
use core::cell::Cell;
use core::ptr;

/// What WebAssembly gives memory by.
const PAGE: usize = 65_536;
/// A free place holds the address of the next one; numbers and pairs of them are the smallest things that there are many of.
const SMALLEST: usize = 16;

/// The first free place of each size, by its logarithm, and the memory that is left of the last one that was asked for.
struct Places {
    free: [Cell<*mut u8>; usize::BITS as usize],
    rest: Cell<*mut u8>,
    left: Cell<usize>,
}

// SAFETY: this program has one thread.
unsafe impl Sync for Places {}

#[global_allocator]
static MEMORY: Places = Places {
    free: [const { Cell::new(ptr::null_mut()) }; usize::BITS as usize],
    rest: Cell::new(ptr::null_mut()),
    left: Cell::new(0),
};

/// The logarithm of the size of the place for so many bytes, of which no more than 2 GiB can be asked for.
fn class(layout: Layout) -> u32 {
    usize::BITS - (layout.size().max(layout.align()).max(SMALLEST) - 1).leading_zeros()
}

impl Places {
    /// A place that was none before. Every size divides the larger ones, so that a place that begins at a multiple of its size
    /// begins at a multiple of its alignment, too.
    fn fresh(&self, size: usize) -> *mut u8 {
        let skipped = self.rest.get().addr().wrapping_neg() & (size.min(PAGE) - 1);
        let Some(left) = self.left.get().checked_sub(skipped).and_then(|left| left.checked_sub(size)) else {
            let pages = size.div_ceil(PAGE);
            let from = memory_grow(0, pages);
            if from == usize::MAX {
                return ptr::null_mut();
            }
            self.rest.set(ptr::with_exposed_provenance_mut(from * PAGE));
            self.left.set(pages * PAGE);
            return self.fresh(size);
        };
        let place = self.rest.get().wrapping_add(skipped);
        self.rest.set(place.wrapping_add(size));
        self.left.set(left);
        place
    }
}

// SAFETY: a place is given to one at a time, is as large as its size, and begins at a multiple of that, up to a page, which is
// more than anything here asks to be aligned to.
unsafe impl GlobalAlloc for Places {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let class = class(layout);
        let free = &self.free[class as usize & 31];
        let place = free.get();
        if place.is_null() {
            return self.fresh(1 << class);
        }
        // SAFETY: a free place holds the next one.
        free.set(unsafe { place.cast::<*mut u8>().read() });
        place
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        let free = &self.free[class(layout) as usize & 31];
        // SAFETY: it is as large as an address, and nobody's any more.
        unsafe { place.cast::<*mut u8>().write(free.get()) };
        free.set(place);
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: whoever asks has made sure that the alignment goes with the size.
        let wanted = unsafe { Layout::from_size_align_unchecked(size, layout.align()) };
        if class(layout) == class(wanted) {
            return place;
        }
        // SAFETY: both places are as large as what is moved, and different ones.
        unsafe {
            let moved = self.alloc(wanted);
            if !moved.is_null() {
                ptr::copy_nonoverlapping(place, moved, layout.size().min(size));
                self.dealloc(place, layout);
            }
            moved
        }
    }
}
