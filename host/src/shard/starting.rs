//! Starting workflows: the workflow id is the idempotency key, and the policies say what its second use means.

use super::Shard;
use super::request::{IdConflictPolicy, IdReusePolicy, RunError, StartError, StartRequest, Started, Termination};
use super::residency::{Settled, store_failed};
use crate::cron;
use crate::wasm::Guests;
use mainspring_core::{Execution, Origin, Run, RunId, RunStarted, RunState, RunStatus, SignalReceived, Timestamp};

/// The run that has a workflow id already.
struct Holder {
    run_id: RunId,
    status: RunStatus,
    request_id: String,
}

/// What a start comes to.
enum Verdict {
    Start,
    Existing(RunId),
    Replace(RunId),
}

impl<G: Guests> Shard<G> {
    pub(super) fn start(&mut self, request: StartRequest, now: Timestamp) -> Result<Started, StartError> {
        let started = match self.judge(&request)? {
            Verdict::Existing(run_id) => return Ok(Started { run_id, is_new: false }),
            Verdict::Start => self.begin(request, now)?,
            Verdict::Replace(old) => {
                // Not before it is known that the new run can begin.
                self.module_for(&request)?;
                self.replace(old, &request, now)?;
                self.begin(request, now)?
            }
        };
        self.stage(started.run_id);
        Ok(started)
    }

    pub(super) fn signal_with_start(
        &mut self,
        request: StartRequest,
        signal: SignalReceived,
        now: Timestamp,
    ) -> Result<Started, StartError> {
        let has_signal = |state: &RunState| state.has_signal(&signal.request_id);
        // A signal goes to whatever runs.
        let started = self.start_unless_running(request, has_signal, true, now)?;
        if let Some(resident) = self.residents.get_mut(&started.run_id) {
            resident.run_mut().signal(signal, now).map_err(|_| RunError::Closed)?;
        }
        self.stage(started.run_id);
        Ok(started)
    }

    /// Starts a workflow for a message, unless its run has taken this very message before, or takes it now: what runs
    /// is then kept `whatever` it is, or as the conflict policy says.
    pub(super) fn start_unless_running(
        &mut self,
        request: StartRequest,
        has_message: impl FnOnce(&RunState) -> bool,
        whatever: bool,
        now: Timestamp,
    ) -> Result<Started, StartError> {
        if let Some(holder) = self.holder(&request)? {
            let resident = self.residents.get(&holder.run_id);
            let is_known = resident.is_some_and(|resident| has_message(resident.run().state()));
            let may_keep = whatever || request.conflict == IdConflictPolicy::UseExisting;
            let runs = !holder.status.is_closed() && request.conflict != IdConflictPolicy::TerminateExisting;
            if is_known || runs && may_keep {
                return Ok(Started {
                    run_id: holder.run_id,
                    is_new: false,
                });
            }
        }
        self.start(request, now)
    }

    /// Starts the run that follows one that has closed, in the same batch.
    pub(super) fn succeed(&mut self, mut started: Box<RunStarted>, now: Timestamp) {
        if let Ok(module) = self.modules.module_of(&started.namespace, &started.workflow_type) {
            started.module = module;
        }
        let run_id = started.execution.run_id;
        self.residents
            .insert(Run::start(*started, now), Settled::default(), true);
        self.stage(run_id);
    }

    fn judge(&mut self, request: &StartRequest) -> Result<Verdict, StartError> {
        let Some(holder) = self.holder(request)? else {
            return Ok(Verdict::Start);
        };
        if !request.request_id.is_empty() && holder.request_id == request.request_id {
            return Ok(Verdict::Existing(holder.run_id));
        }
        let is_open = !holder.status.is_closed();
        let may_start = match (is_open, request.conflict, request.reuse) {
            (true, IdConflictPolicy::UseExisting, _) => return Ok(Verdict::Existing(holder.run_id)),
            (true, IdConflictPolicy::TerminateExisting, _) => return Ok(Verdict::Replace(holder.run_id)),
            (true, IdConflictPolicy::Fail, _) | (false, _, IdReusePolicy::RejectDuplicate) => false,
            (false, _, IdReusePolicy::AllowDuplicate) => true,
            (false, _, IdReusePolicy::AllowDuplicateFailedOnly) => holder.status != RunStatus::Completed,
        };
        if may_start {
            return Ok(Verdict::Start);
        }
        Err(StartError::AlreadyStarted {
            workflow_id: request.execution.workflow_id.clone(),
            run_id: holder.run_id,
            request_id: holder.request_id,
            is_open,
        })
    }

