//! Values as they cross the boundary.
//!
//! | Rust | `encoding` | bytes |
//! |---|---|---|
//! | a value that serialises to `null` (`()`, `None`) | `binary/null` | none |
//! | any other [`Serialize`] value | `json/plain` | JSON |
//! | [`Bytes`] | `binary/plain` | as they are |
//! | [`Payload`] | its own | as they are |
//!
//! These are the defaults of Temporal's converters, so that workers and clients in every language read them.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::failure::Failure;

pub use crate::bindings::mainspring::workflow::types::Payload;

const ENCODING: &str = "encoding";
const JSON: &[u8] = b"json/plain";
const JSON_PROTOBUF: &[u8] = b"json/protobuf";
const BINARY: &[u8] = b"binary/plain";
const NULL: &[u8] = b"binary/null";

/// The kind of the application failure that refuses arguments which do not fit.
pub const INVALID_ARGUMENTS: &str = "InvalidArguments";

/// Bytes that travel unchanged (`binary/plain`), as a whole argument or result.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bytes(pub Vec<u8>);

/// Why a payload could not be written or read.
#[derive(Debug)]
pub enum PayloadError {
    /// The value has no JSON form (a map whose keys are no strings, say).
    Unwritable(serde_json::Error),
    /// The JSON is not that of the wanted type.
    Unreadable(serde_json::Error),
    /// The wanted type is not made from payloads of this encoding.
    WrongEncoding(String),
}

impl std::fmt::Display for PayloadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unwritable(error) => write!(f, "the value cannot be written as JSON: {error}"),
            Self::Unreadable(error) => write!(f, "the JSON does not fit the type: {error}"),
            Self::WrongEncoding(encoding) => write!(f, "the encoding `{encoding}` does not fit the type"),
        }
    }
}

impl std::error::Error for PayloadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unwritable(error) | Self::Unreadable(error) => Some(error),
            Self::WrongEncoding(_) => None,
        }
    }
}

/// What can be sent: everything that serde serialises, [`Bytes`], and [`Payload`] itself.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent to or from a workflow",
    label = "this type has no payload form",
    note = "derive `serde::Serialize` for it, or wrap raw bytes in `mainspring_workflow::Bytes`"
)]
pub trait ToPayload {
    /// Encodes the value.
    fn to_payload(&self) -> Result<Payload, PayloadError>;
}

/// What can be received: everything that serde deserialises into an owned value, [`Bytes`], and [`Payload`] itself.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be received by a workflow",
    label = "this type is not made from a payload",
    note = "derive `serde::Deserialize` for it and take it owned (`String`, not `&str`), or take raw bytes as `mainspring_workflow::Bytes`"
)]
pub trait FromPayload: Sized {
    /// Decodes the value.
    fn from_payload(payload: &Payload) -> Result<Self, PayloadError>;
}

impl<T: Serialize + ?Sized> ToPayload for T {
    fn to_payload(&self) -> Result<Payload, PayloadError> {
        let json = serde_json::to_vec(self).map_err(PayloadError::Unwritable)?;
        Ok(if json == b"null" { null() } else { encoded(JSON, json) })
    }
}

impl<T: DeserializeOwned> FromPayload for T {
    fn from_payload(payload: &Payload) -> Result<Self, PayloadError> {
        let json = match encoding(payload) {
            JSON | JSON_PROTOBUF => payload.data.as_slice(),
            NULL => b"null",
            _ => return Err(wrong_encoding(payload)),
        };
        serde_json::from_slice(json).map_err(PayloadError::Unreadable)
    }
}

impl ToPayload for Bytes {
    fn to_payload(&self) -> Result<Payload, PayloadError> {
        Ok(encoded(BINARY, self.0.clone()))
    }
}

impl ToPayload for &Bytes {
    fn to_payload(&self) -> Result<Payload, PayloadError> {
        Bytes::to_payload(self)
    }
}

impl FromPayload for Bytes {
    fn from_payload(payload: &Payload) -> Result<Self, PayloadError> {
        match encoding(payload) {
            BINARY => Ok(Self(payload.data.clone())),
            _ => Err(wrong_encoding(payload)),
        }
    }
}

impl ToPayload for Payload {
    fn to_payload(&self) -> Result<Payload, PayloadError> {
        Ok(self.clone())
    }
}

impl ToPayload for &Payload {
    fn to_payload(&self) -> Result<Payload, PayloadError> {
        Payload::to_payload(self)
    }
}

impl FromPayload for Payload {
    fn from_payload(payload: &Payload) -> Result<Self, PayloadError> {
        Ok(payload.clone())
    }
}

/// A tuple of arguments for something whose parameters are known only by their order.
pub trait IntoArguments {
    /// Encodes every argument.
    fn into_arguments(self) -> Result<Vec<Payload>, PayloadError>;
}

