//! What the process's exit code says.

use std::process::ExitCode;

/// How a command ended, for scripts and service managers. The numbers are part of the interface and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    Done = 0,
    Failed = 1,
    WorkflowNotCompleted = 2,
    NotFound = 3,
    Unreachable = 4,
    Refused = 5,
    Diverged = 6,
    AddressInUse = 10,
    DirectoryInUse = 11,
    DirectoryUnusable = 12,
    DirectoryNewer = 13,
    StoreFailed = 14,
    Usage = 64,
    Config = 78,
}

const ALL: [Exit; 14] = [
    Exit::Done,
    Exit::Failed,
    Exit::WorkflowNotCompleted,
    Exit::NotFound,
    Exit::Unreachable,
    Exit::Refused,
    Exit::Diverged,
    Exit::AddressInUse,
    Exit::DirectoryInUse,
    Exit::DirectoryUnusable,
    Exit::DirectoryNewer,
    Exit::StoreFailed,
    Exit::Usage,
    Exit::Config,
];

impl Exit {
    const fn meaning(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "something else went wrong",
            Self::WorkflowNotCompleted => {
                "the workflow failed, timed out, was cancelled or terminated; or the update failed"
            }
            Self::NotFound => "no such workflow, module, namespace or file",
            Self::Unreachable => "no server answers at the address",
            Self::Refused => "the request or the module was refused",
            Self::Diverged => "the module does not do what a history says",
            Self::AddressInUse => "another program listens at the address",
            Self::DirectoryInUse => "another server has the data directory open",
            Self::DirectoryUnusable => "the data directory cannot be used",
            Self::DirectoryNewer => "a newer version wrote the data directory",
            Self::StoreFailed => "the store failed while the server ran; nothing acknowledged is lost",
            Self::Usage => "the command line is wrong",
            Self::Config => "the configuration file is wrong",
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// The table of exit codes, for `--help`.
pub(crate) fn help() -> String {
    let lines = ALL.map(|exit| format!("  {:>2}  {}", exit as u8, exit.meaning()));
    format!("Exit codes:\n{}", lines.join("\n"))
}
