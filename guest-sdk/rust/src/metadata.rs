//! Texts that tools show beside an operation.

use crate::bindings::mainspring::workflow::types::UserMetadata;
use crate::payload::{Payload, ToPayload};

pub(crate) fn none() -> UserMetadata {
    UserMetadata {
        summary: None,
        details: None,
    }
}

pub(crate) fn text(text: &str) -> Payload {
    text.to_payload().expect("a string has a JSON form")
}
