//! The memory of all that is here, QuickJS's too.
//!
//! What evaluating a bundle leaves in memory becomes a part of every module, freed memory included. So until that is done, memory is cleared when it is freed: of zeros, a module has none.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicBool, Ordering};

static IS_LOADED: AtomicBool = AtomicBool::new(false);

#[global_allocator]
static MEMORY: Memory = Memory;

/// More of the stack than loading a bundle takes; less than there is.
const STACK_USED_BYTES_MAX: usize = 256 * 1024;
/// What lies right below the caller may be in use.
const STACK_IN_USE_BYTES_MAX: usize = 1024;

/// The bundle is evaluated: from now on, freed memory is left as it is. What was on the stack is cleared, too.
pub(crate) fn loaded() {
    IS_LOADED.store(true, Ordering::Relaxed);
    let here = 0_u8;
    let top = (&raw const here).addr() - STACK_IN_USE_BYTES_MAX;
    let bottom = top.saturating_sub(STACK_USED_BYTES_MAX).max(STACK_IN_USE_BYTES_MAX);
    // Sound, since the stack grows down, and nobody has called anything that is still below.
    unsafe { std::ptr::with_exposed_provenance_mut::<u8>(bottom).write_bytes(0, top - bottom) };
}

struct Memory;

// Sound as the system's allocator is, which does all the work.
unsafe impl GlobalAlloc for Memory {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe {
            if !IS_LOADED.load(Ordering::Relaxed) {
                pointer.write_bytes(0, layout.size());
            }
            System.dealloc(pointer, layout);
        }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if IS_LOADED.load(Ordering::Relaxed) {
            return unsafe { System.realloc(pointer, layout, size) };
        }
        unsafe {
            let moved = self.alloc(Layout::from_size_align_unchecked(size, layout.align()));
            if !moved.is_null() {
                moved.copy_from_nonoverlapping(pointer, size.min(layout.size()));
                self.dealloc(pointer, layout);
            }
            moved
        }
    }
}
