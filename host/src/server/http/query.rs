//! Query parameters: fields of a request by name, with dots for what is nested, once for each value of a list.

use super::{descriptors::as_object, field_path::FieldPath, refusal::Refusal};
use prost_reflect::{Kind, MessageDescriptor};
use serde_json::{Map, Value};

/// Parameters that ask for a form of the answer, and are no fields.
pub(super) const PRETTY: &str = "pretty";
pub(super) const NO_SHORTHAND: &str = "noPayloadShorthand";

/// What becomes of a parameter that a method does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UnknownParameter {
    Refuse,
    PassOver,
}

/// The parameters by name, decoded, in their order.
pub(super) fn parameters(query: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

/// Puts the parameters where the fields of their names are in a request's JSON.
pub(super) fn read(
    message: &MessageDescriptor,
    parameters: &[(String, String)],
    request: &mut Map<String, Value>,
    unknown: UnknownParameter,
) -> Result<(), Refusal> {
    for (name, text) in parameters {
        if [PRETTY, NO_SHORTHAND].contains(&name.as_str()) {
            continue;
        }
        let Some(path) = FieldPath::find(message, name) else {
            match unknown {
                UnknownParameter::PassOver => continue,
                UnknownParameter::Refuse => {
                    return Err(Refusal::invalid(format!(
                        "unknown query parameter {name:?}: {} has no such field",
                        message.name()
                    )));
                }
            }
        };
        let field = path.leaf();
        let kind = field.kind();
        if field.is_map() || as_object(&kind).is_some() {
            return Err(Refusal::invalid(format!(
                "query parameter {name:?} is an object: name one of its fields, as {name}.FIELD"
            )));
        }
        let value = value_of(name, &kind, text)?;
        let place = path.place(request);
        let place = place.ok_or_else(|| Refusal::invalid(format!("query parameter {name:?} contradicts another")))?;
        match place {
            Value::Array(values) => values.push(value),
            place @ Value::Null if field.is_list() => *place = Value::Array(vec![value]),
            place @ Value::Null => *place = value,
            _ => return Err(Refusal::invalid(format!("{name:?} is given twice"))),
        }
    }
    Ok(())
}

/// A text as the JSON value of that kind. Numbers may stay texts.
fn value_of(name: &str, kind: &Kind, text: &str) -> Result<Value, Refusal> {
    let is_bool = match kind {
        Kind::Bool => true,
        Kind::Message(message) => message.full_name() == "google.protobuf.BoolValue",
        _ => false,
    };
    Ok(match kind {
        _ if is_bool => match text {
            "true" | "1" => Value::Bool(true),
            "false" | "0" => Value::Bool(false),
            _ => return Err(Refusal::invalid(format!("{name}: {text:?} is neither true nor false"))),
        },
        Kind::Enum(_) => text.parse::<i32>().map_or_else(|_| text.into(), Value::from),
        // A plus sign that was not escaped has become a space.
        Kind::Bytes => text.replace(' ', "+").into(),
        _ => text.into(),
    })
}
