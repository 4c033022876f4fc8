//! The one run that this instance of the module carries, and how events reach it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use crate::bindings::exports::mainspring::workflow::guest::{
    Activation, Job, Resolution, RunInfo, Start, StartResolution, Update, WorkflowDefinition,
};
use crate::cancellation::Cancellation;
use crate::definition::{AnyHandlers, Listed};
use crate::executor::Executor;
use crate::failure::Failure;
use crate::host;
use crate::operation::{Arrival, Operations};
use crate::payload::{Arguments, Payload};
use crate::random::Generator;
use crate::signal::Inbox;

thread_local! {
    static CURRENT: RefCell<Option<Rc<Run>>> = const { RefCell::new(None) };
}

/// The kind of the application failure of a child whose workflow id is taken.
pub const WORKFLOW_ALREADY_STARTED: &str = "WorkflowExecutionAlreadyStarted";

pub(crate) struct Run {
    pub(crate) workflow_type: String,
    pub(crate) info: RunInfo,
    pub(crate) now: Cell<u64>,
    pub(crate) history_length: Cell<u64>,
    pub(crate) continue_as_new_suggested: Cell<bool>,
    pub(crate) random: RefCell<Generator>,
    pub(crate) executor: Executor,
    pub(crate) operations: Operations,
    pub(crate) cancellation: Cancellation,
    pub(crate) inbox: Inbox,
    handlers: RefCell<Option<Rc<Served>>>,
    outcome: RefCell<Option<Result<Payload, Failure>>>,
    closed: Cell<bool>,
}

/// What a workflow answers to, and what it says that it answers to.
pub(crate) struct Served {
    pub(crate) handlers: Box<dyn AnyHandlers>,
    pub(crate) manifest: WorkflowDefinition,
}

impl Run {
    /// The run of this instance.
    ///
    /// # Panics
    /// Outside of a workflow.
    pub(crate) fn current() -> Rc<Self> {
        Self::try_current().expect("this works only inside of a workflow")
    }

    pub(crate) fn try_current() -> Option<Rc<Self>> {
        CURRENT.try_with(|current| current.borrow().clone()).ok().flatten()
    }

    /// Puts a new run in the place of the current one.
    pub(crate) fn replace_current(run: Option<Rc<Self>>) {
        // The old run is dropped after the borrow has ended: the destructors of its futures look here.
        let previous = CURRENT.with(|current| current.replace(run));
        drop(previous);
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.closed.get()
    }

    /// Begins the run that the host describes.
    pub(crate) fn begin(start: Start, now: u64, workflows: &[Listed]) -> Rc<Self> {
        let run = Rc::new(Self {
            workflow_type: start.workflow_type,
            info: start.info,
            now: Cell::new(now),
            history_length: Cell::new(0),
            continue_as_new_suggested: Cell::new(false),
            random: RefCell::new(Generator::new(start.random_seed)),
            executor: Executor::default(),
            operations: Operations::default(),
            cancellation: Cancellation::default(),
            inbox: Inbox::default(),
            handlers: RefCell::new(None),
            outcome: RefCell::new(None),
            closed: Cell::new(false),
        });
        Self::replace_current(Some(Rc::clone(&run)));
        let listed = workflows.iter().find(|listed| listed.name == run.workflow_type);
        let listed = listed.unwrap_or_else(|| panic!("this module has no workflow `{}`", run.workflow_type));
        let definition = (listed.define)();
        match (definition.begin)(&mut Arguments::new(start.input)) {
            Ok(beginning) => {
                let served = Served {
                    handlers: beginning.handlers,
                    manifest: definition.manifest,
                };
                *run.handlers.borrow_mut() = Some(Rc::new(served));
                run.executor.spawn(Box::pin(async move {
                    let outcome = beginning.story.await;
                    *Self::current().outcome.borrow_mut() = Some(outcome);
                }));
            }
            Err(failure) => *run.outcome.borrow_mut() = Some(Err(failure)),
        }
        run
    }

    /// What the workflow answers to; nothing if its arguments were refused.
    pub(crate) fn served(&self) -> Option<Rc<Served>> {
        self.handlers.borrow().clone()
    }

