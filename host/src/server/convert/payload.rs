//! Payloads pass through unread; only the order of what the wire leaves unordered is settled here.

use mainspring_api::temporal::common::v1 as wire;
use mainspring_core::{Metadata, Payload, PayloadMap};
use std::collections::HashMap;

pub(crate) fn payload_from_wire(payload: wire::Payload) -> Payload {
    let mut metadata: Vec<_> = payload
        .metadata
        .into_iter()
        .map(|(key, value)| (key, value.into()))
        .collect();
    metadata.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    Payload {
        metadata: Metadata::new(metadata),
        data: payload.data.into(),
    }
}

pub(crate) fn payload_to_wire(payload: &Payload) -> wire::Payload {
    wire::Payload {
        metadata: payload
            .metadata
            .iter()
            .map(|(key, value)| (key.to_owned(), value.to_vec()))
            .collect(),
        data: payload.data.to_vec(),
        ..Default::default()
    }
}

/// A value of ours in the encoding that every SDK and tool can show.
pub(crate) fn json_payload(value: &serde_json::Value) -> wire::Payload {
    payload_to_wire(&Payload::encoded("json/plain", value.to_string()))
}

pub(crate) fn payloads_from_wire(payloads: Option<wire::Payloads>) -> Vec<Payload> {
    payloads
        .map(|payloads| payloads.payloads.into_iter().map(payload_from_wire).collect())
        .unwrap_or_default()
}

/// No payloads at all are written as a missing field, as Temporal's SDKs do.
pub(crate) fn payloads_to_wire<'a>(payloads: impl IntoIterator<Item = &'a Payload>) -> Option<wire::Payloads> {
    let payloads: Vec<_> = payloads.into_iter().map(payload_to_wire).collect();
    (!payloads.is_empty()).then_some(wire::Payloads { payloads })
}

pub(crate) fn header_from_wire(header: Option<wire::Header>) -> PayloadMap {
    header.map(|header| map_from_wire(header.fields)).unwrap_or_default()
}

pub(crate) fn header_to_wire(map: &PayloadMap) -> Option<wire::Header> {
    (!map.is_empty()).then(|| wire::Header {
        fields: map_to_wire(map),
    })
}

pub(crate) fn memo_from_wire(memo: Option<wire::Memo>) -> PayloadMap {
    memo.map(|memo| map_from_wire(memo.fields)).unwrap_or_default()
}

pub(crate) fn memo_to_wire(map: &PayloadMap) -> Option<wire::Memo> {
    (!map.is_empty()).then(|| wire::Memo {
        fields: map_to_wire(map),
    })
}

pub(crate) fn search_attributes_from_wire(attributes: Option<wire::SearchAttributes>) -> PayloadMap {
    attributes
        .map(|attributes| map_from_wire(attributes.indexed_fields))
        .unwrap_or_default()
}

pub(crate) fn search_attributes_to_wire(map: &PayloadMap) -> Option<wire::SearchAttributes> {
    (!map.is_empty()).then(|| wire::SearchAttributes {
        indexed_fields: map_to_wire(map),
    })
}

fn map_from_wire(fields: HashMap<String, wire::Payload>) -> PayloadMap {
    let mut map: PayloadMap = fields
        .into_iter()
        .map(|(name, payload)| (name, payload_from_wire(payload)))
        .collect();
    map.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    map
}

fn map_to_wire(map: &PayloadMap) -> HashMap<String, wire::Payload> {
    map.iter()
        .map(|(name, payload)| (name.clone(), payload_to_wire(payload)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_is_sorted_and_nothing_is_lost() {
        let metadata = [("messageType", "a.B"), ("encoding", "json/protobuf"), ("z", "\u{0}")];
        let sent = wire::Payload {
            metadata: metadata
                .map(|(key, value)| (key.to_owned(), value.as_bytes().to_vec()))
                .into(),
            data: vec![0, 159, 146, 150],
            ..Default::default()
        };
        let payload = payload_from_wire(sent.clone());
        assert!(payload.metadata.iter().is_sorted_by_key(|(key, _)| key));
        assert_eq!(payload.encoding(), Some("json/protobuf"));
        assert_eq!(payload_to_wire(&payload), sent);
    }
}
