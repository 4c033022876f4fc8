//! Counts what one instance takes, and traps it where that is too much.

use super::settings::TABLE_ELEMENTS_MAX;
use mainspring_core::Size;
use wasmtime::ResourceLimiter;

/// The memory and tables of one instance.
#[derive(Debug)]
pub(super) struct MemoryLimiter {
    bytes: usize,
    bytes_max: usize,
}

/// An instance wanted more than it may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the guest needs more than {} of memory", Size(*bytes_max))]
pub(super) struct MemoryCap {
    pub(super) bytes_max: usize,
}

const TABLE_ELEMENT_BYTES: usize = size_of::<usize>();

impl MemoryLimiter {
    pub(super) const fn new(bytes_max: usize) -> Self {
        Self { bytes: 0, bytes_max }
    }

    /// What the instance's memories and tables measure now, touched or not.
    pub(super) const fn bytes(&self) -> usize {
        self.bytes
    }

    const fn cap(&self) -> MemoryCap {
        MemoryCap {
            bytes_max: self.bytes_max,
        }
    }

    /// Permits the growth, lets it fail, or traps. `maximum` is the lesser of the module's and the `host_maximum`.
    fn grow(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
        host_maximum: usize,
    ) -> wasmtime::Result<bool> {
        // The module's own maximum, not ours, is in the way: failing is what the module means by it, on every host.
        if maximum.is_some_and(|maximum| desired > maximum && maximum < host_maximum) {
            return Ok(false);
        }
        let bytes = desired
            .checked_sub(current)
            .and_then(|growth| self.bytes.checked_add(growth));
        match bytes {
            Some(bytes) if bytes <= self.bytes_max => {
                self.bytes = bytes;
                Ok(true)
            }
            _ => Err(self.cap().into()),
        }
    }
}

impl ResourceLimiter for MemoryLimiter {
    fn memory_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> wasmtime::Result<bool> {
        self.grow(current, desired, maximum, self.bytes_max)
    }

    fn table_growing(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> wasmtime::Result<bool> {
        let bytes = |elements: usize| elements.saturating_mul(TABLE_ELEMENT_BYTES);
        self.grow(
            bytes(current),
            bytes(desired),
            maximum.map(bytes),
            bytes(TABLE_ELEMENTS_MAX),
        )
    }

    // Permitted, and yet it failed: the machine has no memory left. A guest must not see that either.
    fn memory_grow_failed(&mut self, _: wasmtime::Error) -> wasmtime::Result<()> {
        Err(self.cap().into())
    }

    fn table_grow_failed(&mut self, _: wasmtime::Error) -> wasmtime::Result<()> {
        Err(self.cap().into())
    }
}
