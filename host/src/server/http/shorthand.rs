//! Payloads as the values that they hold: `"input": ["o-1", 5]` instead of metadata and base64.
//!
//! Which payloads can be written so, and how each is read, is as in Temporal's HTTP API, whose clients write them so.
//! A number beyond 64 bits loses digits on the way; who needs it writes the long form.

use super::descriptors::{as_object, field_of};
use base64::{
    Engine as _,
    alphabet::{STANDARD, URL_SAFE},
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use prost_reflect::MessageDescriptor;
use serde_json::{Map, Value, json};

const PAYLOAD: &str = "temporal.api.common.v1.Payload";
const PAYLOADS: &str = "temporal.api.common.v1.Payloads";

/// Where the shorthand of a message that is written as JSON says which message it is.
const MESSAGE_TYPE: &str = "_protoMessageType";

/// Either alphabet of base64, padded or not, as JSON of protocol buffers has it.
const CONFIG: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const BASE64: GeneralPurpose = GeneralPurpose::new(&STANDARD, CONFIG);
const BASE64_URL: GeneralPurpose = GeneralPurpose::new(&URL_SAFE, CONFIG);

/// Writes out the payloads of a request that are in short.
pub(super) fn expand(descriptor: &MessageDescriptor, value: &mut Value) {
    walk(descriptor, value, &|name, value| match (name, &mut *value) {
        (PAYLOADS, Value::Array(values)) => {
            values.iter_mut().for_each(expand_payload);
            *value = json!({ "payloads": value.take() });
            true
        }
        (PAYLOAD, value) => {
            expand_payload(value);
            true
        }
        _ => false,
    });
}

/// Puts in short the payloads of an answer that can be.
pub(super) fn contract(descriptor: &MessageDescriptor, value: &mut Value) {
    walk(descriptor, value, &|name, value| match name {
        PAYLOADS => {
            let mut payloads = value["payloads"].take();
            let payloads = payloads.as_array_mut().map(std::mem::take).unwrap_or_default();
            // All of them or none: a list of both kinds is hard to read.
            *value = match payloads.iter().map(contracted).collect::<Option<Vec<_>>>() {
                Some(values) => Value::Array(values),
                None => json!({ "payloads": payloads.into_iter().map(in_long).collect::<Vec<_>>() }),
            };
            true
        }
        PAYLOAD => {
            *value = contracted(value).unwrap_or_else(|| in_long(value.take()));
            true
        }
        _ => false,
    });
}

/// Visits the messages in a message's JSON, from the outside in. Does not go into those that `visit` has dealt with.
fn walk(descriptor: &MessageDescriptor, value: &mut Value, visit: &impl Fn(&str, &mut Value) -> bool) {
    if visit(descriptor.full_name(), value) {
        return;
    }
    let Value::Object(object) = value else { return };
    for (name, value) in object {
        let Some(field) = field_of(descriptor, name) else {
            continue;
        };
        let kind = field.kind();
        match value {
            Value::Array(values) if field.is_list() => {
                let message = as_object(&kind);
                values
                    .iter_mut()
                    .zip(message.into_iter().cycle())
                    .for_each(|(value, message)| walk(message, value, visit));
            }
            Value::Object(entries) if field.is_map() => {
                let entry = kind.as_message().map(|entry| entry.map_entry_value_field().kind());
                let message = entry.as_ref().and_then(as_object);
                entries
                    .values_mut()
                    .zip(message.into_iter().cycle())
                    .for_each(|(value, message)| walk(message, value, visit));
            }
            // A field that is null is one that is not there.
            Value::Null => {}
            value => {
                if let Some(message) = as_object(&kind) {
                    walk(message, value, visit);
                }
            }
        }
    }
}

fn expand_payload(value: &mut Value) {
    if is_long_form(value) {
        return;
    }
    *value = match value.take() {
        Value::Null => long_form(&[("encoding", "binary/null")], None),
        mut message if names_message_type(&message) => {
            let message_type = message.as_object_mut().and_then(|object| object.remove(MESSAGE_TYPE));
            let message_type = message_type.as_ref().and_then(Value::as_str).unwrap_or_default();
            let metadata = [("encoding", "json/protobuf"), ("messageType", message_type)];
            long_form(&metadata, Some(&message))
        }
        value => long_form(&[("encoding", "json/plain")], Some(&value)),
    };
}

fn long_form(metadata: &[(&str, &str)], data: Option<&Value>) -> Value {
    let metadata: Map<_, _> = metadata
        .iter()
        .map(|(name, value)| ((*name).to_owned(), BASE64.encode(value).into()))
        .collect();
    let mut payload = json!({ "metadata": metadata });
    if let Some(data) = data {
        payload["data"] = BASE64.encode(data.to_string()).into();
    }
    payload
}

/// Whether this is a payload as it is: metadata with an encoding, and data. Anything else is a value.
fn is_long_form(value: &Value) -> bool {
    let Value::Object(object) = value else { return false };
    let Some(Value::Object(metadata)) = object.get("metadata") else {
        return false;
    };
    let is_bytes = |value: &Value| value.as_str().is_some_and(|text| bytes(text).is_some());
    let encoding = metadata.get("encoding").and_then(Value::as_str).and_then(bytes);
    let is_complete = match object.get("data") {
        Some(data) => is_bytes(data),
        None => encoding.as_deref() == Some(b"binary/null"),
    };
    let known = ["metadata", "data", "externalPayloads", "external_payloads"];
    encoding.is_some()
        && is_complete
        && metadata.values().all(is_bytes)
        && object.keys().all(|key| known.contains(&key.as_str()))
}

/// An answer leaves out what is empty; without its data a payload would be read as a value.
fn in_long(mut payload: Value) -> Value {
    if let Some(fields) = payload.as_object_mut() {
        fields.entry("data").or_insert_with(|| "".into());
    }
    payload
}

/// The value that a payload holds, if the value would be read as that payload again.
fn contracted(payload: &Value) -> Option<Value> {
    let mut fields = payload.as_object()?.keys();
    if !fields.all(|field| field == "metadata" || field == "data") {
        return None;
    }
    let metadata = payload["metadata"].as_object()?;
    let entry = |name: &str| bytes(metadata.get(name)?.as_str()?);
    let data = || bytes(payload["data"].as_str().unwrap_or_default());
    let short = match (entry("encoding")?.as_slice(), metadata.len()) {
        (b"binary/null", 1) if data()?.is_empty() => Value::Null,
        // Null becomes the other null, which no SDK tells from it.
        (b"json/plain", 1) => serde_json::from_slice(&data()?)
            .ok()
            .filter(|value| !names_message_type(value))?,
        (b"json/protobuf", 2) => {
            let Value::Object(mut object) = serde_json::from_slice(&data()?).ok()? else {
                return None;
            };
            let message_type = String::from_utf8(entry("messageType")?).ok()?;
            let taken = object.insert(MESSAGE_TYPE.to_owned(), message_type.into());
            taken.is_none().then_some(Value::Object(object))?
        }
        _ => return None,
    };
    (!is_long_form(&short)).then_some(short)
}

fn names_message_type(value: &Value) -> bool {
    value.get(MESSAGE_TYPE).is_some_and(Value::is_string)
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    let engine = match text.contains(['-', '_']) {
        true => BASE64_URL,
        false => BASE64,
    };
    engine.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::super::descriptors::pool;
    use super::*;

    fn message(name: &str) -> MessageDescriptor {
        let name = format!("temporal.api.{name}");
        pool().get_message_by_name(&name).expect("it is described")
    }

    /// Both ways.
    #[track_caller]
    fn check(name: &str, short: &Value, long: &Value) {
        let mut expanded = short.clone();
        expand(&message(name), &mut expanded);
        assert_eq!(&expanded, long);
        let mut contracted = long.clone();
        contract(&message(name), &mut contracted);
        assert_eq!(&contracted, short);
    }

    fn payload(metadata: &[(&str, &str)], data: &str) -> Value {
        let mut payload = long_form(metadata, None);
        payload["data"] = BASE64.encode(data).into();
        payload
    }

    fn plain(data: &str) -> Value {
        payload(&[("encoding", "json/plain")], data)
    }

    #[test]
    fn values_stand_for_payloads_wherever_there_are_some() {
        let start = "workflowservice.v1.StartWorkflowExecutionRequest";
        check(
            start,
            &json!({ "workflowId": "o-1", "input": ["o-1", 5, { "a": [null] }, null] }),
            &json!({ "workflowId": "o-1", "input": { "payloads": [
                plain("\"o-1\""), plain("5"), plain(r#"{"a":[null]}"#), { "metadata": { "encoding": "YmluYXJ5L251bGw=" } },
            ]}}),
        );
        check(
            start,
            &json!({ "memo": { "fields": { "note": "fragile" } } }),
            &json!({ "memo": { "fields": { "note": plain("\"fragile\"") } } }),
        );
        check(
            "history.v1.History",
            &json!({ "events": [{ "activityTaskCompletedEventAttributes": { "result": [true] } }] }),
            &json!({ "events": [{ "activityTaskCompletedEventAttributes": { "result": { "payloads": [plain("true")] } } }] }),
        );
        check(
            "common.v1.Payloads",
            &json!([{ "_protoMessageType": "a.B", "x": 1 }]),
            &json!({ "payloads": [payload(&[("encoding", "json/protobuf"), ("messageType", "a.B")], r#"{"x":1}"#)] }),
        );
        check("common.v1.Payloads", &json!([]), &json!({ "payloads": [] }));
    }

    #[test]
    fn what_has_no_short_form_keeps_its_long_one() {
        let binary = payload(&[("encoding", "binary/plain")], "\u{1}");
        let typed = payload(&[("encoding", "json/plain"), ("type", "Keyword")], "\"a\"");
        let broken = plain("{");
        let looks_like_a_payload = plain(&plain("1").to_string());
        let looks_like_a_message = plain(r#"{"_protoMessageType":"a.B"}"#);
        for long in [binary, typed, broken, looks_like_a_payload, looks_like_a_message] {
            let all = json!({ "payloads": [plain("1"), long] });
            check("common.v1.Payloads", &all, &all);
            check("common.v1.Payload", &long, &long);
        }
    }

    #[test]
    fn data_that_is_empty_is_there() {
        let mut payload = long_form(&[("encoding", "binary/plain")], None);
        contract(&message("common.v1.Payload"), &mut payload);
        assert_eq!(payload["data"], "");
        assert!(is_long_form(&payload));
    }

    #[test]
    fn an_object_with_metadata_is_a_value_unless_it_is_a_payload() {
        for value in [
            json!({ "metadata": { "encoding": 1 }, "data": "" }),
            json!({ "metadata": {} }),
        ] {
            check("common.v1.Payload", &value, &plain(&value.to_string()));
        }
    }
}
