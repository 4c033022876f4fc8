//! Messages as the JSON that the protocol buffers project defines, which is what Temporal's tools print.

use super::CliError;
use mainspring_api::DESCRIPTORS;
use prost::{Message, Name};
use prost_reflect::{DescriptorPool, DynamicMessage};
use serde_json::Value;
use std::sync::LazyLock;

static POOL: LazyLock<DescriptorPool> = LazyLock::new(|| {
    let mut pool = DescriptorPool::new();
    for descriptors in DESCRIPTORS {
        pool.decode_file_descriptor_set(descriptors).expect("the build wrote valid descriptors");
    }
    pool
});

/// A message of Temporal's as JSON: enums by name, 64-bit numbers as text, bytes as base64.
pub(crate) fn to_json<M: Message + Name>(message: &M) -> Result<Value, CliError> {
    described_as(&M::full_name(), message)
}

/// A message of the module service as JSON. Its generated types do not know their names.
pub(crate) fn module_to_json(name: &str, message: &impl Message) -> Result<Value, CliError> {
    described_as(&format!("mainspring.modules.v1.{name}"), message)
}

fn described_as(name: &str, message: &impl Message) -> Result<Value, CliError> {
    let descriptor = POOL.get_message_by_name(name).unwrap_or_else(|| panic!("{name} is described"));
    let dynamic = DynamicMessage::decode(descriptor, message.encode_to_vec().as_slice())
        .map_err(|error| CliError::failed(&error))?;
    serde_json::to_value(&dynamic).map_err(|error| CliError::failed(&error))
}
