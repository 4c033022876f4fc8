//! QuickJS, and the one program in it.

use std::cell::RefCell;
use std::collections::BTreeSet;

use rquickjs::context::EvalOptions;
use rquickjs::function::{Args, IntoArgs};
use rquickjs::{
    CatchResultExt, CaughtError, Context, Ctx, Exception, FromJs, Function, Module, Object, Persistent, Runtime, Value,
    WriteOptions, qjs,
};

use crate::bindings::mainspring::workflow::outcome;
use crate::bindings::mainspring::workflow::types::{ApplicationFailure, FailureInfo, FailureLayer};
use crate::{host, memory, source_map};

/// How stack traces name the bundle, before they are mapped to the author's files.
pub(crate) const BUNDLE: &str = "workflow.js";

/// How they name what is the runtime's own.
pub(crate) const RUNTIME: &str = "mainspring:runtime";

/// Makes the builtin functions that a program names.
const BUILTINS: &str = include_str!("builtins.js");

/// Of the 1 MiB that the linker gives. What recurses beyond it is told so by a `RangeError`, long before the host would see its own stack exhausted.
const STACK_BYTES_MAX: usize = 128 * 1024;

thread_local! {
    static PROGRAM: RefCell<Option<Program>> = const { RefCell::new(None) };
}

/// A bundle that was evaluated.
pub(crate) struct Program {
    runtime: Runtime,
    context: Context,
    pub(crate) exports: Exports,
}

/// A function of the bundle.
pub(crate) type Export = Persistent<Function<'static>>;

