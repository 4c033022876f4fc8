//! A write-ahead log: what is appended is durable after one write and one sync of a file that does not grow.
//!
//! The file is one header block and then records, each beginning at a block and padded to whole blocks:
//!
//! | bytes | header | record |
//! |---|---|---|
//! | 0..8 | `msprlog` and the layout version | `msprrec` and 0 |
//! | 8..16 | 0 | sequence number |
//! | 16..24 | 0 | length of the body |
//! | 24..56 | keyed hash of the bytes before | keyed hash of the bytes before and the body |
//! | 56.. | 0 | body |
//!
//! Records are numbered without gaps. Once everything in the log is durable elsewhere, writing begins again at the
//! first block, over what is there; so the records that count are those from the first block on whose numbers follow
//! each other. The first one that does not follow is older, or was cut short by a crash before it was acknowledged.
//!
//! The hash is keyed, so that no payload can pass for a record.
//!
//! The log knows neither what its records mean nor where they are made durable otherwise.

mod file;
mod record;
#[cfg(test)]
mod tests;

pub use file::LogFile;

pub(super) use file::create;
pub(super) use record::Key;

use bytes::Bytes;
use record::{BLOCK_BYTES, Header, padded};
use std::io;

/// Why a log cannot be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum LogError {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("it is not the log of this journal")]
    Foreign,
    #[error("it has layout version {0}")]
    Newer(u8),
    #[error("record {0} is damaged, and records after it are not")]
    Hole(u64),
    #[error("it begins with record {found}, and the journal needs record {needed}")]
    Gap { found: u64, needed: u64 },
}

/// A log that is being written.
#[derive(Debug)]
pub(super) struct Log {
    file: Box<dyn LogFile>,
    key: Key,
    size: u64,
    /// Where the next record goes. Invariant: a multiple of the block size, not before the first block.
    offset: u64,
    /// The number of the last record.
    last: u64,
    buffer: Vec<u8>,
}

impl Log {
    /// Opens a log, and reads the records after number `applied`.
    pub(super) fn open(file: Box<dyn LogFile>, key: Key, applied: u64) -> Result<(Self, Vec<Bytes>), LogError> {
        let size = file.size()?;
        let mut log = Self {
            file,
            key,
            size,
            offset: BLOCK_BYTES,
            last: applied,
            buffer: Vec::new(),
        };
        log.check_header()?;
        let records = log.read_after(applied)?;
        log.file.forget_cached();
        Ok((log, records))
    }

    /// The number of the last record; what was read when the log was opened counts.
    pub(super) const fn last(&self) -> u64 {
        self.last
    }

    /// Whether a body of this length fits before the end.
    pub(super) fn has_room_for(&self, length: usize) -> bool {
        self.offset + padded(length) <= self.size
    }

    /// Writes a record. Durable when it returns; if it fails, the log must be opened anew.
    pub(super) fn append(&mut self, body: &[u8]) -> io::Result<()> {
        assert!(self.has_room_for(body.len()), "the caller has made room");
        record::write(&mut self.buffer, &self.key, self.last + 1, body);
        self.file.write_at(self.offset, &self.buffer)?;
        self.file.sync()?;
        self.offset += self.buffer.len() as u64;
        self.last += 1;
        Ok(())
    }

    /// Begins again at the first block. Everything up to the last record must be durable elsewhere.
    pub(super) const fn rewind(&mut self) {
        self.offset = BLOCK_BYTES;
    }

    fn check_header(&self) -> Result<(), LogError> {
        let mut block = vec![0; BLOCK_BYTES as usize];
        if self.size < BLOCK_BYTES {
            return Err(LogError::Foreign);
        }
        self.file.read_at(0, &mut block)?;
        record::check_header(&block, &self.key)
    }

    /// The records after `applied`. Leaves the log after the last of them.
    fn read_after(&mut self, applied: u64) -> Result<Vec<Bytes>, LogError> {
        let mut records = Vec::new();
        let mut expected = None;
        while let Some((header, body)) = self.read_at(self.offset)? {
            if expected.is_some_and(|expected| header.sequence != expected) {
                break;
            }
            let needed = applied + 1;
            if expected.is_none() && header.sequence > needed {
                return Err(LogError::Gap {
                    found: header.sequence,
                    needed,
                });
            }
            expected = Some(header.sequence + 1);
            if header.sequence > applied {
                records.push(body);
                self.last = header.sequence;
            }
            self.offset += padded(header.length);
        }
        self.check_nothing_later()?;
        Ok(records)
    }

    /// A record is only ever written after the one before it was durable: a later one means that one is missing.
    fn check_nothing_later(&self) -> Result<(), LogError> {
        let mut offset = self.offset;
        while offset < self.size {
            match self.read_at(offset)? {
                Some((header, _)) if header.sequence > self.last => return Err(LogError::Hole(self.last + 1)),
                Some((header, _)) => offset += padded(header.length),
                None => offset += BLOCK_BYTES,
            }
        }
        Ok(())
    }

    /// The record that begins here, if a whole one does.
    fn read_at(&self, offset: u64) -> io::Result<Option<(Header, Bytes)>> {
        if offset + BLOCK_BYTES > self.size {
            return Ok(None);
        }
        let mut bytes = vec![0; BLOCK_BYTES as usize];
        self.file.read_at(offset, &mut bytes)?;
        let Some(header) = Header::read(&bytes) else {
            return Ok(None);
        };
        let Some(end) = offset
            .checked_add(padded(header.length))
            .filter(|end| *end <= self.size)
        else {
            return Ok(None);
        };
        bytes.resize((end - offset) as usize, 0);
        let first = BLOCK_BYTES as usize;
        self.file.read_at(offset + BLOCK_BYTES, &mut bytes[first..])?;
        Ok(header.body(&self.key, bytes.into()).map(|body| (header, body)))
    }
}
