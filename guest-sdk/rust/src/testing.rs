//! Workflows in native unit tests: without a host, a worker or a clock.
//!
//! ```
//! use std::time::Duration;
//! use mainspring_workflow::testing::TestRun;
//! use mainspring_workflow::{Failure, sleep, workflow};
//!
//! #[workflow]
//! async fn nap(minutes: u64) -> Result<String, Failure> {
//!     sleep(Duration::from_secs(60 * minutes)).await?;
//!     Ok("awake".to_owned())
//! }
//!
//! let mut run = TestRun::start::<nap>((5,));
//! assert_eq!(run.commands(), ["1: timer 300000 ms"]);
//! run.fire(1);
//! assert_eq!(run.commands(), [r#"complete "awake""#]);
//! ```
//!
//! Each call of [`TestRun`] that tells of an event is one activation. The commands that follow are lines of text, so that a test reads like a history; operations are numbered as the host numbers them.
//! A run lives in the thread that started it, one at a time.

use std::time::Duration;

use crate::bindings::exports::mainspring::workflow::guest::{
    Activation, ActivityResolved, ChildResolved, ChildStarted, ExternalResolved, Guest, Job, Resolution, RunInfo,
    Signal, Start, StartResolution, Update,
};
use crate::bindings::mainspring::workflow::types::{Execution, WorkflowTimeouts};
use crate::definition::{Listed, Workflow};
use crate::duration::millis;
use crate::failure::{Failure, FailureLayer};
use crate::module::Module;
use crate::payload::{FromPayload, IntoArguments, Payload, PayloadError, ToPayload};
use crate::run::Run;

pub(crate) mod host;

/// 2026-01-01, when every test begins.
const BEGINNING: u64 = 1_767_225_600_000;

/// A workflow run in a test.
#[derive(Debug)]
pub struct TestRun {
    now: u64,
    /// What stands for the host's knowledge of the module.
    calls: Calls,
}

/// The exports of a module that has only the workflow `W`.
#[derive(Debug)]
struct Calls {
    activate: fn(Activation),
    query: fn(String, Vec<Payload>, Headers) -> Result<Payload, Layers>,
    validate_update: fn(Update) -> Result<(), Layers>,
}

type Headers = Vec<(String, Payload)>;
type Layers = Vec<FailureLayer>;

struct ModuleOf<W>(std::marker::PhantomData<W>);

impl<W: Workflow> Module for ModuleOf<W> {
    const WORKFLOWS: &'static [Listed] = &[Listed::of::<W>()];
}

impl TestRun {
    /// Starts a run of `W`, in place of any that this thread had.
    pub fn start<W: Workflow<Arguments: IntoArguments>>(arguments: W::Arguments) -> Self {
        Self::start_with::<W>(arguments, Vec::new())
    }

    /// Starts a run of `W` together with a signal, in one activation.
    pub fn start_with_signal<W: Workflow<Arguments: IntoArguments>>(
        arguments: W::Arguments,
        name: &str,
        signal: impl IntoArguments,
    ) -> Self {
        Self::start_with::<W>(arguments, vec![signal_job(name, signal)])
    }

    /// Starts a run of `W` that is asked to cancel in its first activation.
    pub fn start_cancelled<W: Workflow<Arguments: IntoArguments>>(arguments: W::Arguments, reason: &str) -> Self {
        Self::start_with::<W>(arguments, vec![Job::CancelRequested(reason.to_owned())])
    }

    fn start_with<W: Workflow<Arguments: IntoArguments>>(arguments: W::Arguments, more: Vec<Job>) -> Self {
        Run::replace_current(None);
        host::reset();
        let calls = Calls {
            activate: ModuleOf::<W>::activate,
            query: ModuleOf::<W>::query,
            validate_update: ModuleOf::<W>::validate_update,
        };
        let start = Start {
            workflow_type: W::NAME.to_owned(),
            input: encode(arguments),
            headers: Vec::new(),
            random_seed: (1, 2),
            info: run_info(),
        };
        let mut run = Self { now: BEGINNING, calls };
        run.activate([vec![Job::Start(start)], more].concat());
        run
    }

    /// The commands since the last time, one a line.
    pub fn commands(&mut self) -> Vec<String> {
        host::take_commands()
    }

    /// The lines of the log since the last time, as `LEVEL message`.
    pub fn log(&mut self) -> Vec<String> {
        host::take_log()
    }

    /// Lets time go by before the next event.
    pub fn advance(&mut self, duration: Duration) {
        self.now += millis(duration);
    }

    /// An activity has this result.
    pub fn complete(&mut self, operation: u64, output: &(impl ToPayload + ?Sized)) {
        self.resolve(operation, Resolution::Completed(Some(payload(output))));
    }

