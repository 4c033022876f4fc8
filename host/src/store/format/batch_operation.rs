//! Batch operations, with how far they are.

use super::id::{self, Execution};
use super::payload::{self, NamedPayload, Payload};
use super::{Malformed, decode, encode};
use crate::store::{
    BatchAction, BatchOperation, BatchPosition, BatchProgress, BatchReset, BatchRuns, BatchState, BatchTarget,
    ResetPoint,
};
use bytes::Bytes;
use mainspring_core as core;
use mainspring_core::Timestamp;

#[derive(Clone, PartialEq, prost::Message)]
struct Stored {
    #[prost(string, tag = "1")]
    namespace: String,
    #[prost(string, tag = "2")]
    id: String,
    #[prost(string, tag = "3")]
    reason: String,
    #[prost(string, tag = "4")]
    identity: String,
    #[prost(double, tag = "5")]
    per_second: f64,
    #[prost(uint64, tag = "6")]
    started_ms: u64,
    #[prost(message, required, tag = "7")]
    progress: Progress,
    #[prost(oneof = "Runs", tags = "10, 11")]
    runs: Option<Runs>,
    #[prost(oneof = "Action", tags = "20, 21, 22, 23, 24")]
    action: Option<Action>,
}

#[derive(Clone, PartialEq, prost::Oneof)]
enum Runs {
    #[prost(string, tag = "10")]
    Query(String),
    #[prost(message, tag = "11")]
    Listed(Listed),
}

#[derive(Clone, PartialEq, prost::Message)]
struct Listed {
    #[prost(message, repeated, tag = "1")]
    targets: Vec<Target>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Target {
    #[prost(string, tag = "1")]
    workflow_id: String,
    #[prost(bytes = "bytes", optional, tag = "2")]
    run_id: Option<Bytes>,
}

#[derive(Clone, PartialEq, prost::Oneof)]
enum Action {
    #[prost(message, tag = "20")]
    Terminate(Terminate),
    #[prost(message, tag = "21")]
    Signal(Signal),
    #[prost(message, tag = "22")]
    RequestCancel(Nothing),
    #[prost(message, tag = "23")]
    Delete(Nothing),
    #[prost(message, tag = "24")]
    Reset(Reset),
}

#[derive(Clone, PartialEq, prost::Message)]
struct Terminate {
    #[prost(message, repeated, tag = "1")]
    details: Vec<Payload>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Signal {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(message, repeated, tag = "2")]
    input: Vec<Payload>,
    #[prost(message, repeated, tag = "3")]
    headers: Vec<NamedPayload>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Reset {
    #[prost(enumeration = "Point", tag = "1")]
    point: i32,
    #[prost(bool, tag = "2")]
    signals: bool,
    #[prost(bool, tag = "3")]
    updates: bool,
    #[prost(bool, tag = "4")]
    cancel_requests: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, prost::Enumeration)]
#[repr(i32)]
enum Point {
    First = 0,
    Last = 1,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Nothing {}

#[derive(Clone, PartialEq, prost::Message)]
struct Progress {
    #[prost(enumeration = "State", tag = "1")]
    state: i32,
    #[prost(uint64, optional, tag = "2")]
    closed_ms: Option<u64>,
    #[prost(string, tag = "3")]
    end_reason: String,
    #[prost(uint64, optional, tag = "4")]
    total: Option<u64>,
    #[prost(uint64, tag = "5")]
    done: u64,
    #[prost(uint64, tag = "6")]
    failed: u64,
    #[prost(oneof = "Position", tags = "7, 8, 10")]
    next: Option<Position>,
    #[prost(message, repeated, tag = "9")]
    under_way: Vec<Execution>,
}

#[derive(Clone, PartialEq, prost::Oneof)]
enum Position {
    #[prost(bytes = "bytes", tag = "7")]
    Before(Bytes),
    #[prost(uint64, tag = "8")]
    After(u64),
    #[prost(message, tag = "10")]
    End(Nothing),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, prost::Enumeration)]
#[repr(i32)]
enum State {
    Running = 0,
    Completed = 1,
    Failed = 2,
}

/// Encodes a batch operation.
pub(in crate::store) fn encode_batch_operation(operation: &BatchOperation) -> Bytes {
    encode(&Stored {
        namespace: operation.namespace.clone(),
        id: operation.id.clone(),
        reason: operation.reason.clone(),
        identity: operation.identity.clone(),
        per_second: operation.per_second,
        started_ms: operation.started.as_millis(),
        progress: (&operation.progress).into(),
        runs: Some((&operation.runs).into()),
        action: Some((&operation.action).into()),
    })
}

/// Reads what [`encode_batch_operation`] wrote.
pub(in crate::store) fn decode_batch_operation(bytes: Bytes) -> Result<BatchOperation, Malformed> {
    let stored: Stored = decode(bytes)?;
    Ok(BatchOperation {
        namespace: stored.namespace,
        id: stored.id,
        runs: stored
            .runs
            .ok_or(Malformed::Missing("batch_operation.runs"))?
            .try_into()?,
        action: stored
            .action
            .ok_or(Malformed::Missing("batch_operation.action"))?
            .try_into()?,
        reason: stored.reason,
        identity: stored.identity,
        per_second: stored.per_second,
        started: Timestamp::from_millis(stored.started_ms),
        progress: stored.progress.try_into()?,
    })
}

impl From<&BatchRuns> for Runs {
    fn from(runs: &BatchRuns) -> Self {
        match runs {
            BatchRuns::Query(query) => Self::Query(query.clone()),
            BatchRuns::Listed(targets) => {
                let targets = targets.iter().map(|target| Target {
                    workflow_id: target.workflow_id.clone(),
                    run_id: target.run_id.map(id::run_id),
                });
                Self::Listed(Listed {
                    targets: targets.collect(),
                })
            }
        }
    }
}

impl TryFrom<Runs> for BatchRuns {
    type Error = Malformed;

