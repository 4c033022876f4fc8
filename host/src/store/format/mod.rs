//! Stored bytes: types of their own, twins of the core's, with permanent numbers.
//!
//! Every stored value is one byte of format version and then a protobuf message whose tags are written by hand and
//! never reused. A family has one file, and in it the one place where the twin and the core's type are turned into
//! each other. The files under `golden/` are what released versions wrote; tests read them for ever.
//!
//! Nothing here knows where the bytes are kept.

mod attempt;
mod batch;
mod batch_operation;
mod child;
mod chunk;
mod command;
mod control;
mod event;
mod external;
mod failure;
#[cfg(test)]
mod golden;
mod head;
mod id;
mod intervention;
mod message;
mod module;
mod namespace;
mod options;
mod origin;
mod pause;
mod payload;
mod policy;
mod run;
mod schedule;

pub use chunk::Chunk;

pub(super) use attempt::{decode_attempt, encode_attempt};
pub(super) use batch::{decode_batches, encode_batches};
pub(super) use batch_operation::{decode_batch_operation, encode_batch_operation};
pub(super) use control::{decode_task_queue, decode_workflow_type, encode_task_queue, encode_workflow_type};
pub(super) use head::StoredHead;
pub(super) use message::{decode_message, encode_message};
pub(super) use module::{decode_module_version, encode_module_version};
pub(super) use namespace::{decode_namespace, encode_namespace};
pub(super) use run::{decode_summary, encode_summary};
pub(super) use schedule::{decode_schedule, encode_schedule};

use bytes::{Buf, BufMut, Bytes};

/// The version that this build writes, and the newest that it reads.
pub(super) const VERSION: u8 = 1;

/// Why stored bytes cannot be read.
#[derive(Debug, PartialEq, thiserror::Error)]
pub(super) enum Malformed {
    #[error("nothing is there")]
    Empty,
    #[error(
        "it has format version {0} and this build reads up to {VERSION}: use the Mainspring that wrote it, or a newer one"
    )]
    Version(u8),
    #[error(transparent)]
    Protobuf(#[from] prost::DecodeError),
    #[error("field {0} is missing")]
    Missing(&'static str),
    #[error("field {field} has the unknown value {value}")]
    Unknown { field: &'static str, value: i32 },
    #[error("field {field} does not fit")]
    Unfit { field: &'static str },
}

/// The version byte and the message.
fn encode(message: &impl prost::Message) -> Bytes {
    let mut bytes = Vec::with_capacity(1 + message.encoded_len());
    bytes.put_u8(VERSION);
    message.encode_raw(&mut bytes);
    bytes.into()
}

/// The message after a version byte that this build knows. Byte fields share `bytes` instead of copying it.
fn decode<M: prost::Message + Default>(mut bytes: Bytes) -> Result<M, Malformed> {
    match bytes.try_get_u8() {
        Ok(VERSION) => Ok(M::decode(bytes)?),
        Ok(other) => Err(Malformed::Version(other)),
        Err(_) => Err(Malformed::Empty),
    }
}
