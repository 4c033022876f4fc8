//! What a shard can be asked, and what it answers.

mod activity;
mod address;
mod any;
mod attempt;
mod description;
mod reset;
mod run;
mod schedule;
mod start;
mod update;

pub use activity::{ActivityDescription, OperateError};
pub use address::{AttemptRef, AttemptTarget, Reply, Target};
pub use any::Request;
pub use attempt::{ActivityTask, AttemptError, AttemptOutcome, Worker};
pub use description::{Blocked, Description, History, Progress};
pub use mainspring_core::{IdConflictPolicy, IdReusePolicy};
pub(super) use reset::FOLLOWERS_MAX;
pub use reset::{ChoosePoint, ResetError, ResetPoint, ResetRequest};
pub use run::{CancelRequest, PauseError, QueryError, RunError, Termination};
pub use schedule::{NewSchedule, ScheduleError, ScheduleName, ScheduleRequest};
pub use start::{Parentage, Scheduled, StartError, StartRequest, Started};
pub use update::{UpdateError, UpdateStatus, UpdateWithStartError};
