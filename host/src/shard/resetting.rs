//! Resets: a run's workflow goes on from an earlier point, as another run. Both belong to this shard, so the one closes
//! and the other begins in one batch.

use super::Shard;
use super::request::{RunError, Target};
use super::residency::{Settled, store_failed};
use crate::store::{
    ResetPoint as WhichActivation,
    search::{Condition, RunQuery},
};
use crate::wasm::Guests;
use mainspring_core::{
    Base, ChildOutcome, Content, Event, Execution, Failure, FailureInfo, FailureLayer, Message, NotReset, OperationId,
    Reapply, Record, RetryState, Run, RunId, RunReset, Sender, Timestamp,
};
use std::fmt;
use std::sync::Arc;

/// Runs that followed the one that is reset whose histories are read for what they were told. Past it a reset that wants
/// them is refused.
const FOLLOWERS_MAX: usize = 1_000;

/// Runs of a workflow id, the latest first, that are looked through for one that the same request made. Who repeats a
/// request does so soon.
const REPEATED_AFTER_MAX: usize = 1_000;

/// Runs that are looked through for the end of a chain. Past it its end counts as unknown.
const CHAIN_MAX: usize = 10_000;

/// A request to let a run go on from an earlier point, as another run.
#[derive(Clone, Debug)]
pub struct ResetRequest {
    /// From where.
    pub point: ResetPoint,
    /// The run id to be used.
    pub run_id: RunId,
    /// The seed to be used.
    pub random_seed: (u64, u64),
    /// Why.
    pub reason: String,
    /// Who asks.
    pub identity: String,
    /// The key by which the request is recognised when it comes again; empty for none.
    pub request_id: String,
    /// What people told the run after the point, and the new one is told again.
    pub reapply: Reapply,
}

/// The activation that is made anew. Everything before it stays.
#[derive(Clone, Debug)]
pub enum ResetPoint {
    /// The one after so many events.
    After(usize),
    /// One that every run has had that has done anything.
    Activation(WhichActivation),
    /// The one that somebody chooses who knows it by another name.
    Chosen(ChoosePoint),
}

/// Says how many events of a history are before a point, or why it has no such point.
#[derive(Clone)]
pub struct ChoosePoint(Arc<ChoiceOfPoint>);

type ChoiceOfPoint = dyn Fn(&[Record]) -> Result<usize, String> + Send + Sync;

/// Why a run was not reset.
#[derive(Debug, thiserror::Error)]
pub enum ResetError {
    /// It cannot begin again there.
    #[error(transparent)]
    Point(#[from] NotReset),
    /// Its history has no such point.
    #[error("{0}")]
    NoSuchPoint(String),
    /// It was followed by so many runs that what they were told cannot be told again at once.
    #[error(
        "the run was followed by more than {FOLLOWERS_MAX} others; reset one of the later ones, or leave out signals, \
         updates and requests to cancel"
    )]
    TooManyFollowers,
    /// The run could not be reached.
    #[error(transparent)]
    Run(#[from] RunError),
}

impl ResetPoint {
    fn find(&self, history: &[Record]) -> Result<usize, ResetError> {
        let is_activation = |record: &Record| matches!(record.event, Event::Activated(_));
        match self {
            Self::After(kept) => Ok(*kept),
            Self::Activation(WhichActivation::First) => history
                .iter()
                .position(is_activation)
                .ok_or(NotReset::NoActivation.into()),
            Self::Activation(WhichActivation::Last) => history
                .iter()
                .rposition(is_activation)
                .ok_or(NotReset::NoActivation.into()),
            Self::Chosen(ChoosePoint(choose)) => choose(history).map_err(ResetError::NoSuchPoint),
        }
    }
}

impl ChoosePoint {
    /// Chosen by a function of the run's history.
    pub fn new(choose: impl Fn(&[Record]) -> Result<usize, String> + Send + Sync + 'static) -> Self {
        Self(Arc::new(choose))
    }
}

impl fmt::Debug for ChoosePoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ChoosePoint")
    }
}

