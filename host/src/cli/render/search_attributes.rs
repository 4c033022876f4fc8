//! What workflows are found by, as a table.

use super::style::{FAINT, PLAIN};
use super::table::{Cell, Table};
use mainspring_api::temporal::enums::v1::IndexedValueType;
use mainspring_api::temporal::operatorservice::v1::ListSearchAttributesResponse;
use std::collections::{BTreeMap, HashMap};

/// The namespace's own, and then those that every namespace has.
pub(crate) fn list(listed: &ListSearchAttributesResponse) -> String {
    let mut table = Table::new(&["NAME", "TYPE"]);
    for (attributes, paint) in [(&listed.custom_attributes, PLAIN), (&listed.system_attributes, FAINT)] {
        for (name, of_type) in by_name(attributes) {
            let of_type = IndexedValueType::try_from(of_type).map_or("unknown", name_of);
            table.row(vec![Cell::new(paint, name), Cell::new(paint, of_type)]);
        }
    }
    table.render()
}

fn by_name(attributes: &HashMap<String, i32>) -> BTreeMap<&str, i32> {
    attributes
        .iter()
        .map(|(name, of_type)| (name.as_str(), *of_type))
        .collect()
}

const fn name_of(of_type: IndexedValueType) -> &'static str {
    match of_type {
        IndexedValueType::Unspecified => "unknown",
        IndexedValueType::Text => "Text",
        IndexedValueType::Keyword => "Keyword",
        IndexedValueType::Int => "Int",
        IndexedValueType::Double => "Double",
        IndexedValueType::Bool => "Bool",
        IndexedValueType::Datetime => "Datetime",
        IndexedValueType::KeywordList => "KeywordList",
    }
}