macro_rules! exports {
    ($($name:ident: $exported:literal),* $(,)?) => {
        /// What the bundle exports, found once.
        pub(crate) struct Exports {
            $(pub(crate) $name: Export,)*
        }

        impl Exports {
            fn of<'js>(ctx: &Ctx<'js>, module: &Object<'js>) -> rquickjs::Result<Self> {
                Ok(Self {
                    $($name: Persistent::save(ctx, module.get::<_, Function<'js>>($exported)?),)*
                })
            }
        }
    };
}

exports! {
    cancel_requested: "cancelRequested",
    child_exists: "childExists",
    child_started: "childStarted",
    completed: "completed",
    describe: "describe",
    enter: "enter",
    failed: "failed",
    query: "query",
    rejected: "rejected",
    settle: "settle",
    signal_received: "signalReceived",
    update_requested: "updateRequested",
    validate_update: "validateUpdate",
}

/// Makes the engine and evaluates the bundle in it. The error is for the author: the exception and where it was thrown.
pub(crate) fn load(code: String, sources: Vec<String>, places: Vec<u8>) -> Result<(), String> {
    report_panics();
    source_map::keep(sources, places);
    let names = names_in(&code);
    let bytecode = compile(code)?;
    memory::tidy();
    let (runtime, context) = engine()?;
    let exports = context.with(|ctx| {
        let evaluate = || {
            host::install(&ctx)?;
            make_builtins(&ctx, names)?;
            // Sound, since the engine itself wrote it a moment ago.
            let declared = unsafe { Module::load(ctx.clone(), &bytecode) }?;
            let (module, evaluated) = declared.eval()?;
            evaluated.finish::<()>()?;
            Exports::of(&ctx, &module.namespace()?)
        };
        evaluate().catch(&ctx).map_err(|error| describe(&error))
    })?;
    let program = Program {
        runtime,
        context,
        exports,
    };
    // The engine has copied it.
    drop(bytecode);
    track_rejections(&program);
    program.drain();
    // What the evaluation left behind need not be in every run's memory.
    program.runtime.run_gc();
    freeze(&program.context);
    PROGRAM.set(Some(program));
    memory::loaded();
    Ok(())
}

fn engine() -> Result<(Runtime, Context), String> {
    let runtime = Runtime::new_with_alloc(memory::ForEngine).map_err(|error| error.to_string())?;
    runtime.set_max_stack_size(STACK_BYTES_MAX);
    let context = Context::full(&runtime).map_err(|error| error.to_string())?;
    Ok((runtime, context))
}

/// Whatever a text could mean by a name.
fn names_in(code: &str) -> BTreeSet<String> {
    let is_of_name = |character: char| character.is_alphanumeric() || matches!(character, '_' | '$');
    code.split(|character| !is_of_name(character))
        .map(str::to_owned)
        .collect()
}

fn make_builtins(ctx: &Ctx<'_>, names: BTreeSet<String>) -> rquickjs::Result<()> {
    let make: Function<'_> = eval(ctx, BUILTINS)?;
    let is_named = Function::new(ctx.clone(), move |name: String| names.contains(&name))?;
    make.call((is_named,))
}

/// Evaluates what is the runtime's own.
pub(crate) fn eval<'js, T: FromJs<'js>>(ctx: &Ctx<'js>, code: &str) -> rquickjs::Result<T> {
    let mut named = EvalOptions::default();
    named.filename = Some(RUNTIME.to_owned());
    ctx.eval_with_options(code, named)
}

/// Has QuickJS leave all that is there as it is: see `quickjs.patch`.
fn freeze(context: &Context) {
    unsafe extern "C" {
        fn JS_Freeze(context: *mut qjs::JSContext);
    }
    context.with(|ctx| unsafe { JS_Freeze(ctx.as_raw().as_ptr()) });
}

/// Compiles the bundle, in an engine of its own that is gone afterwards, without the texts of functions: they are several times as large as all else.
fn compile(code: String) -> Result<Vec<u8>, String> {
    let (_runtime, context) = engine()?;
    context.with(|ctx| {
        let compile = || {
            let options = WriteOptions {
                strip_source: true,
                ..WriteOptions::default()
            };
            Module::declare(ctx.clone(), BUNDLE, code)?.write(options)
        };
        compile().catch(&ctx).map_err(|error| describe(&error))
    })
}

/// Enters the program.
pub(crate) fn with<T>(enter: impl FnOnce(&Program) -> T) -> T {
    report_panics();
    PROGRAM.with_borrow(|program| enter(program.as_ref().expect("a module is made by `init`")))
}

impl Program {
    /// Calls an export. An exception blocks the run, and this does not return.
    pub(crate) fn call<A, T>(&self, export: &Export, arguments: A) -> T
    where
        A: for<'js> IntoArgs<'js>,
        T: for<'js> FromJs<'js>,
    {
        self.context.with(|ctx| {
            let call = || {
                let function = export.clone().restore(&ctx)?;
                let mut values = Args::new(ctx.clone(), arguments.num_args());
                arguments.into_args(&mut values)?;
                function.call_arg(values)
            };
            call().catch(&ctx).unwrap_or_else(|error| block(&error))
        })
    }

    /// Runs promise jobs until there are none.
    pub(crate) fn drain(&self) {
        loop {
            match self.runtime.execute_pending_job() {
                Ok(true) => {}
                Ok(false) => return,
                Err(exception) => exception.0.with(|ctx| {
                    let thrown: rquickjs::Result<()> = Err(rquickjs::Error::Exception);
                    thrown.catch(&ctx).unwrap_or_else(|error| block(&error));
                }),
            }
        }
    }
}

/// Has the program told of promises that are rejected with nobody to take it, and of those that somebody took after all.
fn track_rejections(program: &Program) {
    let rejected = program.exports.rejected.clone();
    // Not within the context: that has the runtime in its hands.
    program
        .runtime
        .set_host_promise_rejection_tracker(Some(Box::new(move |ctx, promise, reason, handled| {
            let told: rquickjs::Result<()> = rejected
                .clone()
                .restore(&ctx)
                .and_then(|rejected| rejected.call((promise, reason, handled)));
            told.catch(&ctx).unwrap_or_else(|error| block(&error));
        })));
}

/// Blocks the run with the exception. The host does not return from it.
fn block(error: &CaughtError<'_>) -> ! {
    let (kind, message, stack_trace) = match error {
        CaughtError::Exception(exception) => (
            name(exception),
            exception.message().unwrap_or_default(),
            stack(exception),
        ),
        other => ("Error".to_owned(), describe(other), String::new()),
    };
    block_with(kind, message, stack_trace)
}

fn block_with(kind: String, message: String, stack_trace: String) -> ! {
    outcome::block(&vec![FailureLayer {
        message,
        source: "TypeScriptSDK".to_owned(),
        stack_trace,
        encoded_attributes: None,
        info: FailureInfo::Application(ApplicationFailure {
            kind,
            non_retryable: false,
            benign: false,
            details: Vec::new(),
            next_retry_delay: None,
        }),
    }]);
    std::process::abort()
}

/// What was thrown, and where, as one text.
fn describe(error: &CaughtError<'_>) -> String {
    match error {
        CaughtError::Exception(exception) => {
            let message = exception.message().unwrap_or_default();
            format!("{}: {message}\n{}", name(exception), stack(exception))
        }
        CaughtError::Value(value) => {
            let text: rquickjs::Result<rquickjs::Coerced<String>> = value.get();
            text.map_or_else(|_| "something that is no Error was thrown".to_owned(), |text| text.0)
        }
        CaughtError::Error(error) => error.to_string(),
    }
}

fn name(exception: &Exception<'_>) -> String {
    let name: rquickjs::Result<Value<'_>> = exception.as_object().get("name");
    name.ok()
        .and_then(|name| name.as_string().and_then(|name| name.to_string().ok()))
        .unwrap_or_else(|| "Error".to_owned())
}

fn stack(exception: &Exception<'_>) -> String {
    source_map::map(&exception.stack().unwrap_or_default())
}

/// A panic is a mistake in this crate; before it traps, the host hears of it.
fn report_panics() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        std::panic::set_hook(Box::new(|panic| {
            let message = panic.payload_as_str().unwrap_or("a panic without a message");
            let place = panic.location().map(ToString::to_string).unwrap_or_default();
            block_with(
                "Panic".to_owned(),
                format!("the runtime panicked at {place}: {message}"),
                String::new(),
            );
        }));
    });
}
