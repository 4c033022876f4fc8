//! An engine in the test's own process, and looks into it.

use super::patience::until;
use super::{compiled, modules};
use mainspring::shard::{Description, Target};
use mainspring::{Failure, Mainspring, Settings, WorkflowHandle};
use mainspring_core::{Event, Payload};

/// The task queue of the activities that [`open`] registers.
pub(crate) const QUEUE: &str = "work";

/// The usual settings, with fewer guests (each reserves addresses, and there are many engines in this process), and with
/// what other tests have compiled.
pub(crate) fn frugal(settings: Settings) -> Settings {
    let mut settings = settings;
    settings.compiled = Some(compiled::directory());
    settings.wasm.limits.instances_max = 50;
    settings
}

/// An engine with the small workflows of the tests, and `noop` for them.
pub(crate) async fn open(settings: Settings) -> Mainspring {
    let mainspring = Mainspring::open(frugal(settings)).await.expect("the engine opens");
    load(&mainspring, "test_guests").await;
    mainspring.activity(QUEUE, "noop", async |_, number: u32| Ok::<_, Failure>(number));
    mainspring
}

/// Loads a built module; variants of a module come under the same name.
pub(crate) async fn load(mainspring: &Mainspring, file: &str) {
    let name = file.trim_end_matches("_swapped");
    mainspring
        .load_module(name, modules::path(file))
        .await
        .expect("the module is taken");
}

/// Starts a workflow whose activities go to [`QUEUE`].
pub(crate) async fn start(
    mainspring: &Mainspring,
    workflow_type: &str,
    workflow_id: &str,
    argument: &impl serde::Serialize,
) -> WorkflowHandle {
    let workflow = mainspring.workflow(workflow_type, workflow_id).task_queue(QUEUE);
    workflow.start(argument).await.expect("it is started")
}

/// The same with any number of arguments.
pub(crate) async fn start_with(
    mainspring: &Mainspring,
    workflow_type: &str,
    workflow_id: &str,
    arguments: &[serde_json::Value],
) -> WorkflowHandle {
    let input = arguments
        .iter()
        .map(|it| Payload::encoded("json/plain", it.to_string()));
    let workflow = mainspring.workflow(workflow_type, workflow_id).task_queue(QUEUE);
    workflow.start_with(input.collect()).await.expect("it is started")
}

/// The current run of a workflow id.
pub(crate) fn target(workflow_id: &str) -> Target {
    Target::current("default", workflow_id)
}

/// What is durable of a workflow.
pub(crate) async fn history(mainspring: &Mainspring, workflow_id: &str) -> Vec<Event> {
    let history = mainspring
        .engine()
        .history(target(workflow_id))
        .await
        .expect("it has a history");
    history.records.into_iter().map(|record| record.event).collect()
}

/// The same as names only.
pub(crate) async fn event_names(mainspring: &Mainspring, workflow_id: &str) -> Vec<&'static str> {
    history(mainspring, workflow_id).await.iter().map(Event::name).collect()
}

/// How a workflow stands.
pub(crate) async fn describe(mainspring: &Mainspring, workflow_id: &str) -> Box<Description> {
    mainspring
        .engine()
        .describe(target(workflow_id))
        .await
        .expect("it is known")
}

/// Why a workflow is blocked, once it is.
pub(crate) async fn blocked(mainspring: &Mainspring, workflow_id: &str) -> String {
    until("the run is blocked", async || {
        let blocked = describe(mainspring, workflow_id).await.blocked?;
        Some(blocked.reason)
    })
    .await
}
