//! What says where a page of a list ended. Nobody but this server reads it, and a client hands it back unchanged.

use crate::{
    server::convert::InvalidField,
    store::search::{Place, SortKey},
};
use mainspring_core::RunId;
use prost::Message;

/// The end of a page in the order of run ids: the run.
pub(super) fn write_run(run: RunId) -> Vec<u8> {
    run.as_bytes().to_vec()
}

/// A list in the order of run ids goes on before this run.
pub(super) fn read_run(token: &[u8]) -> Result<Option<RunId>, InvalidField> {
    if token.is_empty() {
        return Ok(None);
    }
    read_id(token).map(Some)
}

/// The end of a page in the order of a value.
pub(super) fn write_place(place: &Place) -> Vec<u8> {
    let (key, run) = match place {
        Place::Value(key, run) => (Some(key), run),
        Place::NoValue(run) => (None, run),
    };
    let token = OrderedToken {
        run: run.as_bytes().to_vec(),
        key: key.map(|key| match key {
            SortKey::Text(text) => Key::Text(text.clone()),
            SortKey::Number(number) => Key::Number(*number),
            SortKey::Bool(value) => Key::Bool(*value),
            SortKey::Moment(at) => Key::Moment(*at),
        }),
    };
    token.encode_to_vec()
}

/// A list in the order of a value goes on after this place.
pub(super) fn read_place(token: &[u8]) -> Result<Option<Place>, InvalidField> {
    if token.is_empty() {
        return Ok(None);
    }
    let token = OrderedToken::decode(token).map_err(|_| malformed())?;
    let run = read_id(&token.run)?;
    let key = token.key.map(|key| match key {
        Key::Text(text) => SortKey::Text(text),
        Key::Number(number) => SortKey::Number(number),
        Key::Bool(value) => SortKey::Bool(value),
        Key::Moment(at) => SortKey::Moment(at),
    });
    Ok(Some(match key {
        Some(key) => Place::Value(key, run),
        None => Place::NoValue(run),
    }))
}

#[derive(Clone, PartialEq, prost::Message)]
struct OrderedToken {
    #[prost(bytes, tag = "1")]
    run: Vec<u8>,
    #[prost(oneof = "Key", tags = "2, 3, 4, 5")]
    key: Option<Key>,
}

#[derive(Clone, PartialEq, prost::Oneof)]
enum Key {
    #[prost(string, tag = "2")]
    Text(String),
    #[prost(uint64, tag = "3")]
    Number(u64),
    #[prost(bool, tag = "4")]
    Bool(bool),
    #[prost(sint64, tag = "5")]
    Moment(i64),
}

fn read_id(bytes: &[u8]) -> Result<RunId, InvalidField> {
    let bytes = <[u8; 16]>::try_from(bytes).map_err(|_| malformed())?;
    Ok(RunId::from_bytes(bytes))
}

fn malformed() -> InvalidField {
    InvalidField::new("next_page_token", "is not one that this list ended with")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_as_it_was_written_and_not_by_another_list() {
        let run = RunId::from_bytes([7; 16]);
        let keys = [
            SortKey::Text("ä".into()),
            SortKey::Number(u64::MAX),
            SortKey::Bool(true),
            SortKey::Moment(-1),
        ];
        let places = keys.map(|key| Place::Value(key, run));
        for place in places.into_iter().chain([Place::NoValue(run)]) {
            let token = write_place(&place);
            assert_eq!(read_place(&token), Ok(Some(place)));
            assert!(read_run(&token).is_err());
        }
        assert_eq!(read_run(&write_run(run)), Ok(Some(run)));
        assert!(read_place(&write_run(run)).is_err());
        assert_eq!((read_run(&[]), read_place(&[])), (Ok(None), Ok(None)));
    }
}
