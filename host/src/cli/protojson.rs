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
        pool.decode_file_descriptor_set(descriptors)
            .expect("the build wrote valid descriptors");
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

/// The same of the control service.
pub(crate) fn control_to_json(name: &str, message: &impl Message) -> Result<Value, CliError> {
    described_as(&format!("mainspring.control.v1.{name}"), message)
}

fn described_as(name: &str, message: &impl Message) -> Result<Value, CliError> {
    let descriptor = POOL
        .get_message_by_name(name)
        .unwrap_or_else(|| panic!("{name} is described"));
    let dynamic = DynamicMessage::decode(descriptor, message.encode_to_vec().as_slice())
        .map_err(|error| CliError::failed(&error))?;
    serde_json::to_value(&dynamic).map_err(|error| CliError::failed(&error))
}

/// A message from the JSON that [`to_json`] makes of it.
#[cfg(test)]
pub(crate) fn from_json<M: Message + Name + Default>(text: &str) -> M {
    let descriptor = POOL.get_message_by_name(&M::full_name()).expect("it is described");
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let dynamic = DynamicMessage::deserialize(descriptor, &mut deserializer).expect("it fits the message");
    dynamic.transcode_to().expect("it is that message")
}

#[cfg(test)]
mod tests {
    use super::*;
    use mainspring_api::control::{TaskQueue, WorkflowType};
    use mainspring_api::modules::{DescribeModuleResponse, Manifest, ModuleSummary, PushModuleResponse};
    use mainspring_api::temporal::history::v1::{History, HistoryEvent};

    #[test]
    fn every_message_that_is_printed_is_described() {
        assert!(module_to_json("Manifest", &Manifest::default()).is_ok());
        assert!(module_to_json("ModuleSummary", &ModuleSummary::default()).is_ok());
        assert!(module_to_json("PushModuleResponse", &PushModuleResponse::default()).is_ok());
        assert!(module_to_json("DescribeModuleResponse", &DescribeModuleResponse::default()).is_ok());
        assert!(control_to_json("TaskQueue", &TaskQueue::default()).is_ok());
        assert!(control_to_json("WorkflowType", &WorkflowType::default()).is_ok());
    }

    #[test]
    fn numbers_and_enums_are_written_as_temporals_tools_write_them() {
        let event = HistoryEvent {
            event_id: 7,
            event_type: 1,
            ..Default::default()
        };
        let json = to_json(&History { events: vec![event] }).expect("it is described");
        let expected = serde_json::json!({
            "events": [{ "eventId": "7", "eventType": "EVENT_TYPE_WORKFLOW_EXECUTION_STARTED" }],
        });
        assert_eq!(json, expected);
    }
}