    fn holder(&mut self, request: &StartRequest) -> Result<Option<Holder>, RunError> {
        let current = self
            .current_run(&request.namespace, &request.execution.workflow_id)
            .map_err(store_failed)?;
        let Some(run_id) = current else { return Ok(None) };
        if !self.load(run_id) {
            return Err(RunError::Store(format!("run {run_id} cannot be loaded")));
        }
        Ok(self.residents.get(&run_id).map(|resident| {
            let state = resident.run().state();
            Holder {
                run_id,
                status: state.status(),
                request_id: state.started().request_id.clone(),
            }
        }))
    }

    fn replace(&mut self, old: RunId, request: &StartRequest, now: Timestamp) -> Result<(), RunError> {
        let Some(resident) = self.residents.get_mut(&old) else {
            return Ok(());
        };
        let termination = Termination {
            reason: "replaced by a new run of the same workflow id".into(),
            identity: request.identity.clone(),
            ..Termination::default()
        };
        resident
            .run_mut()
            .terminate(termination.reason, termination.details, termination.identity, now)
            .map_err(|_| RunError::Closed)?;
        self.stage(old);
        Ok(())
    }

    fn begin(&mut self, request: StartRequest, now: Timestamp) -> Result<Started, StartError> {
        let module = self.module_for(&request)?;
        let Execution { run_id, .. } = request.execution;
        let origin = origin(&request, now)?;
        let run = Run::start(
            RunStarted {
                namespace: request.namespace,
                execution: request.execution,
                workflow_type: request.workflow_type,
                module,
                task_queue: request.task_queue,
                input: request.input,
                headers: request.headers,
                random_seed: request.random_seed,
                timeouts: request.timeouts,
                retry: request.retry,
                attempt: 1,
                memo: request.memo,
                search_attributes: request.search_attributes,
                priority: request.priority,
                identity: request.identity,
                request_id: request.request_id,
                first_run_id: run_id,
                summary: request.summary,
                details: request.details,
                origin,
            },
            now,
        );
        self.residents.insert(run, Settled::default(), true);
        Ok(Started { run_id, is_new: true })
    }

    fn module_for(&self, request: &StartRequest) -> Result<String, StartError> {
        self.modules
            .module_of(&request.namespace, &request.workflow_type)
            .map_err(|known| StartError::UnknownWorkflowType {
                namespace: request.namespace.clone(),
                workflow_type: request.workflow_type.clone(),
                known,
            })
    }
}

/// Where a run comes from that is asked for, not begotten by another one.
fn origin(request: &StartRequest, now: Timestamp) -> Result<Origin, StartError> {
    let delayed = request.start_delay.filter(|it| !it.is_zero()).map(|it| now.after(it));
    let scheduled = match request.cron_schedule.as_str() {
        "" => None,
        schedule => {
            let next = cron::next(schedule, now).map_err(|error| StartError::Cron(error.to_string()))?;
            Some(next.ok_or_else(|| StartError::Cron(format!("{schedule:?} never comes true")))?)
        }
    };
    let parentage = request.parentage.clone();
    let schedule = request.scheduled.clone();
    Ok(Origin {
        begins: scheduled.or(delayed),
        begins_with_message: scheduled.is_none() && delayed.is_some(),
        cron_schedule: request.cron_schedule.clone(),
        root: parentage.as_ref().map(|it| it.root.clone()),
        parent: parentage.map(|it| it.parent),
        last_completion: schedule.as_ref().and_then(|it| it.last_completion.clone()),
        last_failure: schedule.as_ref().and_then(|it| it.last_failure.clone()),
        scheduled_by: schedule.map(|it| it.by),
        ..Origin::default()
    })
}
