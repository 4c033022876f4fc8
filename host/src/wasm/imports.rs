//! The host's side of the imports: turns each call of a guest into a command for whoever is listening.

use super::bindings::{
    activities, children, external_workflows, log, operations, outcome, timers, types, updates, versions, visibility,
};
use super::convert::{self, WrongArgument};
use super::error::{Blocked, Refused};
use super::guest::{CommandSink, LogLevel, LogLine};
use super::limiter::MemoryLimiter;
use mainspring_core::{Command, OperationId};
use std::collections::BTreeSet;

/// What the host keeps beside each live guest.
pub(super) struct HostState {
    pub(super) limiter: MemoryLimiter,
    pub(super) call: Call,
    /// What the guest told of its panic, in the present call.
    pub(super) panic: Option<String>,
}

/// What the guest is being called for.
pub(super) enum Call {
    /// Nothing: it is at rest, or being made.
    None,
    Describe,
    Activate(Box<dyn CommandSink>),
    /// With the paths of its code that the run takes.
    Query(BTreeSet<String>),
    /// With the same.
    ValidateUpdate(BTreeSet<String>),
}

impl Call {
    /// When it is, for who reads an error.
    const fn name(&self) -> &'static str {
        match self {
            Self::None => "while it was being made",
            Self::Describe => "in `describe`",
            Self::Activate(_) => "in an activation",
            Self::Query(_) => "while it answered a query",
            Self::ValidateUpdate(_) => "while it validated an update",
        }
    }
}

/// A guest called an import in a way that the contract forbids.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportMisuse {
    /// Only an activation may issue commands.
    #[error("the guest called `{import}` {during}, when it may only log")]
    OutsideActivation {
        /// What it called.
        import: &'static str,
        /// What it had been called for.
        during: &'static str,
    },
    /// An argument breaks a rule that its type cannot say.
    #[error("the guest called `{import}` with a wrong argument: {problem}")]
    WrongArgument {
        /// What it called.
        import: &'static str,
        /// What is wrong.
        problem: String,
    },
}

impl HostState {
    pub(super) fn new(memory_bytes_max: usize) -> Self {
        Self {
            limiter: MemoryLimiter::new(memory_bytes_max),
            call: Call::None,
            panic: None,
        }
    }

    /// Issues a command that begins no operation.
    fn order(&mut self, import: &'static str, command: Result<Command, WrongArgument>) -> wasmtime::Result<()> {
        self.issue(import, command).map(|_| ())
    }

    /// Issues a command that begins an operation.
    fn begin(&mut self, import: &'static str, command: Result<Command, WrongArgument>) -> wasmtime::Result<u64> {
        let operation = self.issue(import, command)?;
        Ok(operation
            .expect("a sink gives an id to every command that begins an operation")
            .0)
    }

    fn issue(
        &mut self,
        import: &'static str,
        command: Result<Command, WrongArgument>,
    ) -> wasmtime::Result<Option<OperationId>> {
        if let Call::Activate(sink) = &mut self.call {
            let command =
                command.map_err(|WrongArgument(problem)| refused(ImportMisuse::WrongArgument { import, problem }))?;
            return sink.command(command).map_err(|refusal| Refused(refusal).into());
        }
        let during = self.call.name();
        Err(refused(ImportMisuse::OutsideActivation { import, during }))
    }
}

fn refused(misuse: ImportMisuse) -> wasmtime::Error {
    Refused(Box::new(misuse)).into()
}

impl activities::Host for HostState {
    fn schedule(&mut self, activity: activities::Activity) -> wasmtime::Result<u64> {
        self.begin(
            "activities.schedule",
            convert::activity_request(activity).map(Command::ScheduleActivity),
        )
    }
}

impl timers::Host for HostState {
    fn start(&mut self, after: timers::Duration, metadata: timers::UserMetadata) -> wasmtime::Result<u64> {
        self.begin(
            "timers.start",
            convert::timer_request(after, metadata).map(Command::StartTimer),
        )
    }
}

impl operations::Host for HostState {
    fn cancel(&mut self, operation: u64, reason: String) -> wasmtime::Result<()> {
        self.order(
            "operations.cancel",
            Ok(Command::CancelOperation(OperationId(operation), reason)),
        )
    }
}

impl outcome::Host for HostState {
    fn complete(&mut self, output: Option<outcome::Payload>) -> wasmtime::Result<()> {
        self.order(
            "outcome.complete",
            output.map(convert::payload).transpose().map(Command::CompleteRun),
        )
    }

    fn fail(&mut self, failure: outcome::Failure) -> wasmtime::Result<()> {
        self.order("outcome.fail", convert::failure(failure).map(Command::FailRun))
    }

