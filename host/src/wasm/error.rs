//! What can go wrong with guests and modules, for those who act on it.

use super::guest::Refusal;
use super::limiter::MemoryCap;
use mainspring_core::{Digest, Failure, Size};
use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use wasmtime::{Trap, WasmBacktrace};

/// The engine could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// wasmtime refused the settings, or the machine the address space.
    #[error("the WebAssembly engine cannot start: {0:#} (fewer `instances_max` need less address space)")]
    Runtime(wasmtime::Error),
    /// No thread could be started.
    #[error("the WebAssembly engine cannot start a thread")]
    Thread(#[source] io::Error),
    /// Compiled code cannot be kept.
    #[error("the directory for compiled functions cannot be used: {0}")]
    Compiled(#[source] io::Error),
}

/// A call into a guest did not come back as it should: the run is blocked, and nothing of it enters the history.
#[derive(Debug, thiserror::Error)]
pub enum GuestError {
    /// The guest panicked, or did what WebAssembly forbids.
    #[error("the guest trapped: {message}{backtrace}")]
    Trap {
        /// What the guest said last, or the kind of trap.
        message: String,
        /// Where.
        backtrace: GuestBacktrace,
    },
    /// The guest wanted more memory than one run may have.
    #[error("the guest needs more than {} of memory; raise the limit or look for a leak{backtrace}", Size(*bytes_max))]
    OutOfMemory {
        /// The limit.
        bytes_max: usize,
        /// Where it asked for more.
        backtrace: GuestBacktrace,
    },
    /// The guest called too deep.
    #[error("the guest's stack is exhausted; look for recursion without end{backtrace}")]
    StackOverflow {
        /// Where.
        backtrace: GuestBacktrace,
    },
    /// The guest did not come back in time.
    #[error("the guest did not return within {limit:?}; look for a loop without an `await`{backtrace}")]
    TimedOut {
        /// How long one call may take.
        limit: Duration,
        /// Where it was interrupted.
        backtrace: GuestBacktrace,
    },
    /// The guest found a bug in its own workflow.
    #[error("the workflow cannot go on: {failure}{}", place(failure, backtrace))]
    Blocked {
        /// What it says of it.
        failure: Failure,
        /// Where it said so.
        backtrace: GuestBacktrace,
    },
    /// The guest called an import in a way that was refused.
    #[error("{refusal}{backtrace}")]
    Refused {
        /// Why, as the [`CommandSink`](super::CommandSink) said it, or a [`ImportMisuse`](super::ImportMisuse).
        refusal: Refusal,
        /// Where the call was made.
        backtrace: GuestBacktrace,
    },
}

/// No live guest could be made.
#[derive(Debug, thiserror::Error)]
pub enum InstantiateError {
    /// The module has to be [loaded](super::Modules::load) first.
    #[error("module {0} is not loaded")]
    NotLoaded(Digest),
    /// Every place for a live guest is taken: drop one of a run that is at rest, and try again.
    #[error("all {instances_max} places for live guests are taken")]
    PoolFull {
        /// How many there are.
        instances_max: u32,
    },
    /// The module's exports have other types than the contract says. A loaded module's do not.
    #[error("the module does not fit mainspring:workflow: {0}")]
    OtherContract(String),
    /// The guest's own initialisation failed.
    #[error(transparent)]
    Guest(#[from] GuestError),
}

/// A module was accepted, and yet cannot be run.
#[derive(Clone, Debug, thiserror::Error)]
pub enum LoadError {
    /// The compiler does not take it.
    #[error("the module does not compile: {0}")]
    Invalid(String),
    /// Its imports or exports have other types than the contract says.
    #[error(
        "the module does not fit mainspring:workflow: {0}; build it with an SDK of the same version as this server"
    )]
    OtherContract(String),
    /// It could not say what is in it.
    #[error("the module does not describe itself: {0}")]
    Undescribed(#[source] Arc<InstantiateError>),
    /// What it says of itself makes no sense.
    #[error("the module's description is wrong: {0}")]
    WrongManifest(String),
    /// The compiler itself failed.
    #[error("the compiler panicked on this module; please report it, with the module")]
    CompilerPanicked,
}

/// Too many modules wait to be compiled. Trying again a little later helps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{queue_max} modules are already waiting to be compiled; try again in some seconds")]
pub struct QueueFull {
    /// How many may wait.
    pub queue_max: usize,
}

/// The guest's functions, innermost first, with names where the module has them. Displays as lines of their own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GuestBacktrace(String);

impl GuestBacktrace {
    /// Line by line, as text; empty if nothing is known.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn of(error: &wasmtime::Error) -> Self {
        let text = error
            .downcast_ref::<WasmBacktrace>()
            .map(ToString::to_string)
            .unwrap_or_default();
        // The first line is a heading.
        Self(
            text.split_once('\n')
                .map(|(_, frames)| frames.to_owned())
                .unwrap_or_default(),
        )
    }
}

impl fmt::Display for GuestBacktrace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            Ok(())
        } else {
            write!(f, "\n{}", self.0)
        }
    }
}

/// Where a guest's bug is: in the author's code, if its SDK knows the stack of its language. WebAssembly's stack would be that
/// of an interpreter.
fn place(failure: &Failure, backtrace: &GuestBacktrace) -> String {
    let traces: String = failure
        .layers()
        .iter()
        .flat_map(|layer| layer.stack_trace.trim_end().lines())
        .map(|line| format!("\n    {}", line.trim_end()))
        .collect();
    if traces.is_empty() {
        return backtrace.to_string();
    }
    traces
}

/// Carries a [`Refusal`] from an import through wasmtime to the caller.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Refused(pub(super) Refusal);

/// Carries a guest's own reason to be blocked through wasmtime to the caller.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Blocked(pub(super) Failure);

impl GuestError {
    /// What a failed call means. `said` is what the guest told of its panic.
    pub(super) fn of_call(error: wasmtime::Error, said: Option<String>, call_time_max: Option<Duration>) -> Self {
        let backtrace = GuestBacktrace::of(&error);
        if let Some(&MemoryCap { bytes_max }) = error.downcast_ref() {
            return Self::OutOfMemory { bytes_max, backtrace };
        }
        match (error.downcast_ref::<Trap>(), call_time_max) {
            (Some(Trap::StackOverflow), _) => return Self::StackOverflow { backtrace },
            (Some(Trap::Interrupt), Some(limit)) => return Self::TimedOut { limit, backtrace },
            _ => {}
        }
        let error = match error.downcast() {
            Ok(Refused(refusal)) => return Self::Refused { refusal, backtrace },
            Err(error) => error,
        };
        match error.downcast() {
            Ok(Blocked(failure)) => Self::Blocked { failure, backtrace },
            Err(error) => Self::Trap {
                message: said.unwrap_or_else(|| error.root_cause().to_string()),
                backtrace,
            },
        }
    }
}
