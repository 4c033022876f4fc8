//! Why a server does not start, with the exit code that says so.

use crate::cli::{CliError, Exit};
use mainspring::engine::OpenError;
use mainspring::store::redb;

impl From<OpenError> for CliError {
    fn from(error: OpenError) -> Self {
        let exit = match &error {
            OpenError::Redb(error) => match error {
                redb::OpenError::Locked { .. } => Exit::DirectoryInUse,
                redb::OpenError::Newer { .. } => Exit::DirectoryNewer,
                redb::OpenError::Unusable { .. }
                | redb::OpenError::NotOurs { .. }
                | redb::OpenError::Damaged { .. }
                | redb::OpenError::Store(_) => Exit::DirectoryUnusable,
            },
            OpenError::Directory { .. } | OpenError::Compiled { .. } | OpenError::Store(_) => Exit::DirectoryUnusable,
            OpenError::Wasm(_) | OpenError::Thread(_) => Exit::Failed,
        };
        Self::failed(&error).exiting(exit)
    }
}