impl<G: Guests> Shard<G> {
    /// The current run of the workflow id, whichever is reset, closes if it is open.
    pub(super) fn reset(
        &mut self,
        target: &Target,
        request: ResetRequest,
        now: Timestamp,
    ) -> Result<RunId, ResetError> {
        let base = self.find(target)?;
        let current = self.find(&Target {
            run_id: None,
            ..target.clone()
        })?;
        if let Some(run) = self.run_of_request(target, &request)? {
            return Ok(run);
        }
        let history = self.whole_history(base).map_err(store_failed)?;
        let kept = request.point.find(&history)?;
        let followers = self.told_to_followers(&history, request.reapply)?;
        let (run_id, reason, identity) = (request.run_id, request.reason.clone(), request.identity.clone());
        let run = self.run_from(base, (&history, kept), &followers, request, now)?;
        // One that is closed need not give way.
        if let Some(resident) = self.residents.get_mut(&current)
            && resident.run_mut().give_way(run.state(), reason, identity, now).is_ok()
        {
            self.stage(current);
        }
        self.residents.insert(run, Settled::default(), true);
        self.stage(run_id);
        Ok(run_id)
    }

    /// The run that the same request made before. Since then others may have come after it, by themselves or by resets of
    /// other runs.
    fn run_of_request(&mut self, target: &Target, request: &ResetRequest) -> Result<Option<RunId>, RunError> {
        if self.load_if_of(request.run_id, &target.namespace, &target.workflow_id)? {
            return Ok(Some(request.run_id));
        }
        if request.request_id.is_empty() {
            return Ok(None);
        }
        let is_made_by = |id: &Option<String>| id.as_ref() == Some(&request.request_id);
        // What is not durable yet is in memory.
        let resident = self.residents.of_workflow(&target.namespace, &target.workflow_id);
        let mut known = resident.filter(|(_, run)| run.state().reset_request_id() == Some(&request.request_id));
        if let Some((id, _)) = known.next() {
            return Ok(Some(id));
        }
        let durable = self.store.find_runs(&RunQuery {
            namespace: target.namespace.clone(),
            condition: Condition::workflow_id(&target.workflow_id),
            before: None,
            limit: REPEATED_AFTER_MAX,
        });
        let runs = durable.map_err(store_failed)?.runs;
        let made = runs.iter().find(|run| is_made_by(&run.reset_request_id));
        let made = made.map(|run| run.execution.run_id);
        Ok(made.filter(|run| !self.leaving.contains(run)))
    }

    fn run_from(
        &self,
        base: RunId,
        (history, kept): (&[Record], usize),
        followers: &[Record],
        request: ResetRequest,
        now: Timestamp,
    ) -> Result<Run, ResetError> {
        let state = self.residents.get(&base).map(|resident| resident.run().state());
        let state = state.ok_or_else(|| RunError::Store(format!("run {base} cannot be loaded")))?;
        let started = state.started();
        // The type may have moved to another module since the run began.
        let module = self.modules.module_of(&started.namespace, &started.workflow_type);
        let reset = RunReset {
            base,
            run_id: request.run_id,
            random_seed: request.random_seed,
            module: module.unwrap_or_else(|_| started.module.clone()),
            reason: request.reason,
            identity: request.identity,
            request_id: request.request_id,
        };
        let base = Base {
            history,
            kept,
            state,
            followers,
        };
        Ok(Run::reset(&base, reset, request.reapply, now)?)
    }

    /// The events of the runs that followed a run by themselves.
    fn told_to_followers(&mut self, history: &[Record], reapply: Reapply) -> Result<Vec<Record>, ResetError> {
        let mut told = Vec::new();
        if !(reapply.signals || reapply.updates || reapply.cancel_requests) {
            return Ok(told);
        }
        let mut last = history.last().map(|record| record.event.clone());
        for _ in 0..FOLLOWERS_MAX {
            let Some(next) = last.as_ref().and_then(Event::successor) else {
                return Ok(told);
            };
            if !self.load(next) {
                return Ok(told);
            }
            let history = self.whole_history(next).map_err(store_failed)?;
            last = history.last().map(|record| record.event.clone());
            told.extend(history.into_iter().filter(|record| is_told(&record.event)));
        }
        Err(ResetError::TooManyFollowers)
    }

