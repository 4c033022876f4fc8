//! Keys as bytes whose order is the order of what they say.

use super::super::ShardId;
use mainspring_core::{OperationId, RunId, Timestamp};

pub(super) const fn position(position: u64) -> [u8; 8] {
    position.to_be_bytes()
}

pub(super) const fn run(run: &RunId) -> &[u8; 16] {
    run.as_bytes()
}

pub(super) const fn shard(shard: ShardId) -> [u8; 2] {
    shard.0.to_be_bytes()
}

pub(super) fn attempt(run: RunId, operation: OperationId) -> [u8; 24] {
    let mut key = [0; 24];
    key[..16].copy_from_slice(run.as_bytes());
    key[16..].copy_from_slice(&operation.0.to_be_bytes());
    key
}

pub(super) fn open(of: ShardId, run: RunId) -> [u8; 18] {
    let mut key = [0; 18];
    key[..2].copy_from_slice(&shard(of));
    key[2..].copy_from_slice(run.as_bytes());
    key
}

/// What the keys of a namespace's closed runs begin with, for one shard.
pub(super) fn closed_in(of: ShardId, namespace: &str) -> Vec<u8> {
    let mut key = shard(of).to_vec();
    push_text(&mut key, namespace);
    key
}

pub(super) fn closed(of: ShardId, namespace: &str, closed: Timestamp, run: RunId) -> Vec<u8> {
    let mut key = closed_in(of, namespace);
    key.extend_from_slice(&closed.as_millis().to_be_bytes());
    key.extend_from_slice(run.as_bytes());
    key
}

pub(super) fn message(of: ShardId, number: u64) -> [u8; 10] {
    let mut key = [0; 10];
    key[..2].copy_from_slice(&shard(of));
    key[2..].copy_from_slice(&number.to_be_bytes());
    key
}

pub(super) fn schedule(of: ShardId, namespace: &str, id: &str) -> Vec<u8> {
    let mut key = shard(of).to_vec();
    push_text(&mut key, namespace);
    key.extend_from_slice(id.as_bytes());
    key
}

/// Appends text of which more may follow. UTF-8 has no byte 255, so every byte can move up by one and leave 0 to end
/// the text; a shorter text then sorts before those that continue it.
pub(super) fn push_text(key: &mut Vec<u8>, text: &str) {
    key.extend(text.bytes().map(|byte| byte + 1));
    key.push(0);
}

/// Reads text that was [written](push_text) so, and after which nothing follows.
pub(super) fn text(key: &[u8]) -> Option<String> {
    let (0, text) = key.split_last().map(|(end, text)| (*end, text))? else {
        return None;
    };
    let bytes: Option<Vec<u8>> = text.iter().map(|byte| byte.checked_sub(1)).collect();
    String::from_utf8(bytes?).ok()
}

/// Text, and what is to follow it.
pub(super) fn text_and(text: &str, rest: &[u8]) -> Vec<u8> {
    let mut key = Vec::with_capacity(text.len() + 1 + rest.len());
    push_text(&mut key, text);
    key.extend_from_slice(rest);
    key
}

/// The first key that is greater than all that begin with these bytes, which end a text.
pub(super) fn after_text(mut prefix: Vec<u8>) -> Vec<u8> {
    let end = prefix.last_mut().expect("a text ends with 0");
    assert_eq!(*end, 0, "a text ends with 0");
    *end = 1;
    prefix
}

/// The big-endian number that ends a key.
pub(super) fn last_u64(key: &[u8]) -> Option<u64> {
    key.last_chunk().copied().map(u64::from_be_bytes)
}

/// The run id that ends a key.
pub(super) fn last_run(key: &[u8]) -> Option<RunId> {
    key.last_chunk().copied().map(RunId::from_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn texts_sort_as_keys(left in ".{0,6}", right in ".{0,6}", tail in any::<(u8, u8)>()) {
            let keys = (text_and(&left, &[tail.0]), text_and(&right, &[tail.1]));
            prop_assert_eq!(keys.0.cmp(&keys.1), (left.as_str(), tail.0).cmp(&(right.as_str(), tail.1)));
        }

        #[test]
        fn a_text_ends_before_what_follows_it(text in ".{0,6}", rest in any::<Vec<u8>>()) {
            let key = text_and(&text, &rest);
            prop_assert_eq!(super::text(&text_and(&text, &[])), Some(text.clone()));
            prop_assert!(key >= text_and(&text, &[]));
            prop_assert!(key < after_text(text_and(&text, &[])));
        }
    }
}
