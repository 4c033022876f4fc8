//! A field of a request, or of a message within it: `execution.workflow_id`.

use super::descriptors::{as_object, field_of};
use prost_reflect::{FieldDescriptor, MessageDescriptor};
use serde_json::{Map, Value};

/// The fields from the request down to the one that is meant. There is at least one.
#[derive(Clone, Debug)]
pub(super) struct FieldPath(Vec<FieldDescriptor>);

impl FieldPath {
    /// The field of that name, with dots between the parts. None if there is none.
    pub(super) fn find(message: &MessageDescriptor, text: &str) -> Option<Self> {
        let mut fields: Vec<FieldDescriptor> = Vec::new();
        for name in text.split('.') {
            let kind = fields.last().map(FieldDescriptor::kind);
            let inner = match (&kind, fields.last()) {
                (Some(kind), Some(field)) if !field.is_list() && !field.is_map() => as_object(kind)?,
                (Some(_), _) => return None,
                (None, _) => message,
            };
            fields.push(field_of(inner, name)?);
        }
        Some(Self(fields))
    }

    /// The field itself.
    pub(super) fn leaf(&self) -> &FieldDescriptor {
        self.0.last().expect("there is at least one")
    }

    /// As it is written in JSON, with dots.
    pub(super) fn json_name(&self) -> String {
        let names: Vec<_> = self.0.iter().map(FieldDescriptor::json_name).collect();
        names.join(".")
    }

    /// The place of this field in a request's JSON, made if it is not there. None if something else than an object
    /// is in the way.
    pub(super) fn place<'a>(&self, request: &'a mut Map<String, Value>) -> Option<&'a mut Value> {
        let (leaf, way) = self.0.split_last()?;
        let mut object = request;
        for field in way {
            object = match entry(object, field) {
                inner @ Value::Null => {
                    *inner = Value::Object(Map::new());
                    inner.as_object_mut()?
                }
                inner => inner.as_object_mut()?,
            };
        }
        Some(entry(object, leaf))
    }
}

/// The value of a field, by whichever of its two names the object has it.
fn entry<'a>(object: &'a mut Map<String, Value>, field: &FieldDescriptor) -> &'a mut Value {
    let name = match object.contains_key(field.name()) {
        true => field.name(),
        false => field.json_name(),
    };
    object.entry(name).or_insert(Value::Null)
}