    /// The run that answers to an operation of a run now: the current one, if it was reset from that one and goes on
    /// with the operation.
    pub(super) fn with_heir(&mut self, target: Target, operation: OperationId) -> Result<Target, RunError> {
        let Some(run_id) = target.run_id else {
            return Ok(target);
        };
        let current = self
            .current_run(&target.namespace, &target.workflow_id)
            .map_err(store_failed)?;
        match current {
            Some(current) if current != run_id && self.load(current) => {
                let state = self.residents.get(&current).map(|resident| resident.run().state());
                let is_heir = state.is_some_and(|state| state.continues(run_id, operation));
                Ok(Target {
                    run_id: Some(if is_heir { current } else { run_id }),
                    ..target
                })
            }
            _ => Ok(target),
        }
    }

    /// Tells a parent how its child ended, if it has. A child that is open tells it by itself.
    pub(super) fn answer_of_child(&mut self, child: &Target, sender: &Sender) -> Result<(), RunError> {
        if let Some(outcome) = self.outcome_of_chain(child)? {
            let operation = sender.operation;
            self.send(Message::to_sender(sender, Content::ChildClosed { operation, outcome }));
        }
        Ok(())
    }

    /// How a chain of runs ended, if it has; the target is its first.
    fn outcome_of_chain(&mut self, first: &Target) -> Result<Option<ChildOutcome>, RunError> {
        let Some(first_run) = first.run_id else { return Ok(None) };
        let mut run = match self
            .current_run(&first.namespace, &first.workflow_id)
            .map_err(store_failed)?
        {
            Some(current) if self.first_of_chain(current) == Some(first_run) => current,
            _ => first_run,
        };
        for _ in 0..CHAIN_MAX {
            if !self.load_if_of(run, &first.namespace, &first.workflow_id)? {
                break;
            }
            let is_open = |state: &mainspring_core::RunState| !state.status().is_closed();
            if self.residents.get(&run).is_none_or(|it| is_open(it.run().state())) {
                return Ok(None);
            }
            let Some(last) = self.last_event(run)? else { break };
            match (ChildOutcome::of_close(&last), last.successor()) {
                (Some(outcome), _) => return Ok(Some(outcome)),
                (None, Some(next)) => run = next,
                (None, None) => break,
            }
        }
        let execution = Execution {
            workflow_id: first.workflow_id.clone(),
            run_id: first_run,
        };
        Ok(Some(unknown_end(&execution)))
    }

    fn first_of_chain(&mut self, run: RunId) -> Option<RunId> {
        let is_loaded = self.load(run);
        let resident = self.residents.get(&run).filter(|_| is_loaded)?;
        Some(resident.run().state().started().first_run_id)
    }

    /// What a run did last, durable or not.
    fn last_event(&self, run: RunId) -> Result<Option<Event>, RunError> {
        let unsettled = self.residents.get(&run).and_then(|resident| resident.unsettled.last());
        match self.staged_events(run).last().or(unsettled) {
            Some(record) => Ok(Some(record.event.clone())),
            None => self.store.last_event(run).map_err(store_failed),
        }
    }
}

/// Whether the event is what people told a run.
const fn is_told(event: &Event) -> bool {
    matches!(
        event,
        Event::SignalReceived(_) | Event::UpdateAccepted(_) | Event::CancelRequested { .. }
    )
}

fn unknown_end(child: &Execution) -> ChildOutcome {
    let layer = FailureLayer::of_engine(
        format!(
            "run {} of workflow {:?} is not kept any more",
            child.run_id, child.workflow_id
        ),
        FailureInfo::Server { non_retryable: true },
    );
    ChildOutcome::Failed(Failure::new(layer), RetryState::Unspecified)
}
