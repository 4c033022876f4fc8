//! Workers on a stage.

use super::Stage;
use super::clients::{Answer, json};
use mainspring::shard::{
    ActivityTask, AttemptError, AttemptOutcome, AttemptTarget, Offer, OperateError, Request, Target, Worker,
};
use mainspring_core::{
    ActivityAction, ActivitySelection, ApplicationFailure, Failure, FailureInfo, FailureLayer, HeartbeatAnswer, Place,
};
use serde_json::Value;
use tokio::sync::oneshot::channel;

const IDENTITY: &str = "worker";

impl Stage {
    /// A worker takes the attempt that has been offered for longest; one must be on offer.
    pub(crate) fn take(&mut self) -> ActivityTask {
        self.try_take().expect("an attempt is offered, and may be taken")
    }

    /// The same; none if nothing is on offer that may still be taken.
    pub(crate) fn try_take(&mut self) -> Option<ActivityTask> {
        while let Some(offer) = self.be_offered() {
            if let Ok(task) = self.begin(offer).get() {
                return Some(*task);
            }
        }
        None
    }

    /// A worker is given what has been offered for longest, and has not begun it.
    pub(crate) fn be_offered(&mut self) -> Option<Offer> {
        self.offers.pop_front()
    }

    /// Who was offered it begins.
    pub(crate) fn begin(&mut self, offer: Offer) -> Answer<Box<ActivityTask>, AttemptError> {
        let worker = Worker {
            identity: IDENTITY.into(),
            place: Place::Remote,
        };
        let (reply, answer) = channel();
        self.ask(Request::StartAttempt(offer.target().into(), worker, reply));
        Answer(answer)
    }

    pub(crate) fn complete(&mut self, task: &ActivityTask, result: &Value) -> Answer<(), AttemptError> {
        self.end(task, AttemptOutcome::Completed(Some(json(result))))
    }

    /// Completes the activity of that id, whichever attempt it is at.
    pub(crate) fn complete_by_id(&mut self, workflow_id: &str, activity_id: &str, result: &Value) {
        let (reply, answer) = channel();
        let run = Target::current("default", workflow_id);
        self.ask(Request::FindAttempt(run, activity_id.into(), reply));
        let attempt: AttemptTarget = Answer::<_, AttemptError>(answer).get().expect("it is pending");
        let (reply, answer) = channel();
        let outcome = AttemptOutcome::Completed(Some(json(result)));
        self.ask(Request::EndAttempt(attempt, outcome, IDENTITY.into(), reply));
        Answer::<(), AttemptError>(answer).get().expect("it is taken");
    }

    /// Does something to all pending activities of the workflow's current run.
    pub(crate) fn operate(&mut self, workflow_id: &str, action: ActivityAction) {
        let (reply, answer) = channel();
        let run = Target::current("default", workflow_id);
        self.ask(Request::Operate(run, ActivitySelection::All, Box::new(action), reply));
        Answer::<_, OperateError>(answer).get().expect("it is done");
    }

    /// With a failure of that kind, which may be tried again.
    pub(crate) fn fail(&mut self, task: &ActivityTask, kind: &str) -> Answer<(), AttemptError> {
        self.end(task, AttemptOutcome::Failed(Box::new(failure(kind, false)), Vec::new()))
    }

    /// With a failure that is the last.
    pub(crate) fn fail_for_good(&mut self, task: &ActivityTask, kind: &str) -> Answer<(), AttemptError> {
        self.end(task, AttemptOutcome::Failed(Box::new(failure(kind, true)), Vec::new()))
    }

    pub(crate) fn report_cancelled(&mut self, task: &ActivityTask) -> Answer<(), AttemptError> {
        self.end(task, AttemptOutcome::Cancelled(Vec::new()))
    }

    /// Says that the attempt is alive, and hears whether it is to cancel itself.
    pub(crate) fn heartbeat(&mut self, task: &ActivityTask, details: &Value) -> Answer<HeartbeatAnswer, AttemptError> {
        let (reply, answer) = channel();
        self.ask(Request::Heartbeat(task.target().into(), vec![json(details)], reply));
        Answer(answer)
    }

    fn end(&mut self, task: &ActivityTask, outcome: AttemptOutcome) -> Answer<(), AttemptError> {
        let (reply, answer) = channel();
        self.ask(Request::EndAttempt(
            task.target().into(),
            outcome,
            IDENTITY.into(),
            reply,
        ));
        Answer(answer)
    }
}

fn failure(kind: &str, non_retryable: bool) -> Failure {
    let info = FailureInfo::Application(ApplicationFailure {
        kind: kind.into(),
        non_retryable,
        ..Default::default()
    });
    Failure::new(FailureLayer::of_engine("the worker says so", info))
}
