//! Components as files beside the journal: `modules/<digest>.wasm`.

use super::super::StoreError;
use super::error::{corrupt, failed_io};
use bytes::Bytes;
use mainspring_core::Digest;
use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The directory of components.
#[derive(Debug)]
pub(super) struct Components {
    directory: PathBuf,
    /// Held while a file is written: whoever puts the same component uses the same temporary name.
    writing: Mutex<()>,
}

impl Components {
    /// Uses a directory; creates it where there is none.
    pub(super) fn open(directory: PathBuf) -> std::io::Result<Self> {
        std::fs::create_dir_all(&directory)?;
        Ok(Self {
            directory,
            writing: Mutex::new(()),
        })
    }

    /// Keeps a component. Durable when it returns.
    pub(super) fn put(&self, digest: &Digest, component: &[u8]) -> Result<(), StoreError> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        // A damaged one is written anew.
        if matches!(self.get(digest), Ok(Some(_))) {
            return Ok(());
        }
        write_whole(&self.path(digest), component).map_err(failed_io("keep a component"))
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