macro_rules! into_arguments_for_tuples {
    ($(($($name:ident)*))*) => {$(
        impl<$($name: ToPayload),*> IntoArguments for ($($name,)*) {
            #[expect(non_snake_case, reason = "the type parameters also name the tuple's parts")]
            fn into_arguments(self) -> Result<Vec<Payload>, PayloadError> {
                let ($($name,)*) = self;
                Ok(vec![$($name.to_payload()?),*])
            }
        }
    )*};
}

impl IntoArguments for () {
    fn into_arguments(self) -> Result<Vec<Payload>, PayloadError> {
        Ok(Vec::new())
    }
}

into_arguments_for_tuples! { (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) (A B C D E F G) (A B C D E F G H) }

/// Received arguments, read one after the other.
///
/// A missing argument reads as `null`, so that an `Option` can be added at the end later; what is left over is ignored, as in Temporal's SDKs.
#[derive(Debug)]
pub struct Arguments {
    payloads: std::vec::IntoIter<Payload>,
    read: usize,
}

impl Arguments {
    pub(crate) fn new(payloads: Vec<Payload>) -> Self {
        Self {
            payloads: payloads.into_iter(),
            read: 0,
        }
    }

    /// Reads the next argument; `name` is for the failure's message.
    ///
    /// # Errors
    /// A non-retryable failure of kind [`INVALID_ARGUMENTS`] that names the argument.
    pub fn take<T: FromPayload>(&mut self, name: &str) -> Result<T, Failure> {
        self.read += 1;
        let (payload, missing) = match self.payloads.next() {
            Some(payload) => (payload, ""),
            None => (null(), " is missing"),
        };
        T::from_payload(&payload).map_err(|error| {
            let message = format!("argument {} (`{name}`){missing}: {error}", self.read);
            Failure::application(INVALID_ARGUMENTS, message).non_retryable()
        })
    }
}

/// The payload that stands for nothing.
pub(crate) fn null() -> Payload {
    encoded(NULL, Vec::new())
}

fn encoded(encoding: &[u8], data: Vec<u8>) -> Payload {
    Payload {
        metadata: vec![(ENCODING.to_owned(), encoding.to_vec())],
        data,
    }
}

fn encoding(payload: &Payload) -> &[u8] {
    payload
        .metadata
        .iter()
        .find(|(key, _)| key == ENCODING)
        .map_or(&[], |(_, value)| value)
}

fn wrong_encoding(payload: &Payload) -> PayloadError {
    PayloadError::WrongEncoding(String::from_utf8_lossy(encoding(payload)).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check<T: ToPayload + FromPayload + PartialEq + std::fmt::Debug>(value: T, encoding: &str, data: &str) {
        let payload = value.to_payload().unwrap();
        assert_eq!(
            payload.metadata,
            [("encoding".to_owned(), encoding.as_bytes().to_vec())]
        );
        assert_eq!(String::from_utf8_lossy(&payload.data), data);
        assert_eq!(T::from_payload(&payload).unwrap(), value);
    }

    #[test]
    fn values_and_their_encodings() {
        check("o-1".to_owned(), "json/plain", "\"o-1\"");
        check(vec![1, 2], "json/plain", "[1,2]");
        check(Some(7), "json/plain", "7");
        check(None::<u32>, "binary/null", "");
        check((), "binary/null", "");
        check(Bytes(b"raw".to_vec()), "binary/plain", "raw");
        check(encoded(b"binary/encrypted", b"??".to_vec()), "binary/encrypted", "??");
    }

    #[test]
    fn a_payload_of_another_kind_is_refused() {
        let encrypted = encoded(b"binary/encrypted", Vec::new());
        assert!(
            matches!(u32::from_payload(&encrypted), Err(PayloadError::WrongEncoding(name)) if name == "binary/encrypted")
        );
        assert!(matches!(
            u32::from_payload(&encoded(JSON, b"\"x\"".to_vec())),
            Err(PayloadError::Unreadable(_))
        ));
        assert!(matches!(
            Bytes::from_payload(&null()),
            Err(PayloadError::WrongEncoding(_))
        ));
    }

    #[test]
    fn missing_arguments_read_as_null_and_are_named_when_they_must_not() {
        let mut arguments = Arguments::new(("o-1",).into_arguments().unwrap());
        assert_eq!(arguments.take::<String>("order_id").unwrap(), "o-1");
        assert_eq!(arguments.take::<Option<u32>>("limit").unwrap(), None);
        let failure = arguments.take::<u32>("amount").unwrap_err();
        assert!(failure.is_application(INVALID_ARGUMENTS));
        assert!(
            failure.message().starts_with("argument 3 (`amount`) is missing"),
            "{failure}"
        );
    }
}
