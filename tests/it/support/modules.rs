//! The workflow modules that were built for the tests.

use bytes::Bytes;
use std::path::PathBuf;

/// The directory that `cargo xtask test` builds them into.
const DIRECTORY: &str = "MAINSPRING_TEST_MODULES";

/// The file of a module, such as `test_guests`.
pub(crate) fn path(name: &str) -> PathBuf {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/xtask/modules");
    let directory = std::env::var_os(DIRECTORY).map_or_else(|| PathBuf::from(default), PathBuf::from);
    let file = directory.join(format!("{name}.wasm"));
    assert!(
        file.exists(),
        "{} is missing: `cargo xtask test` builds it, or set {DIRECTORY}",
        file.display()
    );
    file
}

/// The bytes of a module.
pub(crate) fn read(name: &str) -> Bytes {
    let file = path(name);
    Bytes::from(std::fs::read(&file).unwrap_or_else(|error| panic!("cannot read {}: {error}", file.display())))
}
