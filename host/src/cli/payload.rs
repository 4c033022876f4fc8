//! Values, from the command line and for it.

use super::{CliError, Exit};
use mainspring_api::temporal::common::v1::{Payload, Payloads};
use serde_json::Value;
use std::path::Path;

/// Reads a JSON text into the payload that every SDK's default converter makes of it.
pub(crate) fn from_json(text: &str) -> Result<Payload, String> {
    let value: Value = serde_json::from_str(text).map_err(|error| {
        format!(
            "{text:?} is not JSON ({error}); a text needs its own quotes, as in '\"{}\"'",
            text.replace('"', "")
        )
    })?;
    Ok(of_value(&value))
}

/// Reads `KEY=JSON`.
pub(crate) fn named_from_json(text: &str) -> Result<(String, Payload), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), from_json(value)?)),
        _ => Err(format!("{text:?} is not of the form KEY=JSON")),
    }
}

/// Reads a file, or standard input for `-`, as one argument.
pub(crate) fn from_file(path: &Path) -> Result<Payload, CliError> {
    let text = if path == Path::new("-") {
        std::io::read_to_string(std::io::stdin())
    } else {
        std::fs::read_to_string(path)
    };
    let text =
        text.map_err(|error| CliError::new(Exit::NotFound, format!("cannot read {}: {error}", path.display())))?;
    let value: Value = serde_json::from_str(&text)
        .map_err(|error| CliError::new(Exit::Usage, format!("{} is not JSON: {error}", path.display())))?;
    Ok(of_value(&value))
}

/// An argument list; none if it is empty.
pub(crate) fn list(payloads: Vec<Payload>) -> Option<Payloads> {
    (!payloads.is_empty()).then_some(Payloads { payloads })
}

fn of_value(value: &Value) -> Payload {
    let (encoding, data) = match value {
        Value::Null => ("binary/null", Vec::new()),
        // Cannot fail: every key of a JSON value is a string.
        value => ("json/plain", serde_json::to_vec(value).unwrap_or_default()),
    };
    Payload {
        metadata: [("encoding".to_owned(), encoding.as_bytes().to_vec())].into(),
        data,
        ..Default::default()
    }
}

/// A payload's value, where it is one that people can read.
pub(crate) fn to_value(payload: &Payload) -> Value {
    let encoding = payload
        .metadata
        .get("encoding")
        .map(|it| String::from_utf8_lossy(it))
        .unwrap_or_default();
    match encoding.as_ref() {
        "binary/null" => Value::Null,
        encoding if encoding.starts_with("json/") => {
            serde_json::from_slice(&payload.data).unwrap_or_else(|_| Value::String(format!("(damaged {encoding})")))
        }
        encoding => {
            let encoding = if encoding.is_empty() {
                "unknown encoding"
            } else {
                encoding
            };
            Value::String(format!("({encoding}, {} bytes)", payload.data.len()))
        }
    }
}

/// A list's values: nothing is `null`, one value stands for itself, more are an array.
pub(crate) fn list_to_value(payloads: Option<&Payloads>) -> Value {
    match payloads.map(|it| it.payloads.as_slice()).unwrap_or_default() {
        [] => Value::Null,
        [one] => to_value(one),
        many => many.iter().map(to_value).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_survives_the_way_there_and_back() {
        for text in ["null", "5", "\"order-1\"", r#"{"b":1,"a":[true]}"#] {
            let payload = from_json(text).expect("it is JSON");
            assert_eq!(
                to_value(&payload),
                serde_json::from_str::<Value>(text).expect("it is JSON")
            );
        }
    }

    #[test]
    fn a_text_without_quotes_is_explained() {
        let error = from_json("order-1").expect_err("it is no JSON");
        assert!(error.contains(r#"as in '"order-1"'"#), "{error}");
        assert_eq!(
            named_from_json("=1").expect_err("no key"),
            "\"=1\" is not of the form KEY=JSON"
        );
    }

    #[test]
    fn what_cannot_be_read_says_what_it_is() {
        let payload = |encoding: &str| Payload {
            metadata: [("encoding".to_owned(), encoding.as_bytes().to_vec())].into(),
            data: vec![1, 2, 3],
            ..Default::default()
        };
        assert_eq!(to_value(&payload("binary/encrypted")), "(binary/encrypted, 3 bytes)");
        assert_eq!(to_value(&payload("json/plain")), "(damaged json/plain)");
        assert_eq!(to_value(&Payload::default()), "(unknown encoding, 0 bytes)");
    }
}
