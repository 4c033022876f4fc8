//! What runs carry to be found by: the types that a namespace gives to names, and what is refused for them.
//!
//! A client that starts a run gets an error for a value that could not be found. A workflow that changes its own
//! attributes gets none, whatever it sets: its history must not depend on what an operator registers, and when. What
//! does not fit the type is kept and shown, and lists take it for missing.

use crate::{
    server::{
        convert::{InvalidField, payload_to_wire, search_attributes_to_wire},
        front::Front,
        limits::{check_map, required_name},
    },
    store::search::{
        ATTRIBUTES_MAX, AttributeType, AttributeTypes, PREDEFINED_ATTRIBUTES, SystemAttribute, VALUE_BYTES_MAX, read,
        type_of,
    },
};
use mainspring_api::temporal::{
    common::v1::SearchAttributes,
    enums::v1::IndexedValueType,
    operatorservice::v1::{
        AddSearchAttributesRequest, AddSearchAttributesResponse, ListSearchAttributesRequest,
        ListSearchAttributesResponse, RemoveSearchAttributesRequest, RemoveSearchAttributesResponse,
    },
};
use mainspring_core::{PayloadMap, Size};
use tonic::Status;

const FIELD: &str = "search_attributes";

pub(crate) async fn add(
    front: &Front,
    request: AddSearchAttributesRequest,
) -> Result<AddSearchAttributesResponse, Status> {
    let namespace = required_name("namespace", request.namespace)?;
    let mut types = AttributeTypes::new();
    for (name, of_type) in request.search_attributes {
        let name = required_name(FIELD, name)?;
        // What a filter can name without quotes, so that nobody has to quote it.
        if !name
            .chars()
            .all(|character| character.is_alphanumeric() || character == '_')
        {
            let problem = format!("{name:?} is no name; it may have letters, digits and underscores");
            return Err(InvalidField::new(FIELD, problem).into());
        }
        let of_type = IndexedValueType::try_from(of_type).ok().and_then(type_from_wire);
        let of_type = of_type.ok_or_else(|| {
            let known = AttributeType::ALL.map(AttributeType::name).join(", ");
            InvalidField::new(FIELD, format!("{name} needs a type, one of {known}"))
        })?;
        types.insert(name, of_type);
    }
    front.engine().add_search_attributes(&namespace, types).await?;
    Ok(AddSearchAttributesResponse {})
}

pub(crate) async fn remove(
    front: &Front,
    request: RemoveSearchAttributesRequest,
) -> Result<RemoveSearchAttributesResponse, Status> {
    let namespace = required_name("namespace", request.namespace)?;
    let names = request.search_attributes;
    let is_everywhere = |name: &&String| {
        let is_predefined = PREDEFINED_ATTRIBUTES.iter().any(|(known, _)| known == name);
        is_predefined || SystemAttribute::named(name).is_some()
    };
    if let Some(name) = names.iter().find(is_everywhere) {
        let problem = format!("{name} has a meaning of its own in every namespace, and cannot be removed");
        return Err(InvalidField::new("search_attributes", problem).into());
    }
    front.engine().remove_search_attributes(&namespace, names).await?;
    Ok(RemoveSearchAttributesResponse {})
}

/// Without a namespace, only what every namespace has: older tools ask so.
pub(crate) fn list(
    front: &Front,
    request: ListSearchAttributesRequest,
) -> Result<ListSearchAttributesResponse, Status> {
    let types = match request.namespace.as_str() {
        "" => AttributeTypes::new(),
        _ => types_of(front, &front.known_namespace(request.namespace)?),
    };
    let system = SystemAttribute::ALL.map(SystemAttribute::name_and_type).into_iter();
    let everywhere = system.chain(PREDEFINED_ATTRIBUTES);
    Ok(ListSearchAttributesResponse {
        custom_attributes: types
            .into_iter()
            .map(|(name, of_type)| (name, type_to_wire(of_type).into()))
            .collect(),
        system_attributes: everywhere
            .map(|(name, of_type)| (name.to_owned(), type_to_wire(of_type).into()))
            .collect(),
        ..Default::default()
    })
}