    fn try_from(stored: Runs) -> Result<Self, Malformed> {
        Ok(match stored {
            Runs::Query(query) => Self::Query(query),
            Runs::Listed(listed) => {
                let targets = listed.targets.into_iter().map(|target| {
                    Ok(BatchTarget {
                        workflow_id: target.workflow_id,
                        run_id: id::read_optional_run_id(target.run_id, "batch_operation.run_id")?,
                    })
                });
                Self::Listed(targets.collect::<Result<_, Malformed>>()?)
            }
        })
    }
}

impl From<&BatchAction> for Action {
    fn from(action: &BatchAction) -> Self {
        match action {
            BatchAction::Terminate(details) => Self::Terminate(Terminate {
                details: payload::list(details),
            }),
            BatchAction::Signal { name, input, headers } => Self::Signal(Signal {
                name: name.clone(),
                input: payload::list(input),
                headers: payload::map(headers),
            }),
            BatchAction::RequestCancel => Self::RequestCancel(Nothing {}),
            BatchAction::Delete => Self::Delete(Nothing {}),
            BatchAction::Reset(reset) => Self::Reset(reset.into()),
        }
    }
}

impl TryFrom<Action> for BatchAction {
    type Error = Malformed;

    fn try_from(stored: Action) -> Result<Self, Malformed> {
        Ok(match stored {
            Action::Terminate(terminate) => Self::Terminate(payload::read_list(terminate.details)),
            Action::Signal(signal) => Self::Signal {
                name: signal.name,
                input: payload::read_list(signal.input),
                headers: payload::read_map(signal.headers),
            },
            Action::RequestCancel(Nothing {}) => Self::RequestCancel,
            Action::Delete(Nothing {}) => Self::Delete,
            Action::Reset(reset) => Self::Reset(reset.try_into()?),
        })
    }
}

impl From<&BatchReset> for Reset {
    fn from(reset: &BatchReset) -> Self {
        let point = match reset.point {
            ResetPoint::First => Point::First,
            ResetPoint::Last => Point::Last,
        };
        Self {
            point: point.into(),
            signals: reset.reapply.signals,
            updates: reset.reapply.updates,
            cancel_requests: reset.reapply.cancel_requests,
        }
    }
}

impl TryFrom<Reset> for BatchReset {
    type Error = Malformed;

    fn try_from(stored: Reset) -> Result<Self, Malformed> {
        let (field, value) = ("batch_operation.reset.point", stored.point);
        Ok(Self {
            point: match Point::try_from(value).map_err(|_| Malformed::Unknown { field, value })? {
                Point::First => ResetPoint::First,
                Point::Last => ResetPoint::Last,
            },
            reapply: core::Reapply {
                signals: stored.signals,
                updates: stored.updates,
                cancel_requests: stored.cancel_requests,
            },
        })
    }
}

impl From<&BatchProgress> for Progress {
    fn from(progress: &BatchProgress) -> Self {
        let state = match progress.state {
            BatchState::Running => State::Running,
            BatchState::Completed => State::Completed,
            BatchState::Failed => State::Failed,
        };
        let next = match progress.next {
            BatchPosition::Beginning => None,
            BatchPosition::Before(run) => Some(Position::Before(id::run_id(run))),
            BatchPosition::After(count) => Some(Position::After(count)),
            BatchPosition::End => Some(Position::End(Nothing {})),
        };
        Self {
            state: state.into(),
            closed_ms: progress.closed.map(Timestamp::as_millis),
            end_reason: progress.end_reason.clone(),
            total: progress.total,
            done: progress.done,
            failed: progress.failed,
            under_way: progress.under_way.iter().map(Execution::from).collect(),
            next,
        }
    }
}

impl TryFrom<Progress> for BatchProgress {
    type Error = Malformed;

    fn try_from(stored: Progress) -> Result<Self, Malformed> {
        let (field, value) = ("batch_operation.state", stored.state);
        let state = match State::try_from(value).map_err(|_| Malformed::Unknown { field, value })? {
            State::Running => BatchState::Running,
            State::Completed => BatchState::Completed,
            State::Failed => BatchState::Failed,
        };
        let next = match stored.next {
            None => BatchPosition::Beginning,
            Some(Position::Before(run)) => BatchPosition::Before(id::read_run_id(&run, "batch_operation.before")?),
            Some(Position::After(count)) => BatchPosition::After(count),
            Some(Position::End(Nothing {})) => BatchPosition::End,
        };
        let under_way = stored.under_way.into_iter().map(core::Execution::try_from);
        Ok(Self {
            state,
            closed: stored.closed_ms.map(Timestamp::from_millis),
            end_reason: stored.end_reason,
            total: stored.total,
            done: stored.done,
            failed: stored.failed,
            under_way: under_way.collect::<Result<_, Malformed>>()?,
            next,
        })
    }
}
