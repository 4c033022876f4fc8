//! Task tokens: what a worker shows to speak for an attempt at an activity.
//!
//! A token says all that is needed to find the attempt, so the server remembers nothing of it, and carries a
//! keyed hash, so that nobody can make one up. It stays valid when the server restarts: the key is the host's.
//! Whether the attempt is still the current one is not for the token to know.

use blake3::Hash;
use mainspring_core::{Execution, OperationId, RunId};
use prost::Message;

/// Layout: the hash, then the body. The hash is cut to 128 bits, which nobody guesses over a network.
const HASH_BYTES: usize = 16;

/// Longer than any token made here; what is longer is not looked at.
const TOKEN_BYTES_MAX: usize = 4096;

/// The attempt that a worker speaks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TaskToken {
    pub(crate) namespace: String,
    pub(crate) execution: Execution,
    pub(crate) operation: OperationId,
    /// From 1.
    pub(crate) attempt: u32,
}

/// Makes tokens, and reads those that it has made.
#[derive(Clone)]
pub(crate) struct TokenKey([u8; 32]);

/// The bytes are no token of this server's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the task token was not issued by this server; return the token of the task, unchanged")]
pub(crate) struct ForgedToken;

/// The body, on the wire. Tags are permanent: workers hold tokens across an upgrade of the server.
#[derive(Clone, PartialEq, Message)]
struct Body {
    #[prost(string, tag = "1")]
    namespace: String,
    #[prost(string, tag = "2")]
    workflow_id: String,
    #[prost(bytes = "vec", tag = "3")]
    run_id: Vec<u8>,
    #[prost(uint64, tag = "4")]
    operation: u64,
    #[prost(uint32, tag = "5")]
    attempt: u32,
}

impl TokenKey {
    /// The key that belongs to this host's secret.
    pub(crate) fn of_host(secret: &[u8; 32]) -> Self {
        Self(blake3::derive_key("mainspring 2026 task token", secret))
    }

    pub(crate) fn seal(&self, token: &TaskToken) -> Vec<u8> {
        let body = Body {
            namespace: token.namespace.clone(),
            workflow_id: token.execution.workflow_id.clone(),
            run_id: token.execution.run_id.as_bytes().to_vec(),
            operation: token.operation.0,
            attempt: token.attempt,
        }
        .encode_to_vec();
        let mut sealed = self.hash(&body).as_bytes()[..HASH_BYTES].to_vec();
        sealed.extend_from_slice(&body);
        sealed
    }

    pub(crate) fn open(&self, sealed: &[u8]) -> Result<TaskToken, ForgedToken> {
        let (hash, body) = sealed.split_at_checked(HASH_BYTES).ok_or(ForgedToken)?;
        if sealed.len() > TOKEN_BYTES_MAX {
            return Err(ForgedToken);
        }
        // Comparing whole hashes is constant in time; the part that a token does not carry is taken from the right one.
        let right = self.hash(body);
        let mut shown = *right.as_bytes();
        shown[..HASH_BYTES].copy_from_slice(hash);
        if right != Hash::from_bytes(shown) {
            return Err(ForgedToken);
        }
        let body = Body::decode(body).map_err(|_| ForgedToken)?;
        let run_id = <[u8; 16]>::try_from(body.run_id).map_err(|_| ForgedToken)?;
        Ok(TaskToken {
            namespace: body.namespace,
            execution: Execution {
                workflow_id: body.workflow_id,
                run_id: RunId::from_bytes(run_id),
            },
            operation: OperationId(body.operation),
            attempt: body.attempt,
        })
    }

    fn hash(&self, body: &[u8]) -> Hash {
        blake3::keyed_hash(&self.0, body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> TaskToken {
        TaskToken {
            namespace: "default".into(),
            execution: Execution {
                workflow_id: "order-1".into(),
                run_id: RunId::from_bytes([9; 16]),
            },
            operation: OperationId(3),
            attempt: 2,
        }
    }

    #[test]
    fn a_token_comes_back_as_it_was() {
        let key = TokenKey::of_host(&[1; 32]);
        assert_eq!(key.open(&key.seal(&token())), Ok(token()));
    }

    #[test]
    fn no_changed_byte_goes_unnoticed() {
        let key = TokenKey::of_host(&[1; 32]);
        let sealed = key.seal(&token());
        for at in 0..sealed.len() {
            let mut forged = sealed.clone();
            forged[at] ^= 1;
            assert_eq!(key.open(&forged), Err(ForgedToken), "byte {at}");
        }
    }

    #[test]
    fn neither_rubbish_nor_another_hosts_token_is_accepted() {
        let key = TokenKey::of_host(&[1; 32]);
        let foreign = TokenKey::of_host(&[2; 32]).seal(&token());
        let sealed = key.seal(&token());
        for wrong in [
            &[][..],
            &[0; 15],
            &[0; 16],
            &foreign,
            &sealed[..sealed.len() - 1],
            &[0; 5000],
        ] {
            assert_eq!(key.open(wrong), Err(ForgedToken));
        }
    }
}