    fn cancelled(&mut self, details: outcome::Payloads) -> wasmtime::Result<()> {
        self.order("outcome.cancelled", convert::payloads(details).map(Command::CancelRun))
    }

    /// Always allowed: it says that whatever the guest was called for cannot be done.
    fn block(&mut self, failure: outcome::Failure) -> wasmtime::Result<()> {
        let failure = convert::failure(failure).map_err(|WrongArgument(problem)| {
            refused(ImportMisuse::WrongArgument {
                import: "outcome.block",
                problem,
            })
        })?;
        Err(Blocked(failure).into())
    }

    fn continue_as_new(&mut self, continuation: outcome::Continuation) -> wasmtime::Result<()> {
        self.order(
            "outcome.continue-as-new",
            convert::continuation(continuation).map(Command::ContinueAsNew),
        )
    }
}

impl visibility::Host for HostState {
    fn upsert_search_attributes(&mut self, attributes: visibility::PayloadMap) -> wasmtime::Result<()> {
        let command = convert::payload_map(attributes).map(Command::UpsertSearchAttributes);
        self.order("visibility.upsert-search-attributes", command)
    }

    fn upsert_memo(&mut self, memo: visibility::PayloadMap) -> wasmtime::Result<()> {
        self.order(
            "visibility.upsert-memo",
            convert::payload_map(memo).map(Command::UpsertMemo),
        )
    }

    fn set_current_details(&mut self, details: String) -> wasmtime::Result<()> {
        if let Call::Activate(sink) = &mut self.call {
            sink.set_current_details(details);
        }
        Ok(())
    }
}

impl children::Host for HostState {
    fn start(&mut self, child: children::Child) -> wasmtime::Result<u64> {
        self.begin("children.start", convert::child_request(child).map(Command::StartChild))
    }
}

impl external_workflows::Host for HostState {
    fn signal(
        &mut self,
        target: external_workflows::Target,
        name: String,
        input: external_workflows::Payloads,
        headers: external_workflows::PayloadMap,
    ) -> wasmtime::Result<u64> {
        self.begin(
            "external-workflows.signal",
            convert::external_signal(target, name, input, headers).map(Command::SignalExternal),
        )
    }

    fn request_cancel(&mut self, target: external_workflows::Target, reason: String) -> wasmtime::Result<u64> {
        self.begin(
            "external-workflows.request-cancel",
            convert::external_target(target).map(|target| Command::CancelExternal(target, reason)),
        )
    }
}

impl updates::Host for HostState {
    fn complete(&mut self, update_id: String, output: Option<updates::Payload>) -> wasmtime::Result<()> {
        let output = output.map(convert::payload).transpose();
        self.order(
            "updates.complete",
            output.map(|output| Command::CompleteUpdate(update_id, Ok(output))),
        )
    }

    fn fail(&mut self, update_id: String, failure: updates::Failure) -> wasmtime::Result<()> {
        self.order(
            "updates.fail",
            convert::failure(failure).map(|failure| Command::CompleteUpdate(update_id, Err(failure))),
        )
    }
}

impl versions::Host for HostState {
    fn patched(&mut self, patch_id: String, deprecated: bool) -> wasmtime::Result<bool> {
        match &mut self.call {
            Call::Activate(sink) => Ok(sink.patched(patch_id, deprecated).map_err(Refused)?),
            // What has been decided holds here, too; an answer decides nothing.
            Call::Query(patches) | Call::ValidateUpdate(patches) => Ok(patches.contains(&patch_id)),
            Call::None | Call::Describe => {
                let import = "versions.patched";
                let during = self.call.name();
                Err(refused(ImportMisuse::OutsideActivation { import, during }))
            }
        }
    }
}

impl types::Host for HostState {}

impl log::Host for HostState {
    fn write(&mut self, level: log::Level, message: String, fields: Vec<(String, String)>) -> wasmtime::Result<()> {
        let level = match level {
            log::Level::Trace => LogLevel::Trace,
            log::Level::Debug => LogLevel::Debug,
            log::Level::Info => LogLevel::Info,
            log::Level::Warn => LogLevel::Warn,
            log::Level::Error => LogLevel::Error,
        };
        // How an SDK says why it is about to trap. It is told with the trap, and not a second time in the log.
        if fields.iter().any(|(name, value)| name == "panic" && value == "true") {
            self.panic = Some(message);
            return Ok(());
        }
        match &mut self.call {
            Call::Activate(sink) => sink.log(LogLine { level, message, fields }),
            // Not the run's doing: an answer is given as often as somebody asks.
            Call::None | Call::Describe | Call::Query(_) | Call::ValidateUpdate(_) => {
                tracing::debug!(target: "mainspring::guest", ?level, ?fields, "{message}");
            }
        }
        Ok(())
    }
}
