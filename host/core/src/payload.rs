//! Values as their converters encoded them. The core carries them and never looks inside.

use crate::Metadata;
use bytes::Bytes;
use std::fmt;

/// One encoded value with its metadata, both passed through unchanged.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Payload {
    /// `encoding` and whatever else the converter noted.
    pub metadata: Metadata,
    /// The value's bytes.
    pub data: Bytes,
}

/// Named payloads (headers, memo, search attributes). Invariant: sorted by name, no name twice.
pub type PayloadMap = Vec<(String, Payload)>;

impl Payload {
    /// A payload in one of the well-known encodings, such as `json/plain`.
    pub fn encoded(encoding: &'static str, data: impl Into<Bytes>) -> Self {
        Self {
            metadata: Metadata::of_encoding(encoding),
            data: data.into(),
        }
    }

    /// The encoding's name, if the metadata has one in UTF-8.
    pub fn encoding(&self) -> Option<&str> {
        self.metadata.encoding()
    }

    /// What the payload takes: the bytes of its data, keys and metadata.
    pub fn size_bytes(&self) -> usize {
        let metadata: usize = self.metadata.iter().map(|(key, value)| key.len() + value.len()).sum();
        metadata + self.data.len()
    }
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The data as text where it is text, so that errors and tests read as a story.
impl fmt::Display for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN_CHARS_MAX: usize = 120;
        let encoding = self.encoding().unwrap_or("no encoding");
        match std::str::from_utf8(&self.data) {
            Ok(text) if encoding.starts_with("json/") && text.chars().count() <= SHOWN_CHARS_MAX => f.write_str(text),
            Ok(text) if encoding.starts_with("json/") => {
                let head: String = text.chars().take(SHOWN_CHARS_MAX).collect();
                write!(f, "{head}… ({} bytes)", text.len())
            }
            _ if self.data.is_empty() => write!(f, "<{encoding}>"),
            _ => write!(f, "<{encoding}, {} bytes>", self.data.len()),
        }
    }
}
