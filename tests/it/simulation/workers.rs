//! Workers: they take attempts, and complete, fail, repeat, forge or forget them. They outlive the host's crashes.

use super::world::World;
use mainspring::shard::{ActivityTask, AttemptError, AttemptOutcome, AttemptTarget, Request, Worker};
use mainspring_core::{ApplicationFailure, Event, Failure, FailureInfo, FailureLayer, Payload, Place, RunId};
use std::collections::BTreeMap;
use tokio::sync::oneshot::{Receiver, channel, error::TryRecvError};

#[derive(Default)]
pub(super) struct Workers {
    taking: Vec<Receiver<Result<Box<ActivityTask>, AttemptError>>>,
    held: Vec<ActivityTask>,
    reporting: Vec<Report>,
    /// Completions that the host has acknowledged, by run and operation.
    acknowledged: BTreeMap<(RunId, u64), String>,
    taken: u64,
}

/// The end of an attempt, told until it is acknowledged or refused.
struct Report {
    target: AttemptTarget,
    outcome: AttemptOutcome,
    answer: Receiver<Result<(), AttemptError>>,
}

impl Workers {
    /// Some worker does something, good or bad.
    pub(super) fn act(&mut self, world: &mut World) {
        self.hear(world);
        match world.rng.u8(..10) {
            0..4 => self.take_one(world),
            4..8 => self.finish_one(world),
            8 => self.misbehave(world),
            _ => self.heartbeat_one(world),
        }
    }

    /// Every worker does its duty.
    pub(super) fn serve(&mut self, world: &mut World) {
        self.hear(world);
        while !world.offers.is_empty() {
            self.take_one(world);
        }
        for task in std::mem::take(&mut self.held) {
            self.report(world, task.target().into(), completed(&task));
        }
    }

    /// What was acknowledged is in the histories as it was said.
    pub(super) fn check(&self, world: &World) {
        for ((run, operation), output) in &self.acknowledged {
            let recorded = world.history(*run).into_iter().find_map(|record| match record.event {
                Event::ActivityCompleted { attempt, output } if attempt.operation.0 == *operation => output,
                _ => None,
            });
            assert_eq!(
                recorded.map(|it| it.to_string()).as_ref(),
                Some(output),
                "an acknowledged result is lost"
            );
        }
    }

    fn hear(&mut self, world: &mut World) {
        let (mut held, mut acknowledged) = (Vec::new(), Vec::new());
        self.taking.retain_mut(|taking| match taking.try_recv() {
            Ok(Ok(task)) => {
                held.push(task);
                false
            }
            Ok(Err(_)) | Err(TryRecvError::Closed) => false,
            Err(TryRecvError::Empty) => true,
        });
        for task in held {
            let operation = task.target().operation;
            let is_over = world
                .history(task.target().execution.run_id)
                .iter()
                .any(|record| match &record.event {
                    Event::ActivityCompleted { attempt, .. } => attempt.operation == operation,
                    _ => false,
                });
            assert!(!is_over, "a completed activity is handed out again");
            self.taken += 1;
            self.held.push(*task);
        }
        let mut again = Vec::new();
        self.reporting.retain_mut(|report| match report.answer.try_recv() {
            Ok(Ok(())) => {
                if let AttemptOutcome::Completed(Some(output)) = &report.outcome {
                    let key = (report.target.execution.run_id, report.target.operation.0);
                    acknowledged.push((key, output.to_string()));
                }
                false
            }
            Ok(Err(_)) => false,
            Err(TryRecvError::Closed) => {
                again.push((report.target.clone(), report.outcome.clone()));
                false
            }
            Err(TryRecvError::Empty) => true,
        });
        for (key, output) in acknowledged {
            let before = self.acknowledged.insert(key, output.clone());
            assert!(
                before.is_none(),
                "two completions of one activity are acknowledged: {before:?} and {output}"
            );
        }
        for (target, outcome) in again {
            self.report(world, target, outcome);
        }
    }

    fn take_one(&mut self, world: &mut World) {
        if world.offers.is_empty() {
            return;
        }
        let at = world.rng.usize(..world.offers.len());
        let offer = world.offers.swap_remove(at);
        let (reply, answer) = channel();
        self.taking.push(answer);
        if world.rng.u8(..10) == 0 {
            // The poll was cancelled before the task came.
            self.taking.pop();
        }
        let worker = Worker {
            identity: "worker".into(),
            place: Place::Remote,
        };
        world.tell(|| {
            format!(
                "attempt {} of {:?} is taken",
                offer.target().attempt,
                offer.target().operation
            )
        });
        world.ask(Request::StartAttempt(offer.target().into(), worker, reply));
    }

    fn finish_one(&mut self, world: &mut World) {
        if self.held.is_empty() {
            return;
        }
        let at = world.rng.usize(..self.held.len());
        let task = self.held.swap_remove(at);
        match world.rng.u8(..10) {
            0..2 => {
                let outcome = AttemptOutcome::Failed(Box::new(failure()), Vec::new());
                self.report(world, task.target().into(), outcome);
            }
            // The worker dies with it: only a timeout can tell.
            2 => world.tell(|| format!("the worker of {:?} dies", task.target().operation)),
            _ => self.report(world, task.target().into(), completed(&task)),
        }
    }

    /// Reports what never was.
    fn misbehave(&mut self, world: &mut World) {
        let Some(mut target) = self.held.first().map(|task| AttemptTarget::from(task.target())) else {
            return;
        };
        // Tokens are authenticated before they come here; what gets through is at most out of date.
        target.attempt += 1_000;
        let (reply, _nobody_waits) = channel();
        let outcome = AttemptOutcome::Completed(Some(Payload::encoded("json/plain", "\"forged\"")));
        world.ask(Request::EndAttempt(target, outcome, "forger".into(), reply));
    }

    fn heartbeat_one(&mut self, world: &mut World) {
        let Some(target) = self.held.first().map(|task| AttemptTarget::from(task.target())) else {
            return;
        };
        let (reply, _nobody_waits) = channel();
        world.ask(Request::Heartbeat(
            target,
            vec![Payload::encoded("json/plain", "1")],
            reply,
        ));
    }

    fn report(&mut self, world: &mut World, target: AttemptTarget, outcome: AttemptOutcome) {
        let times = if world.rng.u8(..8) == 0 { 2 } else { 1 };
        for _ in 0..times {
            let (reply, answer) = channel();
            self.reporting.push(Report {
                target: target.clone(),
                outcome: outcome.clone(),
                answer,
            });
            world.ask(Request::EndAttempt(
                target.clone(),
                outcome.clone(),
                "worker".into(),
                reply,
            ));
        }
    }
}

/// Each activity answers with its own argument, or its type.
fn completed(task: &ActivityTask) -> AttemptOutcome {
    let output = match task.request.input.first() {
        Some(argument) => argument.clone(),
        None => Payload::encoded("binary/null", Vec::new()),
    };
    AttemptOutcome::Completed(Some(output))
}

fn failure() -> Failure {
    let info = FailureInfo::Application(ApplicationFailure {
        kind: "Unlucky".into(),
        ..Default::default()
    });
    Failure::new(FailureLayer::of_engine("the seed says so", info))
}
