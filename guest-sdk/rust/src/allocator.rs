//! The module's heap: the standard library's allocator, which begins in memory that the module has from the start.
//!
//! The standard library's own use of it asks for more memory with the first allocation. The host then has the system change
//! what a process may touch, once when a run begins and once more when it ends, and each interrupts every other core. Most
//! workflows never need more than what is here.

#![expect(unsafe_code, reason = "an allocator hands out raw memory")]

use std::alloc::{GlobalAlloc, Layout};
use std::cell::{Cell, UnsafeCell};

use core::arch::wasm32::memory_grow;
use dlmalloc::{Allocator, Dlmalloc};

const PAGE_BYTES: usize = 64 << 10;

#[global_allocator]
static HEAP: Heap = Heap(UnsafeCell::new(Dlmalloc::new_with_allocator(Memory {
    first_is_taken: Cell::new(false),
})));

static FIRST: First = First(UnsafeCell::new([0; PAGE_BYTES]));

struct Heap(UnsafeCell<Dlmalloc<Memory>>);

/// What is handed out before the module's memory grows.
#[repr(C, align(16))]
struct First(UnsafeCell<[u8; PAGE_BYTES]>);

/// Where the allocator gets memory from; none is ever given back.
struct Memory {
    first_is_taken: Cell<bool>,
}

// SAFETY: a module has one thread.
unsafe impl Sync for Heap {}

// SAFETY: as above; and it is used by nobody but the allocator, which is given it once.
unsafe impl Sync for First {}

// SAFETY: what is returned is nobody else's, and as long as it is said to be.
unsafe impl Allocator for Memory {
    fn alloc(&self, size: usize) -> (*mut u8, usize, u32) {
        if size <= PAGE_BYTES && !self.first_is_taken.replace(true) {
            return (FIRST.0.get().cast(), PAGE_BYTES, 0);
        }
        let pages = size.div_ceil(PAGE_BYTES);
        match memory_grow::<0>(pages) {
            usize::MAX => (std::ptr::null_mut(), 0, 0),
            before => ((before * PAGE_BYTES) as *mut u8, pages * PAGE_BYTES, 0),
        }
    }

    fn remap(&self, _memory: *mut u8, _old: usize, _new: usize, _may_move: bool) -> *mut u8 {
        std::ptr::null_mut()
    }

    fn free_part(&self, _memory: *mut u8, _old: usize, _new: usize) -> bool {
        false
    }

    fn free(&self, _memory: *mut u8, _size: usize) -> bool {
        false
    }

    fn can_release_part(&self, _flags: u32) -> bool {
        false
    }

    fn allocates_zeros(&self) -> bool {
        true
    }

    fn page_size(&self) -> usize {
        PAGE_BYTES
    }
}

// SAFETY: one thread, and nothing here is entered while another call of it is under way.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        unsafe { (*self.0.get()).malloc(layout.size(), layout.align()) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        unsafe { (*self.0.get()).calloc(layout.size(), layout.align()) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        unsafe { (*self.0.get()).free(memory, layout.size(), layout.align()) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        unsafe { (*self.0.get()).realloc(memory, layout.size(), layout.align(), new_size) }
    }
}
