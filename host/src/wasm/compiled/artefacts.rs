//! Whole modules, compiled, so that each is compiled once and not again at every start.

use super::directory::{Directory, Limits};
use super::precompiled;
use mainspring_core::Digest;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::PathBuf;
use wasmtime::Engine;
use wasmtime::component::Component;

/// The compiled modules of a directory.
#[derive(Debug)]
pub(in crate::wasm) struct Artefacts {
    directory: Directory,
    /// Derived from the host's key, for this purpose only.
    key: [u8; 32],
}

/// What a host with this key serialised, as shown by its keyed hash.
pub(super) struct Authenticated {
    file: Vec<u8>,
}

const KEY_PURPOSE: &str = "mainspring 2026-11 keyed hash of compiled modules";
const MAC_BYTES: usize = blake3::OUT_LEN;
/// A module in TypeScript has 4 MB of machine code, one in Python 40.
const LIMITS: Limits = Limits {
    files_max: 1_000,
    bytes_max: 2 << 30,
};

impl Artefacts {
    pub(super) fn open(directory: PathBuf, host_key: &[u8; 32]) -> io::Result<Self> {
        Ok(Self {
            directory: Directory::open(directory, LIMITS)?,
            key: blake3::derive_key(KEY_PURPOSE, host_key),
        })
    }

    /// The compiled module, if there is one for this engine.
    pub(in crate::wasm) fn load(&self, engine: &Engine, module: &Digest) -> Option<Component> {
        let artefact = self.read(&Name::new(engine, module))?;
        precompiled::component(engine, &artefact)
            .inspect_err(|error| tracing::warn!(%module, %error, "the compiled module does not load; compiling again"))
            .ok()
    }

    /// Keeps the compiled module.
    pub(in crate::wasm) fn save(&self, engine: &Engine, module: &Digest, component: &Component) -> io::Result<()> {
        let name = Name::new(engine, module);
        let bytes = component.serialize().map_err(io::Error::other)?;
        let mac = name.mac(&self.key, &bytes);
        self.directory.write(&name.file(), &[mac.as_bytes(), &bytes])
    }

    fn read(&self, name: &Name) -> Option<Authenticated> {
        let mut opened = File::open(self.directory.path().join(name.file())).ok()?;
        let mut file = Vec::new();
        opened.read_to_end(&mut file).ok()?;
        let (claimed, bytes) = file.split_first_chunk::<MAC_BYTES>()?;
        // `blake3::Hash` compares in constant time.
        if name.mac(&self.key, bytes) != blake3::Hash::from_bytes(*claimed) {
            tracing::warn!(module = %name.module, "the compiled module on disk is not as this host wrote it; compiling again");
            return None;
        }
        self.directory.used(&opened);
        Some(Authenticated { file })
    }
}

impl Authenticated {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.file[MAC_BYTES..]
    }
}

/// Says of which module, by which wasmtime and with which settings an artefact is made.
struct Name {
    module: Digest,
    compiler: [u8; 32],
}

impl Name {
    fn new(engine: &Engine, module: &Digest) -> Self {
        Self {
            module: *module,
            compiler: super::compiler(engine),
        }
    }

    fn file(&self) -> String {
        format!("{}-{}.artefact", self.module, super::short(&self.compiler))
    }

    fn mac(&self, key: &[u8; 32], bytes: &[u8]) -> blake3::Hash {
        // The name is of fixed length, so that no other split of name and bytes has the same hash.
        blake3::Hasher::new_keyed(key)
            .update(self.module.as_bytes())
            .update(&self.compiler)
            .update(bytes)
            .finalize()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wasm::WasmLimits;
    use std::fs;
    use std::path::Path;

    const HOST_KEY: [u8; 32] = [7; 32];
    const MODULE: Digest = Digest::from_bytes([1; 32]);

    fn engine(memory_bytes_max: usize) -> Engine {
        let limits = WasmLimits {
            memory_bytes_max,
            instances_max: 1,
            ..WasmLimits::default()
        };
        Engine::new(&limits.config()).expect("the settings are right")
    }

    /// A directory with one artefact, and the artefact's path.
    fn saved(engine: &Engine) -> (tempfile::TempDir, Artefacts, PathBuf) {
        let directory = tempfile::tempdir().expect("a directory can be made");
        let store = Artefacts::open(directory.path().to_owned(), &HOST_KEY).expect("it can be used");
        let component = Component::new(engine, b"\0asm\x0d\0\x01\0").expect("an empty component compiles");
        store.save(engine, &MODULE, &component).expect("it can be written");
        let path = files(directory.path()).pop().expect("it was written");
        (directory, store, path)
    }

    fn files(directory: &Path) -> Vec<PathBuf> {
        fs::read_dir(directory)
            .expect("it is there")
            .map(|entry| entry.expect("readable").path())
            .collect()
    }

    #[test]
    fn what_is_saved_is_loaded_for_its_module_only() {
        let engine = engine(1 << 20);
        let (directory, store, _) = saved(&engine);
        assert!(store.load(&engine, &MODULE).is_some());
        assert!(store.load(&engine, &Digest::from_bytes([2; 32])).is_none());
        let reopened = Artefacts::open(directory.path().to_owned(), &HOST_KEY).expect("it can be used");
        assert!(reopened.load(&engine, &MODULE).is_some());
    }

    #[test]
    fn a_changed_file_is_not_loaded() {
        let engine = engine(1 << 20);
        let (_directory, store, path) = saved(&engine);
        let whole = fs::read(&path).expect("it is there");
        for at in [0, MAC_BYTES - 1, MAC_BYTES, whole.len() / 2, whole.len() - 1] {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            fs::write(&path, changed).expect("it can be written");
            assert!(store.load(&engine, &MODULE).is_none(), "byte {at}");
        }
        for length in [0, MAC_BYTES, whole.len() - 1] {
            fs::write(&path, &whole[..length]).expect("it can be written");
            assert!(store.load(&engine, &MODULE).is_none(), "{length} bytes");
        }
    }

    #[test]
    fn another_modules_file_is_not_loaded() {
        let engine = engine(1 << 20);
        let (_directory, store, path) = saved(&engine);
        let other = Digest::from_bytes([2; 32]);
        fs::rename(path, store.directory.path().join(Name::new(&engine, &other).file())).expect("it can be renamed");
        assert!(store.load(&engine, &other).is_none());
    }

    #[test]
    fn another_hosts_file_is_not_loaded() {
        let engine = engine(1 << 20);
        let (directory, ..) = saved(&engine);
        let other = Artefacts::open(directory.path().to_owned(), &[8; 32]).expect("it can be used");
        assert!(other.load(&engine, &MODULE).is_none());
    }

    #[test]
    fn other_settings_have_their_own_artefact() {
        let (old, mut config) = (engine(1 << 20), WasmLimits::default().config());
        let new = Engine::new(config.cranelift_nan_canonicalization(false)).expect("the settings are right");
        let (directory, store, _) = saved(&old);
        assert!(store.load(&new, &MODULE).is_none());
        let component = Component::new(&new, b"\0asm\x0d\0\x01\0").expect("an empty component compiles");
        store.save(&new, &MODULE, &component).expect("it can be written");
        assert!(store.load(&new, &MODULE).is_some());
        assert!(store.load(&old, &MODULE).is_some());
        assert_eq!(files(directory.path()).len(), 2);
    }
}
