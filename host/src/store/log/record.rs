//! Records and the header as bytes.

use super::LogError;
use bytes::{Buf, BufMut, Bytes};
use std::hash::{BuildHasher, RandomState};

/// Records begin at multiples of this. No smaller than what a disk writes at once, so that writing a record never
/// rewrites a part of the one before, and never needs to read first.
pub(super) const BLOCK_BYTES: u64 = 4096;

const VERSION: u8 = 1;
const LOG_MAGIC: [u8; 8] = *b"msprlog\x01";
const RECORD_MAGIC: [u8; 8] = *b"msprrec\0";
const NUMBERS_BYTES: usize = 24;
const HASH_BYTES: usize = 32;
const HEADER_BYTES: usize = NUMBERS_BYTES + HASH_BYTES;

/// What records are hashed with: a random value of the log's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) struct Key(pub(in crate::store) [u8; 32]);

/// What a record says about itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Header {
    pub(super) sequence: u64,
    pub(super) length: usize,
}

impl Key {
    /// A key that nobody has guessed. It is no secret from those who can read the disk.
    pub(in crate::store) fn random() -> Self {
        let entropy = RandomState::new();
        let mut key = [0; 32];
        for (at, part) in key.chunks_exact_mut(8).enumerate() {
            part.copy_from_slice(&entropy.hash_one(at).to_le_bytes());
        }
        Self(key)
    }

    fn hash(&self, numbers: &[u8], body: &[u8]) -> [u8; HASH_BYTES] {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        hasher.update(numbers).update(body);
        *hasher.finalize().as_bytes()
    }
}

/// What a record with a body of this length takes.
pub(super) const fn padded(body: usize) -> u64 {
    ((body + HEADER_BYTES) as u64).next_multiple_of(BLOCK_BYTES)
}

/// Writes a record over `buffer`.
pub(super) fn write(buffer: &mut Vec<u8>, key: &Key, sequence: u64, body: &[u8]) {
    buffer.clear();
    buffer.reserve(padded(body.len()) as usize);
    buffer.put_slice(&RECORD_MAGIC);
    buffer.put_u64(sequence);
    buffer.put_u64(body.len() as u64);
    let hash = key.hash(buffer, body);
    buffer.put_slice(&hash);
    buffer.put_slice(body);
    buffer.resize(padded(body.len()) as usize, 0);
}

/// The log's first block.
pub(super) fn header_block(key: &Key) -> Vec<u8> {
    let mut block = LOG_MAGIC.to_vec();
    block.resize(NUMBERS_BYTES, 0);
    let hash = key.hash(&block, &[]);
    block.put_slice(&hash);
    block.resize(BLOCK_BYTES as usize, 0);
    block
}

/// Whether this is the first block of the log with this key.
pub(super) fn check_header(block: &[u8], key: &Key) -> Result<(), LogError> {
    match block[..8].split_last() {
        Some((&VERSION, _)) if block == header_block(key) => Ok(()),
        Some((&version, magic)) if magic == &LOG_MAGIC[..7] && version > VERSION => Err(LogError::Newer(version)),
        _ => Err(LogError::Foreign),
    }
}

impl Header {
    /// Reads the numbers at the beginning of a block, if they can be a record's.
    pub(super) fn read(block: &[u8]) -> Option<Self> {
        let mut numbers = block.strip_prefix(&RECORD_MAGIC)?;
        let sequence = numbers.try_get_u64().ok()?;
        let length = usize::try_from(numbers.try_get_u64().ok()?).ok()?;
        // No file is longer; and padding it does not overflow.
        (length < isize::MAX as usize - HEADER_BYTES).then_some(Self { sequence, length })
    }

    /// The body of the record that these blocks are, if it is whole.
    pub(super) fn body(&self, key: &Key, blocks: Bytes) -> Option<Bytes> {
        let body = blocks.get(HEADER_BYTES..HEADER_BYTES + self.length)?;
        let is_whole = blocks[NUMBERS_BYTES..HEADER_BYTES] == key.hash(&blocks[..NUMBERS_BYTES], body);
        is_whole.then(|| blocks.slice(HEADER_BYTES..HEADER_BYTES + self.length))
    }
}
