//! What the compiler made is kept on disk, so that it is made once: [whole modules](Artefacts), and for who develops
//! one, [single functions](Functions).
//!
//! It is machine code, so it is used only if a host with the same key wrote it: what is on disk is authenticated by a
//! keyed hash. Whatever does not authenticate, or was made by another wasmtime or with other settings, is as good as
//! missing: it is compiled again.

mod artefacts;
mod directory;
mod functions;
mod precompiled;

pub(super) use artefacts::Artefacts;
pub(super) use functions::Functions;

use std::hash::{Hash, Hasher};
use std::io;
use std::path::PathBuf;
use wasmtime::Engine;

/// A directory of compiled code. Hosts that have the same key may share one.
#[derive(Debug)]
pub struct CompiledCode {
    pub(super) artefacts: Artefacts,
    directory: PathBuf,
    host_key: [u8; 32],
}

impl CompiledCode {
    /// Opens the directory, which is made if need be.
    pub fn open(directory: impl Into<PathBuf>, host_key: &[u8; 32]) -> io::Result<Self> {
        let directory = directory.into();
        Ok(Self {
            artefacts: Artefacts::open(directory.join("artefacts"), host_key)?,
            directory,
            host_key: *host_key,
        })
    }

    /// Its functions.
    pub(super) fn functions(&self) -> io::Result<Functions> {
        Functions::open(self.directory.join("functions"), &self.host_key)
    }
}

/// Names a compiler: covers wasmtime's version, the target and every setting that changes the code.
fn compiler(engine: &Engine) -> [u8; 32] {
    let mut hasher = CompilerHasher(blake3::Hasher::new());
    engine.precompile_compatibility_hash().hash(&mut hasher);
    *hasher.0.finalize().as_bytes()
}

/// A compiler in the name of a file.
fn short(compiler: &[u8; 32]) -> String {
    compiler[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Lets what implements `Hash` be hashed the same way in every process, which the standard hashers do not promise.
struct CompilerHasher(blake3::Hasher);

impl Hasher for CompilerHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Not used: the whole hash is taken instead.
    fn finish(&self) -> u64 {
        let hash = self.0.finalize();
        u64::from_le_bytes(hash.as_bytes()[..8].try_into().expect("a hash has 32 bytes"))
    }
}
