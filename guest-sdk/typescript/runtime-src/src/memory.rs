//! The memory of all that is here, QuickJS's too.
//!
//! What evaluating a bundle leaves in memory becomes a part of every module, freed memory included. So until that is done, memory is cleared when it is freed: of zeros, a module has none.

mod slots;

use std::alloc::{GlobalAlloc, Layout, System};
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};

use rquickjs::allocator::Allocator;
use slots::{ALIGN, SLOT_BYTES_MAX, Slots};

static IS_LOADED: AtomicBool = AtomicBool::new(false);
static SLOTS: Slots = Slots::new();

#[global_allocator]
static MEMORY: Memory = Memory;

/// More of the stack than loading a bundle takes; less than there is.
const STACK_USED_BYTES_MAX: usize = 256 * 1024;
/// What lies right below the caller may be in use.
const STACK_IN_USE_BYTES_MAX: usize = 1024;

/// Much was freed at once: what is taken from now on shall lie together.
pub(crate) fn tidy() {
    SLOTS.tidy();
}

/// The bundle is evaluated: what is taken from now on is a run's own, and freed memory is left as it is. What was on the stack is cleared, too.
pub(crate) fn loaded() {
    SLOTS.set_apart();
    IS_LOADED.store(true, Ordering::Relaxed);
    let here = 0_u8;
    let top = (&raw const here).addr() - STACK_IN_USE_BYTES_MAX;
    let bottom = top.saturating_sub(STACK_USED_BYTES_MAX).max(STACK_IN_USE_BYTES_MAX);
    // Sound, since the stack grows down, and nobody has called anything that is still below.
    unsafe { ptr::with_exposed_provenance_mut::<u8>(bottom).write_bytes(0, top - bottom) };
}

/// To be called before memory is freed.
unsafe fn clear(block: *mut u8, bytes: usize) {
    if !IS_LOADED.load(Ordering::Relaxed) {
        unsafe { block.write_bytes(0, bytes) };
    }
}

/// Rust's memory.
struct Memory;

fn may_be_slot(layout: Layout) -> bool {
    layout.size() <= SLOT_BYTES_MAX && layout.align() <= ALIGN
}

// Sound as the slots and the system's allocator are, which share the blocks between them.
unsafe impl GlobalAlloc for Memory {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if may_be_slot(layout) {
            let slot = SLOTS.take(layout.size());
            if !slot.is_null() {
                return slot;
            }
        }
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        unsafe {
            clear(block, layout.size());
            match may_be_slot(layout).then(|| SLOTS.size(block)).flatten() {
                Some(size) => SLOTS.give_back(block, size),
                None => System.dealloc(block, layout),
            }
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, bytes: usize) -> *mut u8 {
        let changed = unsafe { Layout::from_size_align_unchecked(bytes, layout.align()) };
        if may_be_slot(layout) {
            if SLOTS.size(block).is_some_and(|size| bytes <= size) {
                return block;
            }
        } else if !may_be_slot(changed) && IS_LOADED.load(Ordering::Relaxed) {
            return unsafe { System.realloc(block, layout, bytes) };
        }
        unsafe {
            let moved = self.alloc(changed);
            if !moved.is_null() {
                moved.copy_from_nonoverlapping(block, bytes.min(layout.size()));
                self.dealloc(block, layout);
            }
            moved
        }
    }
}

/// QuickJS's memory. It does not say how large what it frees is: what is no slot begins with that.
pub(crate) struct ForEngine;

const HEADER_BYTES: usize = ALIGN;

/// The whole of a block that is no slot.
fn large(bytes: usize) -> Option<Layout> {
    Layout::from_size_align(bytes.checked_add(HEADER_BYTES)?, ALIGN).ok()
}

// Sound as the above is.
unsafe impl Allocator for ForEngine {
    fn alloc(&mut self, bytes: usize) -> *mut u8 {
        if bytes <= SLOT_BYTES_MAX {
            let slot = SLOTS.take(bytes);
            if !slot.is_null() {
                return slot;
            }
        }
        let Some(layout) = large(bytes) else {
            return ptr::null_mut();
        };
        unsafe {
            let whole = System.alloc(layout);
            if whole.is_null() {
                return whole;
            }
            whole.cast::<usize>().write(bytes);
            whole.add(HEADER_BYTES)
        }
    }

    fn calloc(&mut self, count: usize, size: usize) -> *mut u8 {
        let Some(bytes) = count.checked_mul(size) else {
            return ptr::null_mut();
        };
        let block = self.alloc(bytes);
        if !block.is_null() {
            unsafe { block.write_bytes(0, bytes) };
        }
        block
    }

    unsafe fn dealloc(&mut self, block: *mut u8) {
        unsafe {
            if let Some(size) = SLOTS.size(block) {
                clear(block, size);
                SLOTS.give_back(block, size);
                return;
            }
            let whole = block.sub(HEADER_BYTES);
            let layout = large(whole.cast::<usize>().read()).expect("it was allocated");
            clear(whole, layout.size());
            System.dealloc(whole, layout);
        }
    }

    unsafe fn realloc(&mut self, block: *mut u8, bytes: usize) -> *mut u8 {
        unsafe {
            let size = Self::usable_size(block);
            if SLOTS.size(block).is_some() {
                if bytes <= size {
                    return block;
                }
            } else if bytes > SLOT_BYTES_MAX && IS_LOADED.load(Ordering::Relaxed) {
                let Some(changed) = large(bytes) else {
                    return ptr::null_mut();
                };
                let layout = large(size).expect("it was allocated");
                let whole = System.realloc(block.sub(HEADER_BYTES), layout, changed.size());
                if whole.is_null() {
                    return whole;
                }
                whole.cast::<usize>().write(bytes);
                return whole.add(HEADER_BYTES);
            }
            let moved = self.alloc(bytes);
            if !moved.is_null() {
                moved.copy_from_nonoverlapping(block, size.min(bytes));
                self.dealloc(block);
            }
            moved
        }
    }

    unsafe fn usable_size(block: *mut u8) -> usize {
        SLOTS
            .size(block)
            .unwrap_or_else(|| unsafe { block.sub(HEADER_BYTES).cast::<usize>().read() })
    }
}
