//! What a guest occupies of the memory that it begins with.
//!
//! The machine gives memory to the pages that a guest writes; it shares all others with its module. wasmtime does not tell
//! where the memory of a component's instance is, so nobody can count these pages. But who wrote the module's runtime is
//! known, and how much such a guest writes was measured (`cargo xtask bench replay`): it depends on the language far more than
//! on the workflow.

/// The most that a guest of this SDK is taken to write of the memory that it begins with, in bytes. It errs to the safe side:
/// a cache of guests that are smaller than they are taken for wastes memory, and one of larger guests has more than it may.
pub(super) fn of_sdk(sdk: &str) -> usize {
    let name = sdk.split('/').next().unwrap_or_default();
    match name {
        // Its heap begins in 64 KiB of it.
        "mainspring-rust" => 128 << 10,
        "mainspring-typescript" => 160 << 10,
        "mainspring-python" => 1792 << 10,
        // In Go, the heap is what the guest asks for later, which is counted by itself.
        "mainspring-go" => 1 << 20,
        // It may be anything: all of it.
        _ => usize::MAX,
    }
}
