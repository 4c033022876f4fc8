//! Small blocks, in rows with others of their size. So they need no header that tells their size, which would be a tenth of every module; and to take or to give back one is a few instructions, of which a workflow's step does some hundred.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::UnsafeCell;
use std::ptr;

/// Larger blocks are the system's business. QuickJS asks for so many bytes at once, and makes small blocks of them itself.
pub(super) const SLOT_BYTES_MAX: usize = 1024;
/// What every block is aligned to.
pub(super) const ALIGN: usize = 8;

/// By the unit, and from where on by four steps for each doubling; at last the whole.
const SIZES: [usize; 25] = [
    8, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 96, 104, 112, 120, 128, 160, 192, 224, 256, 320, 384, 448, 512, 1024,
];
/// Of each number of units, the row that has them.
const ROW_OF_UNITS: [u8; SLOT_BYTES_MAX / ALIGN + 1] = {
    let mut rows = [0; SLOT_BYTES_MAX / ALIGN + 1];
    let (mut units, mut row) = (0, 0);
    while units < rows.len() {
        if SIZES[row] < units * ALIGN {
            row += 1;
        }
        rows[units] = row as u8;
        units += 1;
    }
    rows
};

/// Memory is given to rows by the page, and asked of the system by the chunk.
const PAGE_BYTES: usize = 1024;
const CHUNK_BYTES: usize = 64 * 1024;
/// Of the machine that a module runs on: runs share it until one writes to it.
const HOST_PAGE_BYTES: usize = 4096;
/// Pages that can be told apart: 256 MiB of them. What lies above is never given to a row.
const PAGES: usize = 256 * 1024;

pub(super) struct Slots(UnsafeCell<State>);

struct State {
    rows: [Row; SIZES.len()],
    /// What is left of the chunk.
    chunk: usize,
    chunk_end: usize,
    /// The row that has the page, plus one.
    pages: [u8; PAGES],
}

#[derive(Clone, Copy)]
struct Row {
    /// The first free slot. It begins with how far the next one is from where it would be if it came right after: so slots that are free and side by side are zeros, and take nothing in a module.
    free: usize,
    /// What is left of the page that was given last.
    page: usize,
    page_end: usize,
}

impl Row {
    const EMPTY: Self = Self {
        free: 0,
        page: 0,
        page_end: 0,
    };
}

// Sound, since there are no threads.
unsafe impl Sync for Slots {}

impl Slots {
    pub(super) const fn new() -> Self {
        Self(UnsafeCell::new(State {
            rows: [Row::EMPTY; SIZES.len()],
            chunk: 0,
            chunk_end: 0,
            pages: [0; PAGES],
        }))
    }

    #[expect(
        clippy::mut_from_ref,
        reason = "there are no threads, and no borrow outlives a method"
    )]
    fn state(&self) -> &mut State {
        unsafe { &mut *self.0.get() }
    }

    /// A slot of at least so many bytes, which are at most [`SLOT_BYTES_MAX`]. Null if there is no room for it.
    pub(super) fn take(&self, bytes: usize) -> *mut u8 {
        let state = self.state();
        let row = usize::from(ROW_OF_UNITS[bytes.div_ceil(ALIGN)]);
        let size = SIZES[row];
        let slots = &mut state.rows[row];
        if slots.free != 0 {
            let slot = ptr::with_exposed_provenance_mut::<usize>(slots.free);
            slots.free = unsafe { next(slot, size) };
            return slot.cast();
        }
        if slots.page_end - slots.page < size && !state.give_page(row) {
            return ptr::null_mut();
        }
        let slots = &mut state.rows[row];
        let slot = slots.page;
        slots.page += size;
        ptr::with_exposed_provenance_mut(slot)
    }

    /// The size of the slot that begins here; none if it is not one.
    pub(super) fn size(&self, block: *mut u8) -> Option<usize> {
        let row = *self.state().pages.get(block.expose_provenance() / PAGE_BYTES)?;
        SIZES.get(usize::from(row).wrapping_sub(1)).copied()
    }

    /// Takes a slot of this size back.
    ///
    /// # Safety
    ///
    /// It is one, and nobody uses it any more.
    pub(super) unsafe fn give_back(&self, slot: *mut u8, size: usize) {
        let slots = &mut self.state().rows[usize::from(ROW_OF_UNITS[size / ALIGN])];
        unsafe { link(slot.cast(), size, slots.free) };
        slots.free = slot.expose_provenance();
    }

    /// Orders the free slots by where they are, so that what is taken next lies together.
    pub(super) fn tidy(&self) {
        // Larger than any slot, so that it is none itself.
        let mut free: Vec<usize> = Vec::with_capacity(SLOT_BYTES_MAX);
        for (row, size) in SIZES.into_iter().enumerate() {
            free.clear();
            let mut at = self.state().rows[row].free;
            while at != 0 {
                free.push(at);
                at = unsafe { next(ptr::with_exposed_provenance_mut(at), size) };
            }
            free.sort_unstable();
            let mut following = 0;
            for slot in free.iter().rev() {
                unsafe { link(ptr::with_exposed_provenance_mut(*slot), size, following) };
                following = *slot;
            }
            self.state().rows[row].free = following;
        }
    }

    /// Takes from memory of its own from now on. What is free so far lies between what is in use: who took it would write to pages that are shared as long as nobody does.
    pub(super) fn set_apart(&self) {
        let state = self.state();
        state.rows = [Row::EMPTY; SIZES.len()];
        // Without it, rows will have to do with what is left, and then with none: that is seen when they ask.
        state.get_chunk();
    }
}

impl State {
    /// False if the system has no memory left, or none that could be told apart.
    fn get_chunk(&mut self) -> bool {
        let layout = Layout::from_size_align(CHUNK_BYTES, HOST_PAGE_BYTES).expect("it is a power of two");
        let chunk = unsafe { System.alloc(layout) }.expose_provenance();
        let is_there = chunk != 0 && (chunk + CHUNK_BYTES) / PAGE_BYTES <= PAGES;
        if is_there {
            (self.chunk, self.chunk_end) = (chunk, chunk + CHUNK_BYTES);
        }
        is_there
    }

    fn give_page(&mut self, row: usize) -> bool {
        // Four of the largest.
        let bytes = PAGE_BYTES.max((SIZES[row] * 4).next_multiple_of(PAGE_BYTES));
        if self.chunk_end - self.chunk < bytes && !self.get_chunk() {
            return false;
        }
        let page = self.chunk;
        self.chunk += bytes;
        self.pages[page / PAGE_BYTES..self.chunk / PAGE_BYTES].fill(row as u8 + 1);
        (self.rows[row].page, self.rows[row].page_end) = (page, self.chunk);
        true
    }
}

/// The free slot after this one; 0 if it is the last.
unsafe fn next(slot: *mut usize, size: usize) -> usize {
    let distance = unsafe { slot.read() };
    slot.expose_provenance().wrapping_add(size).wrapping_add(distance)
}

unsafe fn link(slot: *mut usize, size: usize, next: usize) {
    let beside = slot.expose_provenance().wrapping_add(size);
    unsafe { slot.write(next.wrapping_sub(beside)) };
}
