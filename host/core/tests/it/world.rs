//! A host in small: one run, what of it is durable, and what its guest decided. It can be evicted and can crash.

use mainspring_core::{
    Activated, Activation, Attempt, Base, Command, Digest, Event, Execution, Misuse, NotReset, OperationId, Origin,
    Phase, Place, Reapply, Record, Replay, ReplayError, Run, RunId, RunReset, RunStarted, Step, Timestamp,
    WorkflowTimeouts,
};
use std::collections::{BTreeMap, BTreeSet};

pub(crate) struct World {
    pub(crate) run: Run,
    /// Durable events.
    pub(crate) history: Vec<Record>,
    /// Durable attempts of activities that are pending.
    pub(crate) attempts: BTreeMap<OperationId, Attempt>,
    /// What the guest was told and did, for each activation that succeeded.
    pub(crate) decisions: Vec<Decision>,
}

#[derive(Clone, Debug)]
pub(crate) struct Decision {
    pub(crate) activation: Activation,
    pub(crate) calls: Vec<(Call, Answer)>,
}

/// What a guest can say during an activation.
#[derive(Clone, Debug)]
pub(crate) enum Call {
    Order(Command),
    /// It asks whether to take the path of this name; whether no run takes the old one any more.
    Patched(String, bool),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Begun(Option<OperationId>),
    TakesPatch(bool),
}

impl From<Command> for Call {
    fn from(command: Command) -> Self {
        Self::Order(command)
    }
}

/// What every schedule means here: each full minute; but `@once` has no moment after the first minute.
pub(crate) fn calendar(schedule: &str, after: Timestamp) -> Option<Timestamp> {
    let minute = 60_000;
    let next = (after.as_millis() / minute).saturating_add(1).saturating_mul(minute);
    (schedule != "@once" || next == minute).then(|| Timestamp::from_millis(next))
}

impl World {
    pub(crate) fn start(started: RunStarted, now: Timestamp) -> Self {
        Self {
            run: Run::start(started, now),
            history: Vec::new(),
            attempts: BTreeMap::new(),
            decisions: Vec::new(),
        }
    }

    /// Makes durable what was staged.
    pub(crate) fn commit(&mut self) -> Step {
        let step = self.run.take_step();
        self.history.extend(step.events.iter().cloned());
        self.attempts.extend(step.attempts.iter().cloned());
        let state = self.run.state();
        self.attempts
            .retain(|operation, _| state.activity(*operation).is_some());
        step
    }

    /// Activates the guest, which makes these calls one by one; a misuse fails the activation.
    /// `None` if there is nothing to tell the guest.
    pub(crate) fn activate<C: Into<Call>>(
        &mut self,
        now: Timestamp,
        calls: impl IntoIterator<Item = C>,
    ) -> Option<Result<Activation, Misuse>> {
        let activation = self.run.begin_activation(now, activated())?;
        let mut issued = Vec::new();
        for call in calls {
            let call = call.into();
            let answer = match &call {
                Call::Order(command) => self.run.command(command.clone()).map(Answer::Begun),
                Call::Patched(id, deprecated) => self.run.patched(id, *deprecated).map(Answer::TakesPatch),
            };
            match answer {
                Ok(answer) => {
                    if let (Call::Patched(id, _), Answer::TakesPatch(true)) = (&call, answer) {
                        let is_old = self.run.state().has_patch(id);
                        assert!(is_old || !self.has_declined(id), "{id} was declined, and is taken");
                    }
                    issued.push((call, answer));
                }
                Err(misuse) => {
                    self.run.drop_activation();
                    return Some(Err(misuse));
                }
            }
        }
        self.run.end_activation(calendar);
        self.decisions.push(Decision {
            activation: activation.clone(),
            calls: issued,
        });
        Some(Ok(activation))
    }

    fn has_declined(&self, patch: &str) -> bool {
        let mut calls = self.decisions.iter().flat_map(|decision| &decision.calls);
        calls.any(|call| matches!(call, (Call::Patched(id, _), Answer::TakesPatch(false)) if id == patch))
    }

    /// Drops the run from memory and loads it again; what runs in this process goes on.
    pub(crate) fn evict(&mut self) {
        let mut attempts = self.attempts.clone();
        let in_process = self
            .run
            .state()
            .activities()
            .filter(|activity| matches!(activity.attempt.phase, Phase::Started(_, Place::InProcess)));
        attempts.extend(in_process.map(|activity| (activity.operation, activity.attempt.clone())));
        self.run = self.folded(attempts);
        let declined = self.assert_replays();
        self.run.guest_replaced(declined);
    }

    /// Loses everything that is not durable, and starts again.
    pub(crate) fn crash(&mut self, now: Timestamp) {
        self.run = Run::recover(&self.history, self.attempts.clone(), now).expect("what was recorded is legal");
        let activations = self.history.iter().filter(|record| is_activated(record)).count();
        self.decisions.truncate(activations);
        let declined = self.assert_replays();
        self.run.guest_replaced(declined);
    }

