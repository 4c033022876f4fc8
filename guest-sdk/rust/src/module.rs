//! The module as the host calls it: what `export!` connects to the component's exports.

use crate::bindings::exports::mainspring::workflow::guest::{
    Activation, Guest, HandlerDefinition, Job, Manifest, Update,
};
use crate::definition::Listed;
use crate::failure::{Failure, FailureLayer};
use crate::payload::Payload;
use crate::run::{Run, unknown};

/// A list of workflows; [`crate::export!`] makes one.
pub trait Module {
    /// The workflows of this module.
    const WORKFLOWS: &'static [Listed];
}

impl<M: Module> Guest for M {
    fn describe() -> Manifest {
        report_panics();
        Manifest {
            sdk: concat!("mainspring-rust/", env!("CARGO_PKG_VERSION")).to_owned(),
            workflows: Self::WORKFLOWS
                .iter()
                .map(|listed| (listed.define)().manifest)
                .collect(),
        }
    }

    fn activate(mut activation: Activation) {
        report_panics();
        if let Some(Job::Start(_)) = activation.jobs.first()
            && let Job::Start(start) = activation.jobs.remove(0)
        {
            Run::begin(start, activation.now, Self::WORKFLOWS);
        }
        Run::current().activate(activation);
    }

    fn query(
        name: String,
        arguments: Vec<Payload>,
        _headers: Vec<(String, Payload)>,
    ) -> Result<Payload, Vec<FailureLayer>> {
        let served = Run::current().served();
        let answer = served.as_ref().and_then(|it| it.handlers.query(&name, arguments));
        let known = served
            .as_ref()
            .map(|it| names(&it.manifest.queries))
            .unwrap_or_default();
        answer
            .unwrap_or_else(|| Err(unknown("query", &name, &known)))
            .map_err(Failure::into_layers)
    }

    fn validate_update(update: Update) -> Result<(), Vec<FailureLayer>> {
        let served = Run::current().served();
        let verdict = served
            .as_ref()
            .and_then(|it| it.handlers.validate(&update.name, update.input));
        let known = served
            .as_ref()
            .map(|it| names(&it.manifest.updates))
            .unwrap_or_default();
        verdict
            .unwrap_or_else(|| Err(unknown("update", &update.name, &known)))
            .map_err(Failure::into_layers)
    }
}

fn names(handlers: &[HandlerDefinition]) -> Vec<&str> {
    handlers.iter().filter_map(|handler| handler.name.as_deref()).collect()
}

/// The kind of the failure that blocks a run whose code panics.
#[cfg(target_arch = "wasm32")]
const PANIC: &str = "Panic";

/// Before a panic traps, tells the host what and where it was: it blocks the run for that reason.
#[cfg(target_arch = "wasm32")]
fn report_panics() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        std::panic::set_hook(Box::new(|panic| {
            let message = panic.payload_as_str().unwrap_or("a panic without a message");
            let place = panic.location().map(ToString::to_string).unwrap_or_default();
            let failure = Failure::application(PANIC, format_args!("panicked at {place}: {message}"));
            crate::host::outcome::block(&failure.into_layers());
        }));
    });
}

/// Natively, the test harness reports panics.
#[cfg(not(target_arch = "wasm32"))]
fn report_panics() {}

/// Makes the listed workflows this module's, and this crate a module: once per crate.
///
/// ```
/// use mainspring_workflow::{Failure, export, workflow};
///
/// #[workflow]
/// async fn greet(name: String) -> Result<String, Failure> {
///     Ok(format!("Hello, {name}!"))
/// }
///
/// export!(greet);
/// # fn main() {}
/// ```
#[macro_export]
macro_rules! export {
    ($($workflow:path),+ $(,)?) => {
        const _: () = {
            struct Exported;

            impl $crate::module::Module for Exported {
                const WORKFLOWS: &'static [$crate::definition::Listed] =
                    &[$($crate::definition::Listed::of::<$workflow>()),+];
            }

            const _: () = $crate::definition::Listed::assert_unique(<Exported as $crate::module::Module>::WORKFLOWS);

            // Natively there is nobody to export to; tests reach the workflows themselves.
            #[cfg(target_arch = "wasm32")]
            $crate::bindings::export!(Exported with_types_in $crate::bindings);
        };
    };
}
