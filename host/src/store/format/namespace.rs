//! Namespaces: what is kept of them, and of their runs.

use super::{Malformed, decode, encode, id};
use crate::store::{Namespace, search::AttributeType};
use bytes::Bytes;
use mainspring_core::{Millis, Timestamp};
use std::collections::BTreeMap;

#[derive(Clone, PartialEq, prost::Message)]
struct Stored {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(bytes = "bytes", tag = "2")]
    id: Bytes,
    #[prost(string, tag = "3")]
    description: String,
    #[prost(uint64, tag = "4")]
    registered_ms: u64,
    #[prost(message, repeated, tag = "5")]
    search_attributes: Vec<SearchAttribute>,
    /// None keeps closed runs for ever.
    #[prost(uint64, optional, tag = "6")]
    retention_ms: Option<u64>,
    #[prost(bool, tag = "7")]
    is_deprecated: bool,
    #[prost(string, tag = "8")]
    owner_email: String,
    #[prost(btree_map = "string, string", tag = "9")]
    data: BTreeMap<String, String>,
    #[prost(bool, tag = "10")]
    is_leaving: bool,
}

#[derive(Clone, PartialEq, prost::Message)]
struct SearchAttribute {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(enumeration = "Type", tag = "2")]
    of_type: i32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, prost::Enumeration)]
#[repr(i32)]
enum Type {
    Unspecified = 0,
    Text = 1,
    Keyword = 2,
    Int = 3,
    Double = 4,
    Bool = 5,
    Datetime = 6,
    KeywordList = 7,
}

/// Encodes a namespace.
pub(in crate::store) fn encode_namespace(namespace: &Namespace) -> Bytes {
    encode(&Stored {
        name: namespace.name.clone(),
        id: id::run_id(namespace.id),
        description: namespace.description.clone(),
        registered_ms: namespace.registered.as_millis(),
        search_attributes: namespace
            .search_attributes
            .iter()
            .map(|(name, of_type)| SearchAttribute {
                name: name.clone(),
                of_type: Type::from(*of_type).into(),
            })
            .collect(),
        retention_ms: namespace.retention.map(Millis::get),
        is_deprecated: namespace.is_deprecated,
        owner_email: namespace.owner_email.clone(),
        data: namespace.data.clone(),
        is_leaving: namespace.is_leaving,
    })
}

/// Reads what [`encode_namespace`] wrote.
pub(in crate::store) fn decode_namespace(bytes: Bytes) -> Result<Namespace, Malformed> {
    let stored: Stored = decode(bytes)?;
    let search_attributes = stored
        .search_attributes
        .into_iter()
        .map(|attribute| Ok((attribute.name, read_type(attribute.of_type)?)));
    Ok(Namespace {
        name: stored.name,
        id: id::read_run_id(&stored.id, "namespace.id")?,
        description: stored.description,
        registered: Timestamp::from_millis(stored.registered_ms),
        search_attributes: search_attributes.collect::<Result<_, Malformed>>()?,
        retention: stored.retention_ms.map(Millis::new),
        is_deprecated: stored.is_deprecated,
        owner_email: stored.owner_email,
        data: stored.data,
        is_leaving: stored.is_leaving,
    })
}

impl From<AttributeType> for Type {
    fn from(of_type: AttributeType) -> Self {
        match of_type {
            AttributeType::Text => Self::Text,
            AttributeType::Keyword => Self::Keyword,
            AttributeType::Int => Self::Int,
            AttributeType::Double => Self::Double,
            AttributeType::Bool => Self::Bool,
            AttributeType::Datetime => Self::Datetime,
            AttributeType::KeywordList => Self::KeywordList,
        }
    }
}

fn read_type(stored: i32) -> Result<AttributeType, Malformed> {
    let field = "namespace.search_attributes.type";
    match Type::try_from(stored) {
        Ok(Type::Text) => Ok(AttributeType::Text),
        Ok(Type::Keyword) => Ok(AttributeType::Keyword),
        Ok(Type::Int) => Ok(AttributeType::Int),
        Ok(Type::Double) => Ok(AttributeType::Double),
        Ok(Type::Bool) => Ok(AttributeType::Bool),
        Ok(Type::Datetime) => Ok(AttributeType::Datetime),
        Ok(Type::KeywordList) => Ok(AttributeType::KeywordList),
        Ok(Type::Unspecified) | Err(_) => Err(Malformed::Unknown { field, value: stored }),
    }
}
