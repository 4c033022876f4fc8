//! Messages from and to the JSON that the protocol buffers project defines.

use super::{
    descriptors::{as_object, field_of},
    format::Format,
    refusal::Refusal,
    shorthand,
};
use prost_reflect::{DynamicMessage, MessageDescriptor};
use serde_json::{Map, Value};
use tonic::Status;

/// What a body holds. An empty one holds nothing.
pub(super) fn parse(body: &[u8]) -> Result<Value, Refusal> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Value::Null);
    }
    serde_json::from_slice(body).map_err(|error| Refusal::invalid(format!("the body is no JSON: {error}")))
}

/// A message of what a caller wrote. Nothing is ignored: a field that is unknown is an error, and named.
pub(super) fn read(
    descriptor: MessageDescriptor,
    object: Map<String, Value>,
    format: Format,
) -> Result<DynamicMessage, Refusal> {
    let mut value = Value::Object(object);
    if format.has_shorthand {
        shorthand::expand(&descriptor, &mut value);
    }
    DynamicMessage::deserialize(descriptor.clone(), &value).map_err(|error| {
        let (field, reason) = culprit(&descriptor, &value).unwrap_or_else(|| (String::new(), error.to_string()));
        match field.is_empty() {
            true => Refusal::invalid(format!("{}: {reason}", descriptor.name())),
            false => Refusal::invalid(format!("{field}: {reason}")),
        }
    })
}

/// The field because of which an object is not that message, with dots, and what is wrong with it. Each is tried
/// alone; if all are right by themselves, none of them is to blame.
fn culprit(descriptor: &MessageDescriptor, value: &Value) -> Option<(String, String)> {
    value.as_object()?.iter().find_map(|(name, value)| {
        let alone = Value::Object(Map::from_iter([(name.clone(), value.clone())]));
        let error = DynamicMessage::deserialize(descriptor.clone(), &alone).err()?;
        let Some(field) = field_of(descriptor, name) else {
            return Some((name.clone(), format!("{} has no such field", descriptor.name())));
        };
        let kind = field.kind();
        let inner = as_object(&kind)
            .filter(|_| !field.is_map())
            .and_then(|message| match value {
                Value::Array(values) => values.iter().enumerate().find_map(|(position, value)| {
                    let (field, reason) = culprit(message, value)?;
                    Some((format!("{name}[{position}].{field}"), reason))
                }),
                value => culprit(message, value).map(|(field, reason)| (format!("{name}.{field}"), reason)),
            });
        inner.or_else(|| Some((name.clone(), error.to_string())))
    })
}

/// A message, as it came from a service, as JSON.
pub(super) fn write(descriptor: &MessageDescriptor, message: &[u8], format: Format) -> Result<Vec<u8>, Refusal> {
    let value = value(descriptor, message, format)?;
    let mut text = match format.is_pretty {
        true => serde_json::to_vec_pretty(&value),
        false => serde_json::to_vec(&value),
    }
    .map_err(|error| unwritable(&error))?;
    text.push(b'\n');
    Ok(text)
}

/// The same as a value.
pub(super) fn value(descriptor: &MessageDescriptor, message: &[u8], format: Format) -> Result<Value, Status> {
    let message = DynamicMessage::decode(descriptor.clone(), message).map_err(|error| unwritable(&error))?;
    let mut value = serde_json::to_value(&message).map_err(|error| unwritable(&error))?;
    if format.has_shorthand {
        shorthand::contract(descriptor, &mut value);
    }
    Ok(value)
}

fn unwritable(error: &dyn std::error::Error) -> Status {
    Status::internal(format!("the answer cannot be written: {error}"))
}

#[cfg(test)]
mod tests {
    use super::super::{
        descriptors::pool,
        query::{self, UnknownParameter},
    };
    use super::*;
    use serde_json::json;

    const JSON: Format = Format {
        is_pretty: false,
        has_shorthand: true,
    };

    fn message(name: &str) -> MessageDescriptor {
        let name = format!("temporal.api.workflowservice.v1.{name}");
        pool().get_message_by_name(&name).expect("it is described")
    }

    fn check_refused(message_name: &str, body: Value, expected: &str) {
        let Value::Object(object) = body else {
            panic!("an object")
        };
        let refused = read(message(message_name), object, JSON).expect_err("it is refused");
        assert_eq!(refused.message(), expected);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let start = "StartWorkflowExecutionRequest";
        check_refused(
            start,
            json!({ "workflowTyp": {} }),
            "workflowTyp: StartWorkflowExecutionRequest has no such field",
        );
        check_refused(
            start,
            json!({ "task_queue": { "name": "orders", "sort": 1 } }),
            "task_queue.sort: TaskQueue has no such field",
        );
        check_refused(
            start,
            json!({ "links": [{}, { "workflowEvent": { "runId": 7 } }] }),
            "links[1].workflowEvent.runId: invalid type: integer `7`, expected a string",
        );
        check_refused(
            start,
            json!({ "workflowIdReusePolicy": "SOMETIMES" }),
            "workflowIdReusePolicy: unrecognized enum value 'SOMETIMES'",
        );
    }

    fn check_query(query: &str, expected: Result<Value, &str>) {
        let descriptor = message("GetWorkflowExecutionHistoryRequest");
        let mut object = Map::new();
        let read = query::read(
            &descriptor,
            &query::parameters(query),
            &mut object,
            UnknownParameter::Refuse,
        )
        .and_then(|()| read(descriptor, object, JSON))
        .map(|message| serde_json::to_value(message).expect("it is JSON"));
        match expected {
            Ok(expected) => assert_eq!(read.expect("it is a request"), expected),
            Err(expected) => assert_eq!(read.expect_err("it is refused").message(), expected),
        }
    }

    #[test]
    fn query_parameters_are_fields() {
        check_query(
            "execution.runId=r&execution.workflow_id=a%2Fb&maximumPageSize=3&waitNewEvent=true&pretty",
            Ok(json!({
                "execution": { "workflowId": "a/b", "runId": "r" }, "maximumPageSize": 3, "waitNewEvent": true,
            })),
        );
        check_query(
            "historyEventFilterType=HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT&next_page_token=aGk=",
            Ok(json!({
                "historyEventFilterType": "HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT", "nextPageToken": "aGk=",
            })),
        );
        check_query(
            "pageSize=3",
            Err("unknown query parameter \"pageSize\": GetWorkflowExecutionHistoryRequest has no such field"),
        );
        check_query(
            "waitNewEvent=yes",
            Err("waitNewEvent: \"yes\" is neither true nor false"),
        );
        check_query(
            "maximumPageSize=many",
            Err("maximumPageSize: invalid digit found in string"),
        );
        check_query("namespace=a&namespace=b", Err("\"namespace\" is given twice"));
        check_query(
            "execution=a",
            Err("query parameter \"execution\" is an object: name one of its fields, as execution.FIELD"),
        );
    }
}
