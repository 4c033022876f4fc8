//! Histories that runs once had, one file for each behaviour (`tests/golden-histories`), are understood for ever: they
//! can be read, fold to the same states, and the workflows of today ask for the same again when they are replayed.
//!
//! A golden history is never changed. `UPDATE_GOLDEN=1` plays the behaviours whose files are missing, and writes them.

mod behaviours;
mod file;
mod languages;
mod state;
#[path = "../../../host/core/tests/it/tell.rs"]
#[expect(dead_code, reason = "the stories of the core tell more")]
mod tell;

use crate::support::replay::replay;
use crate::support::stage::Stage;
use file::GoldenHistory;
use mainspring_core::{Digest, Event, Record, RunState, ShownEventId};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What is played, and how it is told: its name, and what happens.
type Behaviour = (&'static str, fn(&mut Stage));

#[test]
fn golden_histories_are_told_as_ever() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(file::directory());
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        for name in names() {
            insta::assert_snapshot!(name.as_str(), story(&GoldenHistory::read(&name)));
        }
    });
}

#[test]
fn golden_histories_are_replayed_by_the_workflows_of_today() {
    for name in names() {
        for run in GoldenHistory::read(&name).runs {
            let workflow_id = run.workflow_id;
            replay(run.records).unwrap_or_else(|error| panic!("{name}, {workflow_id}: {error}"));
        }
    }
}

#[test]
fn behaviours_are_recorded_as_ever() {
    for (name, play) in behaviours::all() {
        let recorded = record(play);
        if std::env::var_os("UPDATE_GOLDEN").is_some() && !GoldenHistory::exists(name) {
            recorded.write(name);
        }
        assert!(
            GoldenHistory::exists(name),
            "{name} has no golden history yet: UPDATE_GOLDEN=1 writes it"
        );
        let golden = GoldenHistory::read(name);
        let recorded = without_what_came_later(recorded, &golden);
        assert!(
            golden.runs == recorded.runs,
            "{name} is recorded differently now. If that is meant, it is a new behaviour: give it another name here, and \
             leave the file of the old one, which runs that exist may have.\n{}\nnow:\n{}",
            story(&golden),
            story(&recorded)
        );
    }
}

/// All that there are, with or without somebody who plays them.
pub(crate) fn names() -> BTreeSet<String> {
    let names = file::names();
    assert!(names.len() >= behaviours::all().count(), "golden histories are missing");
    names
}

/// What a behaviour leaves behind: all runs, in the order of their beginning.
fn record(play: fn(&mut Stage)) -> GoldenHistory {
    let mut stage = Stage::new();
    play(&mut stage);
    let runs = stage.runs().into_iter().map(|run| file::GoldenRun {
        workflow_id: run.execution.workflow_id,
        records: stage
            .history_of_run(run.execution.run_id)
            .into_iter()
            .map(without_module)
            .collect(),
    });
    GoldenHistory { runs: runs.collect() }
}

/// Which build of the workflows it was does not matter: it is what differs whenever something else changes there.
fn without_module(record: Record) -> Record {
    let mut record = record;
    if let Event::Activated(activated) = &mut record.event {
        activated.module = Digest::from_bytes([0; 32]);
    }
    record
}

/// Of which event of another run an event comes: histories that were recorded before that was kept lack it, and are
/// compared without it.
fn without_what_came_later(recorded: GoldenHistory, golden: &GoldenHistory) -> GoldenHistory {
    let mut recorded = recorded;
    for (run, of_golden) in recorded.runs.iter_mut().zip(&golden.runs) {
        let mut is_longer = false;
        for (record, of_golden) in run.records.iter_mut().zip(&of_golden.records) {
            let mut of_golden = of_golden.event.clone();
            if let (Some(initiated), Some(None)) = (initiated(&mut record.event), initiated(&mut of_golden)) {
                *initiated = None;
                is_longer = true;
            }
            if let (Event::Activated(activated), Event::Activated(of_golden)) = (&mut record.event, of_golden)
                && is_longer
            {
                activated.history_bytes = of_golden.history_bytes;
            }
        }
    }
    recorded
}

fn initiated(event: &mut Event) -> Option<&mut Option<ShownEventId>> {
    match event {
        Event::RunStarted(started) => {
            let parent = Arc::make_mut(started).origin.parent.as_mut();
            parent.map(|parent| &mut parent.initiated)
        }
        Event::CancelRequested { sender, .. } => sender.as_mut().map(|sender| &mut sender.initiated),
        _ => None,
    }
}

/// All events, with the state after each where it changes in what others see of it.
fn story(golden: &GoldenHistory) -> String {
    let mut lines = Vec::new();
    for run in &golden.runs {
        lines.push(format!("{}:", run.workflow_id));
        let mut state: Option<RunState> = None;
        let mut told = String::new();
        for (at, record) in run.records.iter().enumerate() {
            lines.push(format!("  {}", tell::record(at, record)));
            match &mut state {
                None => state = Some(RunState::begin(record).expect("a history begins so")),
                Some(state) => state.apply(record).expect("the event follows"),
            }
            let now = state.as_ref().map(state::tell).unwrap_or_default();
            if now != told {
                lines.push(format!("    {now}"));
                told = now;
            }
        }
    }
    lines.join("\n")
}
