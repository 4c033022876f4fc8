//! What schedules and their runs tell each other.

use super::super::child::{NotStartedCause, Outcome};
use super::super::failure::Failure;
use super::super::payload::{self, Payload};
use super::super::policy::{self, IdReuse};
use super::super::{Malformed, id};
use super::Action;
use super::progress::{self, Stop};
use bytes::Bytes;
use mainspring_core::schedule as core;
use mainspring_core::{ChildNotStarted, ChildOutcome, RunId, Timestamp};

#[derive(Clone, PartialEq, prost::Message)]
pub(in crate::store::format) struct ScheduledStart {
    #[prost(string, tag = "1")]
    schedule_id: String,
    #[prost(message, required, tag = "2")]
    action: Action,
    #[prost(bytes = "bytes", tag = "3")]
    run_id: Bytes,
    #[prost(fixed64, tag = "4")]
    random_seed_0: u64,
    #[prost(fixed64, tag = "5")]
    random_seed_1: u64,
    #[prost(enumeration = "IdReuse", tag = "6")]
    reuse: i32,
    #[prost(message, optional, tag = "7")]
    last_completion: Option<Payload>,
    #[prost(message, optional, tag = "8")]
    last_failure: Option<Failure>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(in crate::store::format) struct ScheduledStarted {
    #[prost(bytes = "bytes", tag = "1")]
    run_id: Bytes,
    /// When it started, if it has.
    #[prost(uint64, optional, tag = "4")]
    started_ms: Option<u64>,
    /// Why it will not, otherwise. The tags are those of the child's.
    #[prost(oneof = "NotStartedCause", tags = "2, 3")]
    cause: Option<NotStartedCause>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(in crate::store::format) struct ScheduledClosed {
    #[prost(bytes = "bytes", tag = "1")]
    first_run_id: Bytes,
    #[prost(oneof = "Outcome", tags = "2, 3, 4, 5, 6")]
    outcome: Option<Outcome>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(in crate::store::format) struct StopScheduled {
    #[prost(string, tag = "1")]
    schedule_id: String,
    #[prost(bytes = "bytes", tag = "2")]
    first_run_id: Bytes,
    #[prost(enumeration = "Stop", tag = "3")]
    stop: i32,
}

impl From<&core::ScheduledStart> for ScheduledStart {
    fn from(start: &core::ScheduledStart) -> Self {
        Self {
            schedule_id: start.schedule_id.clone(),
            action: start.action.as_ref().into(),
            run_id: id::run_id(start.run_id),
            random_seed_0: start.random_seed.0,
            random_seed_1: start.random_seed.1,
            reuse: IdReuse::from(start.reuse).into(),
            last_completion: payload::optional(start.last_completion.as_ref()),
            last_failure: start.last_failure.as_ref().map(Failure::from),
        }
    }
}

impl TryFrom<ScheduledStart> for core::ScheduledStart {
    type Error = Malformed;

    fn try_from(stored: ScheduledStart) -> Result<Self, Malformed> {
        let last_failure = stored.last_failure.map(mainspring_core::Failure::try_from);
        Ok(Self {
            schedule_id: stored.schedule_id,
            action: Box::new(stored.action.into()),
            run_id: id::read_run_id(&stored.run_id, "scheduled_start.run_id")?,
            random_seed: (stored.random_seed_0, stored.random_seed_1),
            reuse: policy::read_id_reuse(stored.reuse)?,
            last_completion: stored.last_completion.map(mainspring_core::Payload::from),
            last_failure: last_failure.transpose()?,
        })
    }
}

impl ScheduledStarted {
    pub(in crate::store::format) fn new(run_id: RunId, result: &Result<Timestamp, ChildNotStarted>) -> Self {
        Self {
            run_id: id::run_id(run_id),
            started_ms: result.as_ref().ok().map(|at| at.as_millis()),
            cause: result.as_ref().err().map(NotStartedCause::from),
        }
    }

    pub(in crate::store::format) fn read(self) -> Result<(RunId, Result<Timestamp, ChildNotStarted>), Malformed> {
        let run_id = id::read_run_id(&self.run_id, "scheduled_started.run_id")?;
        let result = match (self.started_ms, self.cause) {
            (Some(started), _) => Ok(Timestamp::from_millis(started)),
            (None, Some(cause)) => Err(cause.into()),
            (None, None) => return Err(Malformed::Missing("scheduled_started.cause")),
        };
        Ok((run_id, result))
    }
}

impl ScheduledClosed {
    pub(in crate::store::format) fn new(first_run_id: RunId, outcome: &ChildOutcome) -> Self {
        Self {
            first_run_id: id::run_id(first_run_id),
            outcome: Some(outcome.into()),
        }
    }

    pub(in crate::store::format) fn read(self) -> Result<(RunId, ChildOutcome), Malformed> {
        let first_run_id = id::read_run_id(&self.first_run_id, "scheduled_closed.first_run_id")?;
        let outcome = self.outcome.ok_or(Malformed::Missing("scheduled_closed.outcome"))?;
        Ok((first_run_id, outcome.try_into()?))
    }
}

impl StopScheduled {
    pub(in crate::store::format) fn new(schedule_id: &str, first_run_id: RunId, stop: core::Stop) -> Self {
        Self {
            schedule_id: schedule_id.to_owned(),
            first_run_id: id::run_id(first_run_id),
            stop: progress::stop(stop),
        }
    }

    pub(in crate::store::format) fn read(self) -> Result<(String, RunId, core::Stop), Malformed> {
        let first_run_id = id::read_run_id(&self.first_run_id, "stop_scheduled.first_run_id")?;
        Ok((self.schedule_id, first_run_id, progress::read_stop(self.stop)?))
    }
}
