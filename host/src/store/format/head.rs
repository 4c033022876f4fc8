//! Rows of heads: all of one size, as they are rewritten with every step.
//!
//! | byte | field |
//! |---|---|
//! | 0 | format version |
//! | 1 | flags: 1 busy, 2 closed, 4 has a deadline |
//! | 2 | journal position of the last chunk; 0 for none |
//! | 10 | events in the history |
//! | 18 | bytes of the history |
//! | 26 | next deadline, in milliseconds since the Unix epoch; 0 for none |
//!
//! Numbers are big-endian.

use super::{Malformed, VERSION};
use crate::store::RunHead;
use bytes::{Buf, BufMut};
use mainspring_core::Timestamp;

/// What a row takes.
const HEAD_BYTES: usize = 34;

const IS_BUSY: u8 = 1;
const IS_CLOSED: u8 = 2;
const HAS_DEADLINE: u8 = 4;

/// A head, and where in the journal the run's last chunk is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) struct StoredHead {
    pub(in crate::store) head: RunHead,
    pub(in crate::store) last_chunk: Option<u64>,
}

impl StoredHead {
    /// Writes the row.
    pub(in crate::store) fn encode(&self) -> [u8; HEAD_BYTES] {
        let RunHead {
            length,
            bytes,
            is_busy,
            next_deadline,
            is_closed,
        } = self.head;
        let flag = |set: bool, flag: u8| if set { flag } else { 0 };
        let mut row = [0; HEAD_BYTES];
        let mut to = row.as_mut_slice();
        to.put_u8(VERSION);
        to.put_u8(flag(is_busy, IS_BUSY) | flag(is_closed, IS_CLOSED) | flag(next_deadline.is_some(), HAS_DEADLINE));
        to.put_u64(self.last_chunk.unwrap_or(0));
        to.put_u64(length);
        to.put_u64(bytes);
        to.put_u64(next_deadline.map_or(0, Timestamp::as_millis));
        row
    }

    /// Reads the row.
    pub(in crate::store) fn decode(mut row: &[u8]) -> Result<Self, Malformed> {
        match row.first() {
            Some(&VERSION) if row.len() == HEAD_BYTES => row.advance(1),
            Some(&VERSION) => return Err(Malformed::Unfit { field: "head" }),
            Some(&other) => return Err(Malformed::Version(other)),
            None => return Err(Malformed::Empty),
        }
        let flags = row.get_u8();
        let last_chunk = row.get_u64();
        let length = row.get_u64();
        let bytes = row.get_u64();
        let deadline = row.get_u64();
        Ok(Self {
            head: RunHead {
                length,
                bytes,
                is_busy: flags & IS_BUSY != 0,
                next_deadline: (flags & HAS_DEADLINE != 0).then(|| Timestamp::from_millis(deadline)),
                is_closed: flags & IS_CLOSED != 0,
            },
            last_chunk: (last_chunk != 0).then_some(last_chunk),
        })
    }
}
