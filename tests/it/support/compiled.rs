//! Compiled modules, which all tests share: each process, and each server, would compile the same few for a second or more.

use std::path::PathBuf;

/// For the servers that tests start: where compiled modules are kept.
pub(crate) const VARIABLE: &str = "MAINSPRING_COMPILED";

/// The directory.
pub(crate) fn directory() -> PathBuf {
    concat!(env!("CARGO_TARGET_TMPDIR"), "/compiled").into()
}
