//! What a guest asks for while it is activated: orders, in the imperative.

use crate::{
    ActivityTimeouts, CancellationType, ChildCancellationType, ExternalSignal, ExternalTarget, Failure, FailureInfo,
    IdConflictPolicy, IdReusePolicy, Millis, OperationId, ParentClosePolicy, Payload, PayloadMap, Priority,
    RetryPolicy, RunId, RunStarted, UpdateOutcome, WorkflowTimeouts,
};
use std::sync::Arc;

/// One order of the guest.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Have an activity done.
    ScheduleActivity(Arc<ActivityRequest>),
    /// Wake the run after a while.
    StartTimer(TimerRequest),
    /// Cancel what an operation is; a child is told the reason.
    CancelOperation(OperationId, String),
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
    /// Close the run, and start the next one of its workflow id.
    ContinueAsNew(Box<Continuation>),
    /// Answer an update that was accepted.
    CompleteUpdate(String, UpdateOutcome),
    /// Start a child.
    StartChild(Box<ChildRequest>),
    /// Send a signal to another run.
    SignalExternal(Box<ExternalSignal>),
    /// Ask another run to cancel itself, for this reason.
    CancelExternal(ExternalTarget, String),
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

/// A child, as the guest describes it.
#[derive(Clone, Debug, PartialEq)]
pub struct ChildRequest {
    /// The code to run.
    pub workflow_type: String,
    /// Its workflow id; one made of the parent's run and the operation if there is none.
    pub workflow_id: Option<String>,
    /// Where its activities go; the parent's own queue if there is none.
    pub task_queue: Option<String>,
    /// Its input, one payload an argument.
    pub input: Vec<Payload>,
    /// Context that travels beside the input.
    pub headers: PayloadMap,
    /// How long it may take.
    pub timeouts: WorkflowTimeouts,
    /// When it is tried again.
    pub retry: Option<RetryPolicy>,
    /// When each next run of it begins; empty for never.
    pub cron_schedule: String,
    /// What becomes of it when its parent closes.
    pub parent_close: ParentClosePolicy,
    /// What becomes of a workflow id that a closed run has used.
    pub reuse: IdReusePolicy,
    /// What becomes of a workflow id that an open run has.
    pub conflict: IdConflictPolicy,
    /// What the guest sees of its cancellation.
    pub cancellation: ChildCancellationType,
    /// What people describe it with.
    pub memo: PayloadMap,
    /// What people find it by.
    pub search_attributes: PayloadMap,
    /// The default place of its activities in their queues.
    pub priority: Option<Priority>,
    /// One line about it, for tools.
    pub summary: Option<Payload>,
    /// More about it, for tools.
    pub details: Option<Payload>,
}

/// The next run of the same workflow id, as the guest describes it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Continuation {
    /// The code to run; the same if there is none.
    pub workflow_type: Option<String>,
    /// Where its activities go; the same if there is none.
    pub task_queue: Option<String>,
    /// Its input, one payload an argument.
    pub input: Vec<Payload>,
    /// Context that travels beside the input.
    pub headers: PayloadMap,
    /// How long it may take; the same where there is none.
    pub timeouts: WorkflowTimeouts,
    /// When it is tried again; the same if there is none.
    pub retry: Option<RetryPolicy>,
    /// What people describe it with; the same if there is none.
    pub memo: Option<PayloadMap>,
    /// What people find it by; the same if there is none.
    pub search_attributes: Option<PayloadMap>,
    /// How long it waits before it begins.
    pub backoff: Option<Millis>,
}

impl ActivityRequest {
    /// The activity's name within its run, if it is this operation.
    pub fn id_as(&self, operation: OperationId) -> String {
        self.activity_id.clone().unwrap_or_else(|| operation.to_string())
    }

    /// The queue that it goes through, if it is that run's.
    pub fn task_queue_in<'a>(&'a self, run: &'a RunStarted) -> &'a str {
        self.task_queue.as_ref().unwrap_or(&run.task_queue)
    }

    /// Its place among others there, as far as it or that run says.
    pub fn priority_in(&self, run: &RunStarted) -> Option<Priority> {
        Priority::inherit(self.priority.as_ref(), run.priority.as_ref())
    }
}

impl ChildRequest {
    /// The child's workflow id, if it is that operation of that run.
    pub fn workflow_id_under(&self, parent: RunId, operation: OperationId) -> String {
        self.workflow_id
            .clone()
            .unwrap_or_else(|| format!("{parent}/{operation}"))
    }
}

impl Command {
    /// What the command's payloads take. Its names are bounded by what one call may carry.
    pub(crate) fn payload_bytes(&self) -> usize {
        let all = |payloads: &[Payload]| payloads.iter().map(Payload::size_bytes).sum::<usize>();
        let named = |map: &PayloadMap| {
            map.iter()
                .map(|(name, payload)| name.len() + payload.size_bytes())
                .sum::<usize>()
        };
        let told = |failure: &Failure| -> usize {
            let layers = failure.layers().iter();
            layers
                .map(|layer| {
                    let details = match &layer.info {
                        FailureInfo::Application(application) => &application.details[..],
                        FailureInfo::Cancelled(details) => details,
                        _ => &[],
                    };
                    let encoded = all(layer.encoded_attributes.as_slice());
                    layer.message.len() + layer.stack_trace.len() + all(details) + encoded
                })
                .sum()
        };
        match self {
            Self::ScheduleActivity(request) => all(&request.input) + named(&request.headers),
            Self::UpsertSearchAttributes(changes) | Self::UpsertMemo(changes) => named(changes),
            Self::CompleteRun(output) => all(output.as_slice()),
            Self::CancelRun(details) => all(details),
            Self::FailRun(failure) => told(failure),
            Self::ContinueAsNew(it) => {
                let maps = [Some(&it.headers), it.memo.as_ref(), it.search_attributes.as_ref()];
                all(&it.input) + maps.into_iter().flatten().map(named).sum::<usize>()
            }
            Self::CompleteUpdate(_, Ok(output)) => all(output.as_slice()),
            Self::CompleteUpdate(_, Err(failure)) => told(failure),
            Self::StartChild(it) => {
                let maps = [&it.headers, &it.memo, &it.search_attributes];
                all(&it.input) + maps.into_iter().map(named).sum::<usize>()
            }
            Self::SignalExternal(signal) => all(&signal.input) + named(&signal.headers),
            Self::StartTimer(_) | Self::CancelOperation(..) | Self::CancelExternal(..) => 0,
        }
    }
}
