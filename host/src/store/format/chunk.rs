//! A chunk: the events that one step adds to a history, encoded together.

use super::event::{Event, Record};
use super::{Malformed, decode, encode};
use crate::store::StoreError;
use bytes::Bytes;
use mainspring_core as core;
use mainspring_core::Timestamp;

/// Events of one run that belong together, as they are stored. Encoded where the step was taken, so that the thread
/// that writes only copies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    bytes: Bytes,
    events: u64,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Records {
    #[prost(message, repeated, tag = "1")]
    records: Vec<Record>,
}

impl Chunk {
    /// Encodes events in their order.
    pub fn encode(records: &[core::Record]) -> Self {
        let mut before = 0;
        let stored = records.iter().map(|record| {
            let time = record.time.as_millis();
            // Two's complement: whatever the times are, they come back the same.
            let elapsed_ms = time.wrapping_sub(before) as i64;
            before = time;
            Record {
                elapsed_ms,
                event: Some(Event::from(&record.event)),
            }
        });
        let message = Records {
            records: stored.collect(),
        };
        Self {
            bytes: encode(&message),
            events: records.len() as u64,
        }
    }

    /// How many events it has.
    pub const fn events(&self) -> u64 {
        self.events
    }

    /// What it takes in the journal.
    pub const fn size_bytes(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// The stored bytes.
    pub const fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// Reads stored bytes, which may be an older version's.
    pub fn read(stored: Bytes) -> Result<Vec<core::Record>, StoreError> {
        Self::decode(stored).map_err(|malformed| StoreError::Corrupt {
            what: "events".into(),
            reason: malformed.to_string(),
        })
    }

    /// The chunk whose stored bytes these are.
    pub(in crate::store) const fn from_stored(bytes: Bytes, events: u64) -> Self {
        Self { bytes, events }
    }

    /// Reads stored bytes.
    pub(in crate::store) fn decode(bytes: Bytes) -> Result<Vec<core::Record>, Malformed> {
        let mut time = 0_u64;
        let stored = decode::<Records>(bytes)?.records.into_iter();
        let records = stored.map(|record| {
            time = time.wrapping_add(record.elapsed_ms as u64);
            Ok(core::Record {
                time: Timestamp::from_millis(time),
                event: record.event.ok_or(Malformed::Missing("event"))?.try_into()?,
            })
        });
        records.collect()
    }
}
