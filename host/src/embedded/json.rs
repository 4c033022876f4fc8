//! Values as JSON payloads, as the default converters of Temporal's SDKs make them.

use mainspring_core::Payload;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A payload and a Rust type that do not fit.
#[derive(Debug, thiserror::Error)]
pub enum JsonError {
    /// The value is not what the type says, or cannot be JSON.
    #[error("the value does not fit its type: {0}")]
    Value(#[from] serde_json::Error),
    /// The payload is in another encoding.
    #[error("the payload's encoding is {0:?}, not json/plain")]
    Encoding(String),
}

/// Encodes a value.
pub(super) fn encode(value: &impl Serialize) -> Result<Payload, JsonError> {
    let json = serde_json::to_vec(value)?;
    Ok(match json.as_slice() {
        b"null" => Payload::encoded("binary/null", Vec::new()),
        _ => Payload::encoded("json/plain", json),
    })
}

/// Decodes a value; nothing at all is `null`.
pub(super) fn decode<T: DeserializeOwned>(payload: Option<&Payload>) -> Result<T, JsonError> {
    let Some(payload) = payload else {
        return Ok(serde_json::from_slice(b"null")?);
    };
    match payload.encoding() {
        Some("json/plain") => Ok(serde_json::from_slice(&payload.data)?),
        Some("binary/null") => Ok(serde_json::from_slice(b"null")?),
        other => Err(JsonError::Encoding(other.unwrap_or("none").to_owned())),
    }
}
