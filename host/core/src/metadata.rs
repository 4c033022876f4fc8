//! What stands beside a value: almost always the name of its encoding and nothing else.

use bytes::Bytes;
use std::fmt;
use std::sync::Arc;

/// What a converter noted beside a value: `encoding`, and whatever else. Its keys are sorted, and none is there twice.
///
/// Every payload has some, and is copied several times on its way through a run, so a copy costs nothing.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Metadata(Entries);

/// Invariant: what can be the first or the second is not the third, so that equal metadata are equal entries.
#[derive(Clone, Default, PartialEq, Eq)]
enum Entries {
    #[default]
    None,
    /// The encoding alone, which is one of those that Temporal's SDKs have.
    Known(&'static str),
    Others(Arc<[(String, Bytes)]>),
}

const ENCODING: &str = "encoding";
const KNOWN_ENCODINGS: [&str; 6] = [
    "json/plain",
    "binary/null",
    "binary/plain",
    "json/protobuf",
    "binary/protobuf",
    "binary/encrypted",
];

impl Metadata {
    /// These entries, sorted by their keys. Whoever takes them from outside sorts them; what damaged bytes say is kept as it is.
    pub fn new(entries: Vec<(String, Bytes)>) -> Self {
        let known = match &entries[..] {
            [] => return Self::default(),
            [(key, value)] if key == ENCODING => KNOWN_ENCODINGS.iter().find(|it| it.as_bytes() == value),
            _ => None,
        };
        Self(known.map_or_else(|| Entries::Others(entries.into()), |encoding| Entries::Known(encoding)))
    }

    /// An encoding alone.
    pub fn of_encoding(name: &'static str) -> Self {
        if KNOWN_ENCODINGS.contains(&name) {
            return Self(Entries::Known(name));
        }
        Self::new(vec![(ENCODING.into(), Bytes::from_static(name.as_bytes()))])
    }

    /// The encoding's name, if there is one in UTF-8.
    pub fn encoding(&self) -> Option<&str> {
        match &self.0 {
            Entries::None => None,
            Entries::Known(name) => Some(name),
            Entries::Others(entries) => {
                let (_, name) = entries.iter().find(|(key, _)| key == ENCODING)?;
                std::str::from_utf8(name).ok()
            }
        }
    }

    /// The entries in the order of their keys.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Bytes)> {
        let (known, others) = match &self.0 {
            Entries::None => (None, &[][..]),
            Entries::Known(name) => (Some((ENCODING, Bytes::from_static(name.as_bytes()))), &[][..]),
            Entries::Others(entries) => (None, &entries[..]),
        };
        let others = others.iter().map(|(key, value)| (key.as_str(), value.clone()));
        known.into_iter().chain(others)
    }
}

impl fmt::Debug for Metadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entries = self.iter().map(|(key, value)| (key, value.escape_ascii().to_string()));
        f.debug_map().entries(entries).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(entries: &[(&str, &str)]) {
        let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), Bytes::copy_from_slice(value.as_bytes()));
        let metadata = Metadata::new(entries.iter().map(owned).collect());
        let read: Vec<_> = metadata.iter().collect();
        let given = entries
            .iter()
            .map(|(key, value)| (*key, Bytes::copy_from_slice(value.as_bytes())));
        assert_eq!(read, given.collect::<Vec<_>>());
        let encoding = entries.iter().find(|(key, _)| *key == "encoding");
        assert_eq!(metadata.encoding(), encoding.map(|(_, name)| *name));
    }

    #[test]
    fn what_was_noted_is_what_is_read() {
        check(&[]);
        check(&[("encoding", "json/plain")]);
        check(&[("encoding", "an author's own")]);
        check(&[("messageType", "json/plain")]);
        check(&[("encoding", "json/protobuf"), ("messageType", "shop.Order")]);
    }

    #[test]
    fn metadata_are_equal_however_they_were_made() {
        let read = Metadata::new(vec![("encoding".into(), Bytes::from(b"json/plain".to_vec()))]);
        assert_eq!(read, Metadata::of_encoding("json/plain"));
        let own = Metadata::new(vec![("encoding".into(), Bytes::from(b"own".to_vec()))]);
        assert_eq!(own, Metadata::of_encoding("own"));
        assert_ne!(own, read);
    }
}
