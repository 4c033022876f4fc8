//! What a run knows of itself.

use crate::run::Run;

pub use crate::bindings::exports::mainspring::workflow::guest::RunInfo;

/// The run's identity and how it was started.
pub fn info() -> RunInfo {
    Run::current().info.clone()
}

/// The type under which it was started.
pub fn workflow_type() -> String {
    Run::current().workflow_type.clone()
}

/// Events in the history so far.
pub fn history_length() -> u64 {
    Run::current().history_length.get()
}

/// Does the host advise to continue as new?
pub fn continue_as_new_suggested() -> bool {
    Run::current().continue_as_new_suggested.get()
}
