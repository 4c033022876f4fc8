//! What a log is written to.

use super::record::{self, BLOCK_BYTES, Key};
use rustix::fs::{Advice, fadvise};
use std::fmt::Debug;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// A file of fixed size. Handed in, so that tests can let it fail.
pub trait LogFile: Debug + Send {
    /// How long it is, in bytes.
    fn size(&self) -> io::Result<u64>;

    /// Reads all of `into`, or fails.
    fn read_at(&self, offset: u64, into: &mut [u8]) -> io::Result<()>;

    /// Writes all of `bytes`, or fails and leaves any part of them written.
    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()>;

    /// Makes everything that was written durable.
    fn sync(&self) -> io::Result<()>;

    /// Advises that what was read or written so far will not be read again.
    fn forget_cached(&self) {}
}

impl LogFile for File {
    fn size(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> io::Result<()> {
        self.read_exact_at(into, offset)
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.write_all_at(bytes, offset)
    }

    fn sync(&self) -> io::Result<()> {
        self.sync_data()
    }

    /// Linux caches what is read or written in large pieces as large pieces, and later counts, and on some file
    /// systems writes, such a piece whole when a part of it changes.
    fn forget_cached(&self) {
        // Advice need not be taken.
        let _ = fadvise(self, 0, None, Advice::DontNeed);
    }
}

/// Makes an empty file a log of about `size` bytes, and makes that durable. Every block is written, so that later
/// writes change nothing about the file but its contents, and a sync is one write to the disk.
pub(in crate::store) fn create(file: &dyn LogFile, key: &Key, size: u64) -> io::Result<()> {
    const FILL_BYTES: u64 = 64 * BLOCK_BYTES;
    let size = size.max(2 * BLOCK_BYTES).next_multiple_of(BLOCK_BYTES);
    let zeros = vec![0; FILL_BYTES as usize];
    let mut offset = 0;
    while offset < size {
        let length = FILL_BYTES.min(size - offset);
        file.write_at(offset, &zeros[..length as usize])?;
        offset += length;
    }
    file.write_at(0, &record::header_block(key))?;
    file.sync()?;
    file.forget_cached();
    Ok(())
}
