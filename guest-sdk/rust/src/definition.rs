//! What `#[workflow]` writes and `export!` lists. An author meets [`Workflow`] only to start one workflow from another.

use futures::FutureExt;
use futures::future::LocalBoxFuture;

use crate::bindings::exports::mainspring::workflow::guest::{HandlerDefinition, WorkflowDefinition};
use crate::child::Child;
use crate::continuation::ContinueAsNew;
use crate::failure::Failure;
use crate::payload::{Arguments, FromPayload, IntoArguments, Payload, ToPayload};
use crate::signal;
use crate::state::State;

/// A workflow type, made by [`macro@crate::workflow`].
pub trait Workflow: Sized + 'static {
    /// Its name, by which clients start it.
    const NAME: &'static str;

    /// What it takes.
    type Arguments;

    /// What it gives if it succeeds.
    type Output;

    /// What the module says of it, and how it begins.
    fn definition() -> Definition;

    /// Runs it as a child of the calling workflow.
    fn child(arguments: Self::Arguments) -> Child<Self::Output>
    where
        Self::Arguments: IntoArguments,
        Self::Output: FromPayload + 'static,
    {
        Child::new(Self::NAME, arguments)
    }

    /// Ends the calling run, to be `return`ed, and begins a new one of this workflow with the same workflow id and a fresh history.
    ///
    /// # Errors
    /// Always: it is no failure, but leaves the function as one does.
    fn continue_as_new<T>(arguments: Self::Arguments) -> Result<T, Failure>
    where
        Self::Arguments: IntoArguments,
    {
        ContinueAsNew::new(arguments).workflow_type(Self::NAME).into_result()
    }
}

/// A workflow in the list of its module.
pub struct Listed {
    pub(crate) name: &'static str,
    pub(crate) define: fn() -> Definition,
}

impl Listed {
    /// The entry of `W`.
    pub const fn of<W: Workflow>() -> Self {
        Self {
            name: W::NAME,
            define: W::definition,
        }
    }

    /// Fails the compilation of a module that lists two workflows of one name.
    ///
    /// # Panics
    /// In that case.
    pub const fn assert_unique(list: &[Self]) {
        let mut i = 0;
        while i < list.len() {
            let mut j = 0;
            while j < i {
                assert!(
                    !equal(list[i].name.as_bytes(), list[j].name.as_bytes()),
                    "two workflows have the same name"
                );
                j += 1;
            }
            i += 1;
        }
    }
}

impl std::fmt::Debug for Listed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Listed").field(&self.name).finish()
    }
}

/// `==`, which cannot be had in a constant yet.
const fn equal(a: &[u8], b: &[u8]) -> bool {
    let mut i = 0;
    while i < a.len() && i < b.len() && a[i] == b[i] {
        i += 1;
    }
    i == a.len() && i == b.len()
}

/// What a module says of one workflow, and how a run of it begins.
pub struct Definition {
    pub(crate) manifest: WorkflowDefinition,
    pub(crate) begin: fn(&mut Arguments) -> Result<Beginning, Failure>,
}

impl Definition {
    /// A workflow without handlers.
    pub fn new<W: Workflow>(description: &str, begin: fn(&mut Arguments) -> Result<Beginning, Failure>) -> Self {
        let manifest = WorkflowDefinition {
            name: Some(W::NAME.to_owned()),
            description: description.to_owned(),
            signals: Vec::new(),
            queries: Vec::new(),
            updates: Vec::new(),
        };
        Self { manifest, begin }
    }

    /// Adds a signal.
    #[must_use]
    pub fn signal(mut self, name: &str, description: &str) -> Self {
        self.manifest.signals.push(handler(name, description));
        self
    }

    /// Adds a query.
    #[must_use]
    pub fn query(mut self, name: &str, description: &str) -> Self {
        self.manifest.queries.push(handler(name, description));
        self
    }

    /// Adds an update.
    #[must_use]
    pub fn update(mut self, name: &str, description: &str) -> Self {
        self.manifest.updates.push(handler(name, description));
        self
    }
}

impl std::fmt::Debug for Definition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Definition").field(&self.manifest).finish()
    }
}

fn handler(name: &str, description: &str) -> HandlerDefinition {
    HandlerDefinition {
        name: Some(name.to_owned()),
        description: description.to_owned(),
    }
}

/// A run that has read its arguments and has not been polled yet.
pub struct Beginning {
    pub(crate) story: LocalBoxFuture<'static, Result<Payload, Failure>>,
    pub(crate) handlers: Box<dyn AnyHandlers>,
}

impl Beginning {
    /// A run without handlers.
    pub fn of_function<R: WorkflowResult>(story: impl Future<Output = R> + 'static) -> Self {
        Self {
            story: encoded(story),
            handlers: Box::new(NoHandlers),
        }
    }

    /// A run whose handlers share `state` with its story.
    pub fn of_state<S: Handlers, R: WorkflowResult, F>(state: S, story: impl FnOnce(State<S>) -> F) -> Self
    where
        F: Future<Output = R> + 'static,
    {
        let state = State::new(state);
        Self {
            story: encoded(story(state.clone())),
            handlers: Box::new(state),
        }
    }
}

impl std::fmt::Debug for Beginning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Beginning").finish_non_exhaustive()
    }
}

fn encoded<R: WorkflowResult>(
    story: impl Future<Output = R> + 'static,
) -> LocalBoxFuture<'static, Result<Payload, Failure>> {
    async move { encode("the workflow's result", &story.await.into_result()?) }.boxed_local()
}

fn encode(what: &str, value: &impl ToPayload) -> Result<Payload, Failure> {
    Ok(value.to_payload().unwrap_or_else(|error| panic!("{what}: {error}")))
}

