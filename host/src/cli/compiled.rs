//! What the compiler made for this user: commands that run modules in this process share it.

use mainspring::engine::compiled_code;
use mainspring::wasm::CompiledCode;
use std::path::PathBuf;

/// The directory, if there is a place for one that can be used.
pub(crate) fn directory() -> Option<PathBuf> {
    opened().map(|(directory, _)| directory)
}

/// What is in it.
pub(crate) fn open() -> Option<CompiledCode> {
    opened().map(|(_, code)| code)
}

fn opened() -> Option<(PathBuf, CompiledCode)> {
    let directory = mainspring_build::cache_directory()?.join("compiled");
    match compiled_code(&directory) {
        Ok(code) => Some((directory, code)),
        Err(error) => {
            // Costs time whenever a module is compiled, and nothing else.
            tracing::warn!(directory = %directory.display(), %error, "compiled modules cannot be kept");
            None
        }
    }
}
