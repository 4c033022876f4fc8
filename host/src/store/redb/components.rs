//! Components as files beside the journal: `modules/<digest>.wasm`.

use super::super::StoreError;
use super::error::{corrupt, failed_io};
use bytes::Bytes;
use mainspring_core::Digest;
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The directory of components.
#[derive(Debug)]
pub(super) struct Components {
    directory: PathBuf,
    /// Held while files change.
    changing: Mutex<()>,
}

/// The right to change files, for one at a time: whoever puts the same component uses the same temporary name, and none
/// is removed that somebody has found and is about to use.
pub(super) struct ComponentChange<'c> {
    components: &'c Components,
    _changing: MutexGuard<'c, ()>,
}

impl Components {
    /// Uses a directory; creates it where there is none.
    pub(super) fn open(directory: PathBuf) -> std::io::Result<Self> {
        std::fs::create_dir_all(&directory)?;
        Ok(Self {
            directory,
            changing: Mutex::new(()),
        })
    }

    /// Waits until nobody else changes files.
    pub(super) fn change(&self) -> ComponentChange<'_> {
        ComponentChange {
            components: self,
            _changing: self.changing.lock().unwrap_or_else(PoisonError::into_inner),
        }
    }

    /// The component with this digest, if it was put.
    pub(super) fn get(&self, digest: &Digest) -> Result<Option<Bytes>, StoreError> {
        let bytes = match std::fs::read(self.path(digest)) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed_io("read a component")(error)),
        };
        if blake3::hash(&bytes).as_bytes() != digest.as_bytes() {
            let what = format!("component {digest}");
            return Err(corrupt(what, "its bytes have another digest; push the module again"));
        }
        Ok(Some(bytes.into()))
    }

    fn path(&self, digest: &Digest) -> PathBuf {
        self.directory.join(format!("{digest}.wasm"))
    }
}

impl ComponentChange<'_> {
    /// Keeps a component. Durable when it returns.
    pub(super) fn put(&self, digest: &Digest, component: &[u8]) -> Result<(), StoreError> {
        // A damaged one is written anew.
        if matches!(self.components.get(digest), Ok(Some(_))) {
            return Ok(());
        }
        write_whole(&self.components.path(digest), component).map_err(failed_io("keep a component"))
    }

    /// Removes a component, if it is there.
    pub(super) fn remove(&self, digest: &Digest) -> Result<(), StoreError> {
        match std::fs::remove_file(self.components.path(digest)) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(failed_io("remove a component")(error)),
            Ok(()) | Err(_) => Ok(()),
        }
    }
}

/// Either the whole file comes to be there, or nothing does, even if the power fails.
fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    let temporary = path.with_extension("wasm.new");
    let mut file = File::create(&temporary)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&temporary, path)?;
    File::open(directory)?.sync_all()
}