/// The types of a namespace; none, if there is no such namespace.
pub(crate) fn types_of(front: &Front, namespace: &str) -> AttributeTypes {
    let namespace = front.engine().namespace(namespace);
    namespace.map(|found| found.search_attributes).unwrap_or_default()
}

/// Whether a run can be found by all that it is to carry.
pub(crate) fn check(front: &Front, namespace: &str, attributes: &PayloadMap) -> Result<(), InvalidField> {
    // The engine refuses a namespace that it does not know, and says so better.
    let Some(found) = front.engine().namespace(namespace) else {
        return Ok(());
    };
    check_map(FIELD, attributes)?;
    check_types(namespace, &found.search_attributes, attributes).map_err(|problem| InvalidField::new(FIELD, problem))
}

fn check_types(namespace: &str, types: &AttributeTypes, attributes: &PayloadMap) -> Result<(), String> {
    if attributes.len() > ATTRIBUTES_MAX {
        return Err(format!("a run has at most {ATTRIBUTES_MAX} search attributes"));
    }
    for (name, payload) in attributes {
        if SystemAttribute::named(name).is_some() {
            return Err(format!("{name} is set by the server, and cannot be set by others"));
        }
        let of_type = type_of(types, name).ok_or_else(|| {
            format!(
                "namespace {namespace:?} has no search attribute {name}; add it with `temporal operator \
                 search-attribute create --name {name} --type TYPE`"
            )
        })?;
        if payload.data.len() > VALUE_BYTES_MAX {
            let (size, max) = (Size(payload.data.len()), Size(VALUE_BYTES_MAX));
            return Err(format!("{name} has {size}; at most {max} are allowed"));
        }
        if read(payload, of_type).is_none() {
            let of_type = of_type.name();
            return Err(format!("{name} is of type {of_type}, and its value {payload} is not"));
        }
    }
    Ok(())
}

/// What a run carries, each with its type where it has one: SDKs show only what has.
pub(crate) fn typed(attributes: &PayloadMap, types: &AttributeTypes) -> Option<SearchAttributes> {
    let mut shown = search_attributes_to_wire(attributes)?;
    for (name, payload) in attributes {
        if let Some(of_type) = type_of(types, name).filter(|of_type| read(payload, *of_type).is_some()) {
            let mut typed = payload_to_wire(payload);
            typed.metadata.insert("type".to_owned(), of_type.name().into());
            shown.indexed_fields.insert(name.clone(), typed);
        }
    }
    Some(shown)
}

const fn type_to_wire(of_type: AttributeType) -> IndexedValueType {
    match of_type {
        AttributeType::Text => IndexedValueType::Text,
        AttributeType::Keyword => IndexedValueType::Keyword,
        AttributeType::Int => IndexedValueType::Int,
        AttributeType::Double => IndexedValueType::Double,
        AttributeType::Bool => IndexedValueType::Bool,
        AttributeType::Datetime => IndexedValueType::Datetime,
        AttributeType::KeywordList => IndexedValueType::KeywordList,
    }
}

const fn type_from_wire(of_type: IndexedValueType) -> Option<AttributeType> {
    match of_type {
        IndexedValueType::Text => Some(AttributeType::Text),
        IndexedValueType::Keyword => Some(AttributeType::Keyword),
        IndexedValueType::Int => Some(AttributeType::Int),
        IndexedValueType::Double => Some(AttributeType::Double),
        IndexedValueType::Bool => Some(AttributeType::Bool),
        IndexedValueType::Datetime => Some(AttributeType::Datetime),
        IndexedValueType::KeywordList => Some(AttributeType::KeywordList),
        IndexedValueType::Unspecified => None,
    }
}
