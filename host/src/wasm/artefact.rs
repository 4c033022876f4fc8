//! Compiled modules kept on disk, so that each is compiled once and not again at every start.
//!
//! An artefact is machine code. It is loaded only if this host wrote it: each file begins with a keyed hash of
//! what follows. A file that does not authenticate, or was made by another wasmtime or with other settings, is
//! as good as missing: the module is compiled again.

use super::{precompiled, whole_file};
use mainspring_core::Digest;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::{fs, io};
use wasmtime::Engine;
use wasmtime::component::Component;

/// The directory of the artefacts.
#[derive(Debug)]
pub struct ArtefactStore {
    directory: PathBuf,
    /// Derived from the host's key, for this purpose only.
    key: [u8; 32],
}

/// What this host serialised, as shown by its keyed hash.
pub(super) struct Authenticated {
    file: Vec<u8>,
}

const KEY_PURPOSE: &str = "mainspring 2026-11 keyed hash of compiled modules";
const MAC_BYTES: usize = blake3::OUT_LEN;

impl ArtefactStore {
    /// Opens the directory, which is made if need be. One host at a time may use it.
    pub fn open(directory: impl Into<PathBuf>, host_key: &[u8; 32]) -> io::Result<Self> {
        let directory = directory.into();
        whole_file::tidy(&directory)?;
        Ok(Self {
            directory,
            key: blake3::derive_key(KEY_PURPOSE, host_key),
        })
    }

    /// The compiled module, if there is one for this engine.
    pub(super) fn load(&self, engine: &Engine, module: &Digest) -> Option<Component> {
        let name = Name::new(engine, module);
        let artefact = Authenticated::read(&self.directory, &name, &self.key)?;
        precompiled::component(engine, &artefact)
            .inspect_err(|error| tracing::warn!(%module, %error, "the compiled module does not load; compiling again"))
            .ok()
    }

    /// Keeps the compiled module, and lets go of those that other settings made of it.
    pub(super) fn save(&self, engine: &Engine, module: &Digest, component: &Component) -> io::Result<()> {
        let name = Name::new(engine, module);
        let bytes = component.serialize().map_err(io::Error::other)?;
        whole_file::write(
            &self.directory,
            &name.file(),
            &[name.mac(&self.key, &bytes).as_bytes(), &bytes],
        )?;
        self.remove_others(&name)
    }

    fn remove_others(&self, kept: &Name) -> io::Result<()> {
        for entry in fs::read_dir(&self.directory)? {
            let entry = entry?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if name.starts_with(&kept.module.to_string()) && name.ends_with(EXTENSION) && *name != kept.file() {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }
}

impl Authenticated {
    fn read(directory: &Path, name: &Name, key: &[u8; 32]) -> Option<Self> {
        let file = fs::read(directory.join(name.file())).ok()?;
        let (claimed, bytes) = file.split_first_chunk::<MAC_BYTES>()?;
        // `blake3::Hash` compares in constant time.
        if name.mac(key, bytes) != blake3::Hash::from_bytes(*claimed) {
            tracing::warn!(module = %name.module, "the compiled module on disk is not as this host wrote it; compiling again");
            return None;
        }
        Some(Self { file })
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.file[MAC_BYTES..]
    }
}

/// Says of which module, by which wasmtime and with which settings an artefact is made.
struct Name {
    module: Digest,
    compiler: [u8; 32],
}

const EXTENSION: &str = ".artefact";

impl Name {
    fn new(engine: &Engine, module: &Digest) -> Self {
        let mut hasher = CompilerHasher(blake3::Hasher::new());
        // Covers wasmtime's version, the target and every setting that changes the code.
        engine.precompile_compatibility_hash().hash(&mut hasher);
        Self {
            module: *module,
            compiler: *hasher.0.finalize().as_bytes(),
        }
    }

    fn file(&self) -> String {
        let compiler = Digest::from_bytes(self.compiler).to_string();
        format!("{}-{}{EXTENSION}", self.module, &compiler[..16])
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wasm::WasmLimits;

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
    fn saved(engine: &Engine) -> (tempfile::TempDir, ArtefactStore, PathBuf) {
        let directory = tempfile::tempdir().expect("a directory can be made");
        let store = ArtefactStore::open(directory.path(), &HOST_KEY).expect("it can be used");
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
        let reopened = ArtefactStore::open(directory.path(), &HOST_KEY).expect("it can be used");
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
        fs::rename(path, store.directory.join(Name::new(&engine, &other).file())).expect("it can be renamed");
        assert!(store.load(&engine, &other).is_none());
    }

    #[test]
    fn another_hosts_file_is_not_loaded() {
        let engine = engine(1 << 20);
        let (directory, ..) = saved(&engine);
        let other = ArtefactStore::open(directory.path(), &[8; 32]).expect("it can be used");
        assert!(other.load(&engine, &MODULE).is_none());
    }

    #[test]
    fn other_settings_have_their_own_artefact_and_replace_the_old() {
        let (old, mut config) = (engine(1 << 20), WasmLimits::default().config());
        let new = Engine::new(config.cranelift_nan_canonicalization(false)).expect("the settings are right");
        let (directory, store, old_path) = saved(&old);
        assert!(store.load(&new, &MODULE).is_none());
        let component = Component::new(&new, b"\0asm\x0d\0\x01\0").expect("an empty component compiles");
        store.save(&new, &MODULE, &component).expect("it can be written");
        assert!(store.load(&new, &MODULE).is_some());
        assert!(!old_path.exists());
        assert_eq!(files(directory.path()).len(), 1);
    }

    #[test]
    fn what_a_crash_left_unfinished_is_removed() {
        let (directory, ..) = saved(&engine(1 << 20));
        fs::write(directory.path().join("x.artefact.1-0.unfinished"), b"half").expect("it can be written");
        ArtefactStore::open(directory.path(), &HOST_KEY).expect("it can be used");
        assert_eq!(files(directory.path()).len(), 1);
    }
}
