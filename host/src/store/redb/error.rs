//! redb's errors as the store's.

use super::super::StoreError;
use std::io::ErrorKind;

/// What a failure of redb means for whoever wanted `operation` done.
pub(super) fn failed<E: Into<::redb::Error>>(operation: &'static str) -> impl FnOnce(E) -> StoreError {
    move |error| match error.into() {
        ::redb::Error::Io(source) => failed_io(operation)(source),
        ::redb::Error::Corrupted(reason) => StoreError::Corrupt {
            what: "the journal's file".into(),
            reason,
        },
        other => StoreError::Io {
            operation,
            source: Box::new(other),
        },
    }
}

/// What a failure of the disk means for whoever wanted `operation` done.
pub(super) fn failed_io(operation: &'static str) -> impl FnOnce(std::io::Error) -> StoreError {
    move |source| match source.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => StoreError::Full { operation },
        _ => StoreError::Io {
            operation,
            source: Box::new(source),
        },
    }
}

/// For whoever wants something done by a store in which a write has failed.
pub(super) fn failed_before(operation: &'static str) -> StoreError {
    StoreError::Io {
        operation,
        source: "an earlier write failed; stop the process and start it again".into(),
    }
}

/// Stored bytes that do not make sense.
pub(super) fn corrupt(what: impl Into<String>, reason: impl ToString) -> StoreError {
    StoreError::Corrupt {
        what: what.into(),
        reason: reason.to_string(),
    }
}