    /// An activity has failed for good.
    pub fn fail(&mut self, operation: u64, failure: Failure) {
        self.resolve(operation, Resolution::Failed(failure.into_layers()));
    }

    /// An activity was cancelled.
    pub fn cancelled(&mut self, operation: u64) {
        let failure = Failure::cancelled("the activity was cancelled");
        self.resolve(operation, Resolution::Cancelled(failure.into_layers()));
    }

    /// A timer fires.
    pub fn fire(&mut self, timer: u64) {
        self.activate(vec![Job::TimerFired(timer)]);
    }

    /// A signal arrives.
    pub fn signal(&mut self, name: &str, arguments: impl IntoArguments) {
        self.activate(vec![signal_job(name, arguments)]);
    }

    /// An update is accepted, if its validation lets it pass; the answer is among the [`TestRun::commands`], then or later.
    ///
    /// # Errors
    /// The refusal.
    pub fn update(&mut self, id: &str, name: &str, arguments: impl IntoArguments) -> Result<(), Failure> {
        let update = Update {
            id: id.to_owned(),
            name: name.to_owned(),
            input: encode(arguments),
            headers: Vec::new(),
            identity: String::new(),
        };
        (self.calls.validate_update)(update.clone()).map_err(Failure::from_layers)?;
        self.activate(vec![Job::UpdateRequested(update)]);
        Ok(())
    }

    /// Asks a question.
    ///
    /// # Errors
    /// What the handler fails with, or that there is none.
    ///
    /// # Panics
    /// If the answer is no `T`.
    pub fn query<T: FromPayload>(&self, name: &str, arguments: impl IntoArguments) -> Result<T, Failure> {
        let answer =
            (self.calls.query)(name.to_owned(), encode(arguments), Vec::new()).map_err(Failure::from_layers)?;
        Ok(T::from_payload(&answer).unwrap_or_else(|error: PayloadError| panic!("the answer to `{name}`: {error}")))
    }

    /// Somebody asks the run to cancel.
    pub fn request_cancel(&mut self, reason: &str) {
        self.activate(vec![Job::CancelRequested(reason.to_owned())]);
    }

    /// A child begins under this workflow id.
    pub fn child_started(&mut self, operation: u64, workflow_id: &str) {
        let execution = Execution {
            workflow_id: workflow_id.to_owned(),
            run_id: "child-run".to_owned(),
        };
        self.activate(vec![Job::ChildStarted(ChildStarted {
            operation,
            started: StartResolution::Started(execution),
        })]);
    }

    /// A child has this result.
    pub fn child_completed(&mut self, operation: u64, output: &(impl ToPayload + ?Sized)) {
        let resolution = Resolution::Completed(Some(payload(output)));
        self.activate(vec![Job::ChildResolved(ChildResolved { operation, resolution })]);
    }

    /// A signal to another workflow, or a request to cancel one, is delivered.
    pub fn delivered(&mut self, operation: u64) {
        self.activate(vec![Job::ExternalResolved(ExternalResolved {
            operation,
            delivered: Ok(()),
        })]);
    }

    /// Delivers several events in one activation.
    pub fn activate(&mut self, jobs: Vec<Job>) {
        (self.calls.activate)(Activation {
            now: self.now,
            history_length: 0,
            history_bytes: 0,
            continue_as_new_suggested: false,
            jobs,
        });
    }

    fn resolve(&mut self, operation: u64, resolution: Resolution) {
        self.activate(vec![Job::ActivityResolved(ActivityResolved { operation, resolution })]);
    }
}

fn signal_job(name: &str, arguments: impl IntoArguments) -> Job {
    Job::SignalReceived(Signal {
        name: name.to_owned(),
        input: encode(arguments),
        headers: Vec::new(),
        identity: String::new(),
    })
}

fn encode(arguments: impl IntoArguments) -> Vec<Payload> {
    arguments
        .into_arguments()
        .unwrap_or_else(|error| panic!("an argument: {error}"))
}

fn payload(value: &(impl ToPayload + ?Sized)) -> Payload {
    value.to_payload().unwrap_or_else(|error| panic!("a result: {error}"))
}

fn run_info() -> RunInfo {
    RunInfo {
        namespace: "default".to_owned(),
        execution: Execution {
            workflow_id: "test".to_owned(),
            run_id: "test-run".to_owned(),
        },
        task_queue: "test".to_owned(),
        start_time: BEGINNING,
        attempt: 1,
        timeouts: WorkflowTimeouts {
            execution: None,
            run: None,
            task: None,
        },
        expiration: None,
        retry_policy: None,
        cron_schedule: String::new(),
        parent: None,
        root: None,
        first_run_id: "test-run".to_owned(),
        original_run_id: "test-run".to_owned(),
        continued_from_run_id: None,
        last_completion: None,
        last_failure: None,
        memo: Vec::new(),
        search_attributes: Vec::new(),
        priority: None,
    }
}
