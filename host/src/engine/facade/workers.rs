//! Workers: what they take, and what they report.

use super::call::{CallError, answer};
use crate::dispatch::QueueName;
use crate::engine::{ActivityFunction, Engine};
use crate::shard::{ActivityTask, AttemptError, AttemptOutcome, AttemptTarget, Request, Target, Worker};
use mainspring_core::{HeartbeatAnswer, Payload, Place};
use tokio::sync::oneshot;

impl Engine {
    /// Waits for an activity of that queue, for as long as it takes. A worker may name the rate at which all workers of
    /// the queue together are to be given something; one that an operator has set goes before it. Dropping the future loses nothing: an attempt
    /// that was about to be handed over is offered to others.
    pub async fn poll_activity(
        &self,
        namespace: &str,
        task_queue: &str,
        identity: &str,
        rate: Option<f32>,
    ) -> Result<Box<ActivityTask>, CallError<AttemptError>> {
        self.check_namespace(namespace)?;
        let queue = QueueName {
            namespace: namespace.to_owned(),
            name: task_queue.to_owned(),
        };
        loop {
            let mut waiting = self
                .parts
                .dispatcher
                .poll(queue.clone(), identity, rate, self.parts.ambient.now());
            let offer = waiting.offer().await;
            let worker = Worker {
                identity: identity.to_owned(),
                place: Place::Remote,
            };
            let target = offer.target().into();
            let answer = self.request(|reply| Request::StartAttempt(target, worker, reply));
            let task = match answer {
                Ok(answer) => Handover { engine: self, answer }.task().await,
                Err(error) => Err(error),
            };
            match task {
                Ok(task) => return Ok(task),
                // The activity has ended since it was offered; there may be others.
                Err(CallError::Refused(_) | CallError::NoSuchNamespace(_) | CallError::Deprecated(_)) => {}
                Err(CallError::Busy) => {
                    self.parts.dispatcher.put_back(offer, self.parts.ambient.now());
                    return Err(CallError::Busy);
                }
                Err(CallError::Stopping) => return Err(CallError::Stopping),
            }
        }
    }

    /// The attempt that an activity is at, for who knows it by its id within the run.
    pub async fn find_attempt(
        &self,
        target: Target,
        activity_id: String,
    ) -> Result<AttemptTarget, CallError<AttemptError>> {
        self.ask(|reply| Request::FindAttempt(target, activity_id, reply)).await
    }

    /// Reports the end of an attempt. Durable when it returns.
    pub async fn end_attempt(
        &self,
        target: AttemptTarget,
        outcome: AttemptOutcome,
        identity: String,
    ) -> Result<(), CallError<AttemptError>> {
        self.ask(|reply| Request::EndAttempt(target, outcome, identity, reply))
            .await
    }

    /// Reports progress. Returns what the worker is to know.
    pub async fn heartbeat(
        &self,
        target: AttemptTarget,
        details: Vec<Payload>,
    ) -> Result<HeartbeatAnswer, CallError<AttemptError>> {
        self.ask(|reply| Request::Heartbeat(target, details, reply)).await
    }

    /// Registers a function of this process as an activity. It is preferred to workers of other processes.
    pub fn register_activity(
        &self,
        namespace: &str,
        task_queue: &str,
        activity_type: &str,
        function: ActivityFunction,
    ) {
        self.parts
            .local
            .register(namespace, task_queue, activity_type, function);
    }
}

/// An attempt on its way to a poll. A task that has been sent to a poll that is gone by then goes back to its queue.
struct Handover<'e> {
    engine: &'e Engine,
    answer: oneshot::Receiver<Result<Box<ActivityTask>, AttemptError>>,
}

impl Handover<'_> {
    async fn task(mut self) -> Result<Box<ActivityTask>, CallError<AttemptError>> {
        answer(&mut self.answer).await
    }
}

impl Drop for Handover<'_> {
    fn drop(&mut self) {
        // From here on the shard itself sees that nobody waits.
        self.answer.close();
        if let Ok(Ok(task)) = self.answer.try_recv() {
            let returned =
                |reply| Request::EndAttempt(task.target().into(), AttemptOutcome::Returned, String::new(), reply);
            // If there are too many requests, the attempt times out, as one whose worker is gone.
            drop(self.engine.request::<(), AttemptError>(returned));
        }
    }
}