    /// Begins again with the first `kept` events, as another run. Returns what the old one still has to say.
    pub(crate) fn reset(&mut self, kept: usize, reapply: Reapply, now: Timestamp) -> Result<Step, NotReset> {
        let base = self.run.state().started().execution.run_id;
        let [number, ..] = *base.as_bytes();
        let reset = RunReset {
            base,
            run_id: RunId::from_bytes([number + 4; 16]),
            random_seed: (u64::from(number), 7),
            module: "shop".into(),
            reason: "a mistake".into(),
            identity: "operator".into(),
            request_id: format!("reset-{number}"),
        };
        let state = self.run.state();
        let base = Base {
            history: &self.history,
            kept,
            state,
            followers: &[],
        };
        let run = Run::reset(&base, reset, reapply, now)?;
        if !state.status().is_closed() {
            let (reason, identity) = ("a mistake".into(), "operator".into());
            self.run
                .give_way(run.state(), reason, identity, now)
                .expect("it is open");
        }
        let last_step = self.run.take_step();
        let activations = self.history[..kept]
            .iter()
            .filter(|record| is_activated(record))
            .count();
        self.decisions.truncate(activations);
        self.history.clear();
        self.attempts.clear();
        self.run = run;
        Ok(last_step)
    }

    /// Replays a guest of other code, which makes the calls that are noted now; its answers are noted.
    pub(crate) fn redeploy(&mut self) -> Result<(), ReplayError> {
        let mut replay = Replay::new(self.history.clone());
        for decision in &mut self.decisions {
            replay.next_activation()?;
            for (call, answer) in &mut decision.calls {
                *answer = call.replay(&mut replay)?;
            }
            replay.end_activation()?;
        }
        self.run.guest_replaced(replay.into_declined_patches());
        Ok(())
    }

    /// What a fold of the durable history and the present attempts comes to is where the run stands.
    pub(crate) fn assert_folds_to_itself(&self) {
        let attempts = self.run.state().activities();
        let attempts = attempts.map(|activity| (activity.operation, activity.attempt.clone()));
        let folded = self.folded(attempts);
        assert_eq!(folded.state(), self.run.state());
    }

    /// The run as it is loaded. That the moment of its beginning has come leaves no event, so time passes anew.
    fn folded(&self, attempts: impl IntoIterator<Item = (OperationId, Attempt)>) -> Run {
        let mut run = Run::fold(&self.history, attempts).expect("what was recorded is legal");
        let begins = run.state().started().origin.begins;
        if let Some(begins) = begins.filter(|_| self.run.state().has_begun() && !run.state().has_begun()) {
            run.pass_time(begins, calendar);
        }
        run
    }

    /// A guest that decides as it did is told the same and gets the same answers. Returns the paths that it declined.
    pub(crate) fn assert_replays(&self) -> BTreeSet<String> {
        let mut replay = Replay::new(self.history.clone());
        let mut declined = BTreeSet::new();
        for decision in &self.decisions {
            let activation = replay.next_activation().expect("no divergence");
            assert_eq!(activation.as_ref(), Some(&decision.activation));
            for (call, answer) in &decision.calls {
                assert_eq!(call.replay(&mut replay), Ok(*answer));
                if let (Call::Patched(id, _), Answer::TakesPatch(false)) = (call, answer) {
                    declined.insert(id.clone());
                }
            }
            replay.end_activation().expect("no divergence");
        }
        assert_eq!(replay.next_activation(), Ok(None));
        assert_eq!(replay.into_declined_patches(), declined);
        declined
    }
}

impl Call {
    pub(crate) fn replay(&self, replay: &mut Replay) -> Result<Answer, ReplayError> {
        match self {
            Self::Order(command) => replay.command(command.clone()).map(Answer::Begun),
            Self::Patched(id, deprecated) => replay.patched(id.clone(), *deprecated).map(Answer::TakesPatch),
        }
    }
}

pub(crate) const fn is_activated(record: &Record) -> bool {
    matches!(record.event, Event::Activated(_))
}

pub(crate) fn activated() -> Activated {
    Activated {
        module: Digest::from_bytes([7; 32]),
        history_bytes: 0,
        continue_as_new_suggested: false,
    }
}

/// A run of the workflow `order` without arguments.
pub(crate) fn order(timeouts: WorkflowTimeouts) -> RunStarted {
    let run_id = RunId::from_bytes([1; 16]);
    RunStarted {
        namespace: "default".into(),
        execution: Execution {
            workflow_id: "order-1".into(),
            run_id,
        },
        workflow_type: "order".into(),
        module: "shop".into(),
        task_queue: "shop".into(),
        input: Vec::new(),
        headers: Vec::new(),
        random_seed: (1, 2),
        timeouts,
        retry: None,
        attempt: 1,
        memo: Vec::new(),
        search_attributes: Vec::new(),
        priority: None,
        identity: "client".into(),
        request_id: "start-1".into(),
        first_run_id: run_id,
        summary: None,
        details: None,
        origin: Origin::default(),
    }
}
