//! `mainspring replay`: whether a module still does what histories say.

use super::connection::ConnectionArgs;
use super::exported::Exported;
use super::module::{Loaded, ModuleFile, load};
use super::output::{Format, OutputArgs, print, print_json};
use super::render::style::{BAD, FAINT, GOOD, HEADING};
use super::{CliError, Exit};
use bytes::Bytes;
use mainspring::shard::{Unreplayable, replay};
use mainspring::wasm::Guests as _;
use mainspring_build::Options;
use serde_json::json;
use std::path::{Path, PathBuf};

/// Which module, and which histories.
#[derive(Debug, clap::Args)]
pub(crate) struct ReplayArgs {
    /// The module: a .wasm file; or its sources, which are built first.
    #[arg(long, short, value_name = "MODULE.wasm|SOURCE")]
    module: PathBuf,
    /// Histories, as `mainspring workflow export` writes them.
    #[arg(value_name = "HISTORY.json", required_unless_present = "workflow_ids")]
    histories: Vec<PathBuf>,
    /// A workflow of a server, whose latest run is replayed. May be given several times.
    #[arg(long = "workflow-id", short, value_name = "ID")]
    workflow_ids: Vec<String>,
    #[command(flatten)]
    connection: ConnectionArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// What came of one replay.
struct Verdict {
    history: Exported,
    outcome: Result<(), Unreplayable>,
}

impl ReplayArgs {
    pub(crate) async fn run(self) -> Result<Exit, CliError> {
        let mut histories = Vec::new();
        for path in &self.histories {
            histories.push(Exported::read(path)?);
        }
        if !self.workflow_ids.is_empty() {
            let mut connection = self.connection.connect().await?;
            for workflow_id in self.workflow_ids {
                histories.push(Exported::fetch(&mut connection, workflow_id, String::new()).await?);
            }
        }
        let replaying = tokio::task::spawn_blocking(move || replay_all(&self.module, histories));
        let verdicts = replaying.await.map_err(|error| CliError::failed(&error))??;
        match self.output.output {
            Format::Text => print(&verdicts.iter().map(told).collect::<String>())?,
            Format::Json => print_json(&verdicts.iter().map(to_json).collect())?,
        }
        match verdicts.iter().all(|verdict| verdict.outcome.is_ok()) {
            true => Ok(Exit::Done),
            false => Ok(Exit::Diverged),
        }
    }
}

fn replay_all(module: &Path, histories: Vec<Exported>) -> Result<Vec<Verdict>, CliError> {
    let module = load(read(module)?)?;
    histories
        .into_iter()
        .map(|history| {
            let outcome = replay_one(&module, &history)?;
            Ok(Verdict { history, outcome })
        })
        .collect()
}

fn read(module: &Path) -> Result<Bytes, CliError> {
    if module.extension().is_some_and(|it| it == "wasm") {
        return Ok(ModuleFile::read(module)?.bytes);
    }
    Ok(mainspring_build::build(module, &Options::default())?.module.into())
}

/// Each in a guest of its own, as the server does it.
fn replay_one(module: &Loaded, history: &Exported) -> Result<Result<(), Unreplayable>, CliError> {
    let records = history.records()?;
    let guest = module.modules.instantiate(&module.accepted.digest);
    let mut guest = guest.map_err(|error| CliError::failed(&error))?;
    Ok(replay(&mut guest, records).map(drop))
}

fn told(verdict: &Verdict) -> String {
    let Exported {
        workflow_id,
        run_id,
        workflow_type,
        events,
        ..
    } = &verdict.history;
    let what = HEADING.paint(workflow_id);
    let facts = FAINT.paint(format_args!("{workflow_type}, run {run_id}, {events} events"));
    match &verdict.outcome {
        Ok(()) => format!("{} {what}  {facts}\n", GOOD.paint("compatible")),
        Err(error) => format!("{} {what}  {facts}\n{error}\n", BAD.paint("not compatible")),
    }
}

fn to_json(verdict: &Verdict) -> serde_json::Value {
    let history = &verdict.history;
    let divergence = verdict.outcome.as_ref().err().map(|error| {
        let mismatch = error.mismatch().map(|mismatch| {
            let fields = mismatch
                .fields
                .iter()
                .map(|field| json!({ "name": field.name, "recorded": field.recorded, "asked": field.asked }));
            json!({
                "event": mismatch.event.0,
                "recorded": mismatch.recorded,
                "asked": mismatch.asked,
                "fields": fields.collect::<Vec<_>>(),
            })
        });
        json!({ "message": error.to_string(), "mismatch": mismatch })
    });
    json!({
        "workflowId": history.workflow_id,
        "runId": history.run_id,
        "workflowType": history.workflow_type,
        "events": history.events,
        "compatible": divergence.is_none(),
        "divergence": divergence,
    })
}
