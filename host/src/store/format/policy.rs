//! What is to become of children, and of workflow ids that others have.

use super::Malformed;
use mainspring_core as core;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, prost::Enumeration)]
#[repr(i32)]
pub(super) enum ParentClose {
    Terminate = 0,
    Abandon = 1,
    RequestCancel = 2,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, prost::Enumeration)]
#[repr(i32)]
pub(super) enum IdReuse {
    AllowDuplicate = 0,
    AllowDuplicateFailedOnly = 1,
    RejectDuplicate = 2,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, prost::Enumeration)]
#[repr(i32)]
pub(super) enum IdConflict {
    Fail = 0,
    UseExisting = 1,
    TerminateExisting = 2,
}

/// The numbers are those of an activity's [`CancellationType`](super::options::CancellationType) where both have one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, prost::Enumeration)]
#[repr(i32)]
pub(super) enum ChildCancellation {
    TryCancel = 0,
    WaitCancellationCompleted = 1,
    Abandon = 2,
    WaitCancellationRequested = 3,
}

impl From<core::ParentClosePolicy> for ParentClose {
    fn from(policy: core::ParentClosePolicy) -> Self {
        match policy {
            core::ParentClosePolicy::Terminate => Self::Terminate,
            core::ParentClosePolicy::Abandon => Self::Abandon,
            core::ParentClosePolicy::RequestCancel => Self::RequestCancel,
        }
    }
}

pub(super) fn read_parent_close(stored: i32) -> Result<core::ParentClosePolicy, Malformed> {
    let field = "parent_close";
    let policy = ParentClose::try_from(stored).map_err(|_| Malformed::Unknown { field, value: stored })?;
    Ok(match policy {
        ParentClose::Terminate => core::ParentClosePolicy::Terminate,
        ParentClose::Abandon => core::ParentClosePolicy::Abandon,
        ParentClose::RequestCancel => core::ParentClosePolicy::RequestCancel,
    })
}

impl From<core::IdReusePolicy> for IdReuse {
    fn from(policy: core::IdReusePolicy) -> Self {
        match policy {
            core::IdReusePolicy::AllowDuplicate => Self::AllowDuplicate,
            core::IdReusePolicy::AllowDuplicateFailedOnly => Self::AllowDuplicateFailedOnly,
            core::IdReusePolicy::RejectDuplicate => Self::RejectDuplicate,
        }
    }
}

pub(super) fn read_id_reuse(stored: i32) -> Result<core::IdReusePolicy, Malformed> {
    let field = "reuse";
    let policy = IdReuse::try_from(stored).map_err(|_| Malformed::Unknown { field, value: stored })?;
    Ok(match policy {
        IdReuse::AllowDuplicate => core::IdReusePolicy::AllowDuplicate,
        IdReuse::AllowDuplicateFailedOnly => core::IdReusePolicy::AllowDuplicateFailedOnly,
        IdReuse::RejectDuplicate => core::IdReusePolicy::RejectDuplicate,
    })
}

impl From<core::IdConflictPolicy> for IdConflict {
    fn from(policy: core::IdConflictPolicy) -> Self {
        match policy {
            core::IdConflictPolicy::Fail => Self::Fail,
            core::IdConflictPolicy::UseExisting => Self::UseExisting,
            core::IdConflictPolicy::TerminateExisting => Self::TerminateExisting,
        }
    }
}

pub(super) fn read_id_conflict(stored: i32) -> Result<core::IdConflictPolicy, Malformed> {
    let field = "conflict";
    let policy = IdConflict::try_from(stored).map_err(|_| Malformed::Unknown { field, value: stored })?;
    Ok(match policy {
        IdConflict::Fail => core::IdConflictPolicy::Fail,
        IdConflict::UseExisting => core::IdConflictPolicy::UseExisting,
        IdConflict::TerminateExisting => core::IdConflictPolicy::TerminateExisting,
    })
}

impl From<core::ChildCancellationType> for ChildCancellation {
    fn from(cancellation: core::ChildCancellationType) -> Self {
        match cancellation {
            core::ChildCancellationType::TryCancel => Self::TryCancel,
            core::ChildCancellationType::WaitCancellationCompleted => Self::WaitCancellationCompleted,
            core::ChildCancellationType::WaitCancellationRequested => Self::WaitCancellationRequested,
            core::ChildCancellationType::Abandon => Self::Abandon,
        }
    }
}

pub(super) fn read_child_cancellation(stored: i32) -> Result<core::ChildCancellationType, Malformed> {
    let field = "child.cancellation";
    let cancellation = ChildCancellation::try_from(stored).map_err(|_| Malformed::Unknown { field, value: stored })?;
    Ok(match cancellation {
        ChildCancellation::TryCancel => core::ChildCancellationType::TryCancel,
        ChildCancellation::WaitCancellationCompleted => core::ChildCancellationType::WaitCancellationCompleted,
        ChildCancellation::WaitCancellationRequested => core::ChildCancellationType::WaitCancellationRequested,
        ChildCancellation::Abandon => core::ChildCancellationType::Abandon,
    })
}