    /// Takes what happened, goes on as far as it leads, and says so if that is the end.
    pub(crate) fn activate(&self, activation: Activation) {
        if self.is_closed() {
            return;
        }
        self.now.set(activation.now);
        self.history_length.set(activation.history_length);
        self.continue_as_new_suggested.set(activation.continue_as_new_suggested);
        for job in activation.jobs {
            self.deliver(job);
        }
        self.run_until_idle();
        if let Some(outcome) = self.outcome.take() {
            self.close(outcome);
        }
    }

    fn deliver(&self, job: Job) {
        match job {
            Job::Start(_) => {}
            Job::ActivityResolved(it) => {
                self.operations
                    .deliver(it.operation, Arrival::Finished(resolved(it.resolution)));
            }
            Job::TimerFired(operation) => self.operations.deliver(operation, Arrival::Finished(Ok(None))),
            Job::SignalReceived(signal) => {
                let handled = self
                    .served()
                    .and_then(|it| it.handlers.signal(&signal.name, &signal.input));
                if handled.is_none() {
                    self.operations.wake_receivers(&signal.name);
                    self.inbox.keep(signal.name, signal.input);
                }
            }
            Job::UpdateRequested(update) => self.update(update),
            Job::ChildStarted(it) => {
                self.operations.deliver(it.operation, started(it.started));
            }
            Job::ChildResolved(it) => {
                self.operations
                    .deliver(it.operation, Arrival::Finished(resolved(it.resolution)));
            }
            Job::ExternalResolved(it) => {
                let end = it.delivered.map(|()| None).map_err(Failure::from_layers);
                self.operations.deliver(it.operation, Arrival::Finished(end));
            }
            Job::CancelRequested(reason) => self.cancellation.request(reason, &self.operations),
            Job::RandomReseeded(seed) => *self.random.borrow_mut() = Generator::new(seed),
        }
    }

    fn update(&self, update: Update) {
        let begun = self
            .served()
            .and_then(|it| it.handlers.update(&update.name, update.input));
        let Some(begun) = begun else {
            host::updates::fail(&update.id, &unknown("update", &update.name, &[]).into_layers());
            return;
        };
        self.executor.spawn(Box::pin(async move {
            match begun.await {
                Ok(output) => host::updates::complete(&update.id, Some(&output)),
                Err(failure) => host::updates::fail(&update.id, &failure.into_layers()),
            }
        }));
    }

    /// Polls tasks until nothing moves: no task is ready, and no condition has come true.
    fn run_until_idle(&self) {
        let over = || self.outcome.borrow().is_some();
        self.executor.run_until_idle(over);
        while !over() {
            let satisfied = self.operations.satisfied();
            if !self.operations.wake_conditions() {
                return;
            }
            self.executor.run_until_idle(over);
            if self.operations.satisfied() == satisfied {
                return;
            }
        }
    }

    fn close(&self, outcome: Result<Payload, Failure>) {
        self.closed.set(true);
        let failure = match outcome {
            Ok(output) => return host::outcome::complete(Some(&output)),
            Err(failure) => failure,
        };
        match failure.into_continuation() {
            Ok(continuation) => host::outcome::continue_as_new(&continuation.0),
            Err(failure) if failure.is_cancelled() && self.cancellation.is_requested() => host::outcome::cancelled(&[]),
            Err(failure) => host::outcome::fail(&failure.into_layers()),
        }
    }
}

fn started(resolution: StartResolution) -> Arrival {
    Arrival::Finished(Err(match resolution {
        StartResolution::Started(execution) => return Arrival::Started(execution),
        StartResolution::AlreadyStarted => {
            Failure::application(WORKFLOW_ALREADY_STARTED, "another run holds the child's workflow id").non_retryable()
        }
        StartResolution::Failed(layers) | StartResolution::Cancelled(layers) => Failure::from_layers(layers),
    }))
}

fn resolved(resolution: Resolution) -> Result<Option<Payload>, Failure> {
    match resolution {
        Resolution::Completed(output) => Ok(output),
        Resolution::Failed(layers) | Resolution::Cancelled(layers) => Err(Failure::from_layers(layers)),
    }
}

/// The answer to a question for which there is no handler.
pub(crate) fn unknown(what: &str, name: &str, known: &[&str]) -> Failure {
    let known = if known.is_empty() {
        "none".to_owned()
    } else {
        known.join(", ")
    };
    let message = format!("this workflow has no {what} `{name}`; it has: {known}");
    Failure::application(format!("Unknown{}{}", what[..1].to_uppercase(), &what[1..]), message).non_retryable()
}
