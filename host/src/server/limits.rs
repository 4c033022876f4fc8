//! Bounds on what a request may contain, checked before the engine sees it.

use super::convert::InvalidField;
use mainspring_api::limits::PAYLOADS_BYTES_MAX;
use mainspring_core::{MESSAGE_BYTES_MAX, Payload, PayloadMap, Size};

// What a client may send a run, another run may.
const _: () = assert!(PAYLOADS_BYTES_MAX == MESSAGE_BYTES_MAX);

/// Workflow ids, task queues, types and names of all sorts, in bytes.
pub(crate) const NAME_BYTES_MAX: usize = 1000;

/// One page of a list, when the client does not ask for less.
pub(crate) const PAGE_ENTRIES_MAX: usize = 1000;

/// A name that must be given.
pub(crate) fn required_name(field: &'static str, name: String) -> Result<String, InvalidField> {
    if name.is_empty() {
        return Err(InvalidField::new(field, "is missing"));
    }
    optional_name(field, name)
}

/// A name that may be left out.
pub(crate) fn optional_name(field: &'static str, name: String) -> Result<String, InvalidField> {
    if name.len() > NAME_BYTES_MAX {
        let problem = format!("has {} bytes; at most {NAME_BYTES_MAX} are allowed", name.len());
        return Err(InvalidField::new(field, problem));
    }
    if name.chars().any(char::is_control) {
        return Err(InvalidField::new(field, "contains control characters"));
    }
    Ok(name)
}

/// Text for people, such as a reason: of any characters, and no longer than a name.
pub(crate) fn check_text(field: &'static str, text: &str) -> Result<(), InvalidField> {
    if text.len() <= NAME_BYTES_MAX {
        return Ok(());
    }
    let problem = format!("has {} bytes; at most {NAME_BYTES_MAX} are allowed", text.len());
    Err(InvalidField::new(field, problem))
}

/// Why somebody ends or resets a run: of any characters, and as long as any field may be.
pub(crate) fn check_reason(reason: &str) -> Result<(), InvalidField> {
    check_size("reason", reason.len())
}

/// Arguments, results, details: all payloads of a field together.
pub(crate) fn check_payloads(field: &'static str, payloads: &[Payload]) -> Result<(), InvalidField> {
    check_size(field, payloads.iter().map(Payload::size_bytes).sum())
}

/// Headers, memo, search attributes: all entries of a field together.
pub(crate) fn check_map(field: &'static str, map: &PayloadMap) -> Result<(), InvalidField> {
    check_size(
        field,
        map.iter()
            .map(|(name, payload)| name.len() + payload.size_bytes())
            .sum(),
    )
}

fn check_size(field: &'static str, bytes: usize) -> Result<(), InvalidField> {
    if bytes <= PAYLOADS_BYTES_MAX {
        return Ok(());
    }
    let (size, max) = (Size(bytes), Size(PAYLOADS_BYTES_MAX));
    let problem = format!("has {size}; at most {max} are allowed. Keep large data elsewhere and pass a reference");
    Err(InvalidField::new(field, problem))
}

/// How many entries a page holds, of what the client asked for.
pub(crate) fn page_entries(asked: i32) -> usize {
    match usize::try_from(asked) {
        Ok(0) | Err(_) => PAGE_ENTRIES_MAX,
        Ok(asked) => asked.min(PAGE_ENTRIES_MAX),
    }
}
