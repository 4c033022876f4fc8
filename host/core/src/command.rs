//! What a guest asks for while it is activated: orders, in the imperative.

use crate::{
    ActivityTimeouts, CancellationType, Failure, Millis, OperationId, Payload, PayloadMap, Priority, RetryPolicy,
};
use std::sync::Arc;

/// One order of the guest.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Have an activity done.
    ScheduleActivity(Arc<ActivityRequest>),
    /// Wake the run after a while.
    StartTimer(TimerRequest),
    /// Cancel an activity or a timer.
    CancelOperation(OperationId),
    /// Change what the run is found by.
    UpsertSearchAttributes(PayloadMap),
    /// Change what the run is described with.
    UpsertMemo(PayloadMap),
    /// Close the run with a result.
    CompleteRun(Option<Payload>),
    /// Close the run with a failure.
    FailRun(Failure),
    /// Close the run as cancelled; only after somebody asked for it.
    CancelRun(Vec<Payload>),
}

/// An activity, as the guest describes it.
#[derive(Clone, Debug, PartialEq)]
pub struct ActivityRequest {
    /// What is to be done.
    pub activity_type: String,
    /// The activity's name within its run; the operation id if there is none.
    pub activity_id: Option<String>,
    /// Who is to do it; the run's own queue if there is none.
    pub task_queue: Option<String>,
    /// Its input, one payload an argument.
    pub input: Vec<Payload>,
    /// Context that travels beside the input.
    pub headers: PayloadMap,
    /// How long it may take.
    pub timeouts: ActivityTimeouts,
    /// When it is tried again; [`RetryPolicy::default`] if there is none.
    pub retry: Option<RetryPolicy>,
    /// What the guest sees of its cancellation.
    pub cancellation: CancellationType,
    /// Whether a worker in the host's own process is preferred.
    pub local: bool,
    /// Its place among others in the queue.
    pub priority: Option<Priority>,
    /// One line about it, for tools.
    pub summary: Option<Payload>,
    /// More about it, for tools.
    pub details: Option<Payload>,
}

/// A timer, as the guest describes it.
#[derive(Clone, Debug, PartialEq)]
pub struct TimerRequest {
    /// How long it runs.
    pub after: Millis,
    /// One line about it, for tools.
    pub summary: Option<Payload>,
    /// More about it, for tools.
    pub details: Option<Payload>,
}

impl Command {
    /// What the command's payloads take. Its names are bounded by what one call may carry.
    pub(crate) fn payload_bytes(&self) -> usize {
        let all = |payloads: &[Payload]| payloads.iter().map(Payload::size_bytes).sum::<usize>();
        let named = |map: &PayloadMap| {
            map.iter()
                .map(|(name, payload)| name.len() + payload.size_bytes())
                .sum()
        };
        match self {
            Self::ScheduleActivity(request) => all(&request.input) + named(&request.headers),
            Self::UpsertSearchAttributes(changes) | Self::UpsertMemo(changes) => named(changes),
            Self::CompleteRun(output) => all(output.as_slice()),
            Self::CancelRun(details) => all(details),
            Self::FailRun(failure) => failure
                .layers()
                .iter()
                .map(|it| it.message.len() + it.stack_trace.len())
                .sum(),
            Self::StartTimer(_) | Self::CancelOperation(_) => 0,
        }
    }
}
