//! Messages and enums as JSON Schema, each under its full name.

use super::super::descriptors::pool;
use prost_reflect::{EnumDescriptor, FieldDescriptor, Kind, MessageDescriptor};
use serde_json::{Map, Value, json};

/// Those that were asked for, with all that they are made of.
#[derive(Default)]
pub(super) struct Schemas(Map<String, Value>);

impl Schemas {
    /// A reference to a message; a schema itself where JSON has a plain value for it.
    pub(super) fn message(&mut self, message: &MessageDescriptor) -> Value {
        if let Some(schema) = plain_value(message.full_name()) {
            return schema;
        }
        let name = message.full_name();
        if !self.0.contains_key(name) {
            // Messages may hold themselves: the name is taken before they are looked into.
            self.0.insert(name.to_owned(), Value::Null);
            let schema = match name {
                "temporal.api.common.v1.Payload" => payload(),
                "temporal.api.common.v1.Payloads" => self.payloads(message),
                _ => self.object(message),
            };
            self.0.insert(name.to_owned(), schema);
        }
        reference(name)
    }

    /// What a field holds.
    pub(super) fn field(&mut self, field: &FieldDescriptor) -> Value {
        let kind = field.kind();
        match &kind {
            Kind::Message(entry) if field.is_map() => {
                let values = self.field(&entry.map_entry_value_field());
                json!({ "type": "object", "additionalProperties": values })
            }
            kind if field.is_list() => json!({ "type": "array", "items": self.kind(kind) }),
            kind => self.kind(kind),
        }
    }

    /// The body of all answers that are not 200.
    pub(super) fn refusal(&mut self) -> Value {
        let status = pool().get_message_by_name("google.rpc.Status");
        self.message(&status.expect("the build keeps it"))
    }

    pub(super) fn finished(self) -> Map<String, Value> {
        self.0
    }

    fn object(&mut self, message: &MessageDescriptor) -> Value {
        let fields: Map<_, _> = message
            .fields()
            .map(|field| (field.json_name().to_owned(), self.field(&field)))
            .collect();
        json!({ "type": "object", "properties": fields })
    }

    fn payloads(&mut self, message: &MessageDescriptor) -> Value {
        let in_long = self.object(message);
        let payload = &in_long["properties"]["payloads"]["items"];
        json!({ "anyOf": [{ "type": "array", "items": payload }, in_long] })
    }

    fn kind(&mut self, kind: &Kind) -> Value {
        match kind {
            Kind::Double | Kind::Float => json!({ "type": "number" }),
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => json!({ "type": "integer", "format": "int32" }),
            Kind::Uint32 | Kind::Fixed32 => json!({ "type": "integer", "format": "int64", "minimum": 0 }),
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => json!({ "type": "string", "format": "int64" }),
            Kind::Uint64 | Kind::Fixed64 => json!({ "type": "string", "format": "uint64" }),
            Kind::Bool => json!({ "type": "boolean" }),
            Kind::String => json!({ "type": "string" }),
            Kind::Bytes => json!({ "type": "string", "contentEncoding": "base64" }),
            Kind::Enum(names) => self.names(names),
            Kind::Message(message) => self.message(message),
        }
    }

    fn names(&mut self, descriptor: &EnumDescriptor) -> Value {
        let name = descriptor.full_name();
        if !self.0.contains_key(name) {
            let names: Vec<_> = descriptor.values().map(|value| value.name().to_owned()).collect();
            self.0
                .insert(name.to_owned(), json!({ "type": "string", "enum": names }));
        }
        reference(name)
    }
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn payload() -> Value {
    let bytes = json!({ "type": "string", "contentEncoding": "base64" });
    json!({
        "description": "Any JSON value. An object with metadata, which has an encoding, and data is a payload as it is; \
                        anything else is the value that a payload holds.",
        "examples": ["text", 5, { "metadata": { "encoding": "anNvbi9wbGFpbg==" }, "data": "NQ==" }],
        "anyOf": [{}, {
            "type": "object",
            "properties": { "metadata": { "type": "object", "additionalProperties": bytes }, "data": bytes },
        }],
    })
}

/// The well-known types that are no objects in JSON, or objects without fields of their own.
fn plain_value(full_name: &str) -> Option<Value> {
    let name = full_name.strip_prefix("google.protobuf.")?;
    Some(match name {
        "Timestamp" => json!({ "type": "string", "format": "date-time" }),
        "Duration" => json!({ "type": "string", "pattern": r"^-?\d+(\.\d{1,9})?s$" }),
        "FieldMask" | "StringValue" => json!({ "type": "string" }),
        "BytesValue" => json!({ "type": "string", "contentEncoding": "base64" }),
        "Int64Value" | "UInt64Value" => json!({ "type": "string", "format": "int64" }),
        "Int32Value" | "UInt32Value" => json!({ "type": "integer" }),
        "DoubleValue" | "FloatValue" => json!({ "type": "number" }),
        "BoolValue" => json!({ "type": "boolean" }),
        "ListValue" => json!({ "type": "array" }),
        "Value" => json!({}),
        "Any" => json!({ "type": "object", "properties": { "@type": { "type": "string" } } }),
        _ => json!({ "type": "object" }),
    })
}