/// Encodes an argument of an activity.
///
/// # Panics
/// If the value has no payload form.
pub fn argument<T: ToPayload + ?Sized>(activity: &str, name: &str, value: &T) -> Payload {
    value
        .to_payload()
        .unwrap_or_else(|error| panic!("argument `{name}` of activity `{activity}`: {error}"))
}

/// What a workflow or an update returns: `Result<T, Failure>`, or a `Result` whose error becomes a [`Failure`].
#[diagnostic::on_unimplemented(
    message = "a workflow returns `Result<T, Failure>`, not `{Self}`",
    label = "wrap this in `Result<_, Failure>`",
    note = "`T` is anything that serde serialises; for an error type of your own, implement `From` for `Failure`"
)]
pub trait WorkflowResult {
    /// The result of success.
    type Value: ToPayload;

    /// Brings the error into its common form.
    fn into_result(self) -> Result<Self::Value, Failure>;
}

impl<T: ToPayload, E: Into<Failure>> WorkflowResult for Result<T, E> {
    type Value = T;

    fn into_result(self) -> Result<T, Failure> {
        self.map_err(Into::into)
    }
}

/// Encodes the answer of a query that always has one.
pub fn answered<T: ToPayload>(answer: T) -> Result<Payload, Failure> {
    encode("a query's answer", &answer)
}

/// Encodes the answer of a query that may fail.
pub fn answered_or_failed<R: WorkflowResult>(answer: R) -> Result<Payload, Failure> {
    answered(answer.into_result()?)
}

/// Takes a signal.
pub type SignalHandler<S> = fn(&State<S>, &mut Arguments) -> Result<(), Failure>;

/// Answers a query.
pub type QueryHandler<S> = fn(&S, &mut Arguments) -> Result<Payload, Failure>;

/// Begins an update; the future gives its result.
pub type UpdateHandler<S> =
    fn(&State<S>, &mut Arguments) -> Result<LocalBoxFuture<'static, Result<Payload, Failure>>, Failure>;

/// Says whether an update may begin.
pub type Validator<S> = fn(&S, &mut Arguments) -> Result<(), Failure>;

/// The handlers of a workflow with state, by name.
pub trait Handlers: Sized + 'static {
    /// The signal handler of this name.
    fn signal(name: &str) -> Option<SignalHandler<Self>>;
    /// The query handler of this name.
    fn query(name: &str) -> Option<QueryHandler<Self>>;
    /// The update handler of this name.
    fn update(name: &str) -> Option<UpdateHandler<Self>>;
    /// What an update of this name must pass. Every update has one: at the least, its arguments must fit.
    fn validator(name: &str) -> Option<Validator<Self>>;
}

/// Wraps the result of an update that is there at once.
pub fn updated<R: WorkflowResult>(result: R) -> LocalBoxFuture<'static, Result<Payload, Failure>> {
    let result = result
        .into_result()
        .and_then(|value| encode("an update's result", &value));
    std::future::ready(result).boxed_local()
}

/// Wraps the result of an update that waits.
pub fn updating<R: WorkflowResult>(
    update: impl Future<Output = R> + 'static,
) -> LocalBoxFuture<'static, Result<Payload, Failure>> {
    async move { encode("an update's result", &update.await.into_result()?) }.boxed_local()
}

/// [`Handlers`] of some state, with the state. `None` says that there is no handler of this name.
pub(crate) trait AnyHandlers {
    /// Takes the signal, or leaves it untouched.
    fn signal(&self, name: &str, arguments: &[Payload]) -> Option<()>;
    fn query(&self, name: &str, arguments: Vec<Payload>) -> Option<Result<Payload, Failure>>;
    fn validate(&self, name: &str, arguments: Vec<Payload>) -> Option<Result<(), Failure>>;
    fn update(&self, name: &str, arguments: Vec<Payload>) -> Option<LocalBoxFuture<'static, Result<Payload, Failure>>>;
}

impl<S: Handlers> AnyHandlers for State<S> {
    fn signal(&self, name: &str, arguments: &[Payload]) -> Option<()> {
        let handle = S::signal(name)?;
        if let Err(failure) = handle(self, &mut Arguments::new(arguments.to_vec())) {
            signal::refuse(name, &failure);
        }
        Some(())
    }

    fn query(&self, name: &str, arguments: Vec<Payload>) -> Option<Result<Payload, Failure>> {
        let answer = S::query(name)?;
        Some(self.read(|state| answer(state, &mut Arguments::new(arguments))))
    }

    fn validate(&self, name: &str, arguments: Vec<Payload>) -> Option<Result<(), Failure>> {
        let validate = S::validator(name)?;
        Some(self.read(|state| validate(state, &mut Arguments::new(arguments))))
    }

    fn update(&self, name: &str, arguments: Vec<Payload>) -> Option<LocalBoxFuture<'static, Result<Payload, Failure>>> {
        let update = S::update(name)?;
        let begun = update(self, &mut Arguments::new(arguments));
        Some(begun.unwrap_or_else(|failure| std::future::ready(Err(failure)).boxed_local()))
    }
}

struct NoHandlers;

impl AnyHandlers for NoHandlers {
    fn signal(&self, _: &str, _: &[Payload]) -> Option<()> {
        None
    }

    fn query(&self, _: &str, _: Vec<Payload>) -> Option<Result<Payload, Failure>> {
        None
    }

    fn validate(&self, _: &str, _: Vec<Payload>) -> Option<Result<(), Failure>> {
        None
    }

    fn update(&self, _: &str, _: Vec<Payload>) -> Option<LocalBoxFuture<'static, Result<Payload, Failure>>> {
        None
    }
}
