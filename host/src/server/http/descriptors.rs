//! What messages look like.

use mainspring_api::DESCRIPTORS;
use prost_reflect::{DescriptorPool, FieldDescriptor, Kind, MessageDescriptor};
use std::sync::LazyLock;

static POOL: LazyLock<DescriptorPool> = LazyLock::new(|| {
    let mut pool = DescriptorPool::new();
    for descriptors in DESCRIPTORS {
        pool.decode_file_descriptor_set(descriptors)
            .expect("the build wrote valid descriptors");
    }
    pool
});

/// Every message that travels, and the services with the methods that are served.
pub(super) fn pool() -> &'static DescriptorPool {
    &POOL
}

/// A field by its name in JSON, or by its name in the protocol's files: both are accepted, as elsewhere.
pub(super) fn field_of(message: &MessageDescriptor, name: &str) -> Option<FieldDescriptor> {
    message
        .get_field_by_json_name(name)
        .or_else(|| message.get_field_by_name(name))
}

/// A message with fields of its own in JSON: not a map's entry, nor one of those that are written as a plain value.
pub(super) fn as_object(kind: &Kind) -> Option<&MessageDescriptor> {
    kind.as_message()
        .filter(|message| message.package_name() != "google.protobuf")
}
