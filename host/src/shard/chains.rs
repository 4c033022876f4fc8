//! What became of a run that others know by its id: which one goes on with its work, and how its chain ended.

use super::Shard;
use super::request::{RunError, Target};
use super::residency::store_failed;
use crate::wasm::Guests;
use mainspring_core::{
    ChildOutcome, Content, Event, Execution, Failure, FailureInfo, FailureLayer, Message, OperationId, RetryState,
    RunId, Sender,
};

/// Runs that are looked through for the end of a chain. Past it its end counts as unknown.
const CHAIN_MAX: usize = 10_000;

impl<G: Guests> Shard<G> {
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
