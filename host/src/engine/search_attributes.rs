//! Which names of attributes have a type in a namespace, and what may be changed about that.

use crate::store::StoreError;
use crate::store::search::{AttributeType, AttributeTypes, PREDEFINED_ATTRIBUTES, SystemAttribute};

/// Names with a type in one namespace. Further ones are refused.
const TYPES_MAX: usize = 500;

/// Why the types stay as they are.
#[derive(Debug, thiserror::Error)]
pub enum SearchAttributeError {
    /// The name has a meaning in every namespace.
    #[error("search attribute {0} has a meaning of its own in every namespace; choose another name")]
    Reserved(String),
    /// The name has a type already.
    #[error("search attribute {name} is of type {} already, and cannot be of type {} as well; remove it first", .has.name(), .asked.name())]
    OfOtherType {
        /// The name.
        name: String,
        /// Its type.
        has: AttributeType,
        /// The type that it was to get.
        asked: AttributeType,
    },
    /// The name has no type.
    #[error("there is no search attribute {0} in this namespace")]
    Unknown(String),
    /// There are very many.
    #[error("a namespace has at most {TYPES_MAX} search attributes; remove some first")]
    TooMany,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Gives all of these names their types, or none. To give one the type that it has changes nothing.
pub(super) fn add(types: &mut AttributeTypes, new: AttributeTypes) -> Result<(), SearchAttributeError> {
    for (name, asked) in new {
        let is_predefined = PREDEFINED_ATTRIBUTES.iter().any(|(known, _)| *known == name);
        if is_predefined || SystemAttribute::named(&name).is_some() {
            return Err(SearchAttributeError::Reserved(name));
        }
        match types.get(&name) {
            Some(has) if *has != asked => {
                return Err(SearchAttributeError::OfOtherType { name, has: *has, asked });
            }
            _ => types.insert(name, asked),
        };
    }
    if types.len() > TYPES_MAX {
        return Err(SearchAttributeError::TooMany);
    }
    Ok(())
}

/// Takes the types from all of these names, or none.
pub(super) fn remove(types: &mut AttributeTypes, names: &[String]) -> Result<(), SearchAttributeError> {
    for name in names {
        if types.remove(name).is_none() {
            return Err(SearchAttributeError::Unknown(name.clone()));
        }
    }
    Ok(())
}
