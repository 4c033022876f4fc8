//! The runs of a schedule: how they are asked for and stopped, and what is heard of them.

use super::civil::rfc3339;
use super::{Buffered, Running, Schedule, ScheduledStart, Stop, Taken};
use crate::successor::Random;
use crate::{
    ChildNotStarted, ChildOutcome, Content, Execution, IdReusePolicy, Message, Payload, PayloadMap, RunId, RunStatus,
    Timestamp,
};

/// The latest starts that are kept; older ones are forgotten.
pub const RECENT_MAX: usize = 10;

/// Runs beside others that are kept as running. Of further ones the oldest are no longer shown; nothing else depends
/// on them.
pub const OVERLAPPING_SHOWN_MAX: usize = 1_000;

/// The latest starts that came to nothing and are remembered. A start is asked for again only while its shard has not
/// heard that it arrived, so none is older than a few messages.
pub const REFUSED_MAX: usize = 10;

/// Bytes of notes; the rest of a long failure is cut off.
const NOTES_BYTES_MAX: usize = 1_000;

/// By which runs of a schedule are found.
const SCHEDULED_BY: &str = "TemporalScheduledById";
const SCHEDULED_FOR: &str = "TemporalScheduledStartTime";

impl Schedule {
    /// Whether a run is under way that others must not overlap.
    pub(super) fn is_running(&self) -> bool {
        self.progress.running.iter().any(|run| !run.overlaps)
    }

    pub(super) fn start(&mut self, start: Buffered, overlaps: bool, now: Timestamp) -> Message {
        self.progress.asked += 1;
        let mut random = Random::of_operation(self.progress.random_seed, self.progress.asked);
        let run_id = random.run_id(now);
        let nominal = rfc3339((start.nominal.as_millis() / 1_000) as i64);
        let workflow_id = if self.policies.keep_workflow_id {
            self.action.workflow_id.clone()
        } else {
            format!("{}-{nominal}", self.action.workflow_id)
        };
        self.make_room_for_overlapping();
        self.progress.running.push(Running {
            execution: Execution {
                workflow_id: workflow_id.clone(),
                run_id,
            },
            due: start.due,
            is_started: false,
            overlaps,
            stop: None,
        });
        let mut action = Box::new(self.action.clone());
        set(&mut action.search_attributes, SCHEDULED_FOR, &nominal);
        set(&mut action.search_attributes, SCHEDULED_BY, &self.id);
        // Runs that overlap do not follow each other.
        let follows = !overlaps;
        let content = Content::StartScheduled(Box::new(ScheduledStart {
            schedule_id: self.id.clone(),
            action,
            run_id,
            random_seed: (random.next(), random.next()),
            // A time is not dealt with twice, unless somebody asks for that or there is only one workflow id.
            reuse: if start.manual || self.policies.keep_workflow_id {
                IdReusePolicy::AllowDuplicate
            } else {
                IdReusePolicy::RejectDuplicate
            },
            last_completion: self.progress.last_completion.clone().filter(|_| follows),
            last_failure: self.progress.last_failure.clone().filter(|_| follows),
        }));
        self.message(workflow_id, content)
    }

    fn make_room_for_overlapping(&mut self) {
        let shown = |run: &Running| run.overlaps && run.is_started;
        if self.progress.running.iter().filter(|run| shown(run)).count() >= OVERLAPPING_SHOWN_MAX
            && let Some(oldest) = self.progress.running.iter().position(shown)
        {
            self.progress.running.remove(oldest);
        }
    }

    /// Stops the runs that others wait for, each once.
    pub(super) fn stop(&mut self, stop: Stop) -> Vec<Message> {
        let mut stopped = Vec::new();
        for run in &mut self.progress.running {
            if !run.overlaps && run.stop < Some(stop) {
                run.stop = Some(stop);
                stopped.push(run.execution.clone());
            }
        }
        let messages = stopped.into_iter().map(|execution| {
            let content = Content::StopScheduled {
                schedule_id: self.id.clone(),
                first_run_id: execution.run_id,
                stop,
            };
            self.message(execution.workflow_id, content)
        });
        messages.collect()
    }

    fn message(&self, workflow_id: String, content: Content) -> Message {
        Message {
            namespace: self.namespace.clone(),
            workflow_id,
            run_id: None,
            content,
        }
    }

    /// A run has started. It may be said more than once.
    pub fn run_started(&mut self, run_id: RunId, at: Timestamp) {
        let refused = &mut self.progress.refused;
        if let Some(at) = refused.iter().position(|run| run.execution.run_id == run_id) {
            self.progress.running.push(refused.remove(at));
        }
        let Some(run) = self.running_mut(run_id).filter(|run| !run.is_started) else {
            return;
        };
        run.is_started = true;
        let taken = Taken {
            execution: run.execution.clone(),
            due: run.due,
            started: at,
            status: RunStatus::Running,
        };
        self.progress.counts.started += 1;
        self.progress.last_refusal = None;
        self.progress.recent.push(taken);
        if self.progress.recent.len() > RECENT_MAX {
            self.progress.recent.remove(0);
        }
    }

    /// A run has not started. It may be said more than once, and the last word counts: the workflow id that was in use
    /// may be free when the start is asked for again.
    pub fn run_not_started(&mut self, run_id: RunId, cause: &ChildNotStarted) {
        let is_open = |at: &usize| !self.progress.running[*at].is_started;
        let Some(at) = self.position(run_id).filter(is_open) else {
            return;
        };
        let run = self.progress.running.remove(at);
        self.progress.last_refusal = Some(match cause {
            ChildNotStarted::WorkflowIdInUse => {
                format!(
                    "workflow {:?} was not started: the workflow id is in use, or was used",
                    run.execution.workflow_id
                )
            }
            ChildNotStarted::Refused(reason) => {
                format!("workflow {:?} was not started: {reason}", run.execution.workflow_id)
            }
        });
        self.progress.refused.push(run);
        if self.progress.refused.len() > REFUSED_MAX {
            self.progress.refused.remove(0);
        }
    }

    /// A run has ended, and none follows it. It may be said more than once.
    pub fn run_closed(&mut self, run_id: RunId, outcome: ChildOutcome, now: Timestamp) {
        self.run_started(run_id, now);
        let Some(at) = self.position(run_id) else { return };
        let run = self.progress.running.remove(at);
        let status = status(&outcome);
        let recent = self.progress.recent.iter_mut();
        if let Some(taken) = recent.rev().find(|taken| taken.execution == run.execution) {
            taken.status = status;
        }
        if self.policies.pause_on_failure && !self.activity.paused {
            self.pause_for(&run, &outcome);
        }
        if run.overlaps {
            return;
        }
        match outcome {
            ChildOutcome::Completed(output) => {
                self.progress.last_completion = output;
                self.progress.last_failure = None;
            }
            ChildOutcome::Failed(failure, _) => self.progress.last_failure = Some(failure),
            ChildOutcome::Cancelled(_) | ChildOutcome::Terminated | ChildOutcome::TimedOut(_) => {}
        }
    }

    fn pause_for(&mut self, run: &Running, outcome: &ChildOutcome) {
        let workflow_id = &run.execution.workflow_id;
        let notes = match outcome {
            ChildOutcome::Failed(failure, _) => {
                let message = &failure.outermost().message;
                format!("paused due to workflow failure: {workflow_id}: {message}")
            }
            ChildOutcome::TimedOut(_) => format!("paused due to workflow timeout: {workflow_id}"),
            ChildOutcome::Completed(_) | ChildOutcome::Cancelled(_) | ChildOutcome::Terminated => return,
        };
        self.activity.paused = true;
        self.activity.notes = shortened(notes);
        self.revision += 1;
    }

    fn position(&self, run_id: RunId) -> Option<usize> {
        self.progress
            .running
            .iter()
            .position(|run| run.execution.run_id == run_id)
    }

    fn running_mut(&mut self, run_id: RunId) -> Option<&mut Running> {
        self.progress
            .running
            .iter_mut()
            .find(|run| run.execution.run_id == run_id)
    }
}

/// Notes as long as people may write them, so that they can be sent back.
fn shortened(mut notes: String) -> String {
    if notes.len() > NOTES_BYTES_MAX {
        notes.truncate(notes.floor_char_boundary(NOTES_BYTES_MAX));
    }
    notes
}

const fn status(outcome: &ChildOutcome) -> RunStatus {
    match outcome {
        ChildOutcome::Completed(_) => RunStatus::Completed,
        ChildOutcome::Failed(..) => RunStatus::Failed,
        ChildOutcome::Cancelled(_) => RunStatus::Cancelled,
        ChildOutcome::Terminated => RunStatus::Terminated,
        ChildOutcome::TimedOut(_) => RunStatus::TimedOut,
    }
}

fn set(attributes: &mut PayloadMap, name: &str, value: &str) {
    let payload = Payload::encoded("json/plain", json_string(value));
    match attributes.binary_search_by(|(known, _)| known.as_str().cmp(name)) {
        Ok(at) => attributes[at].1 = payload,
        Err(at) => attributes.insert(at, (name.to_owned(), payload)),
    }
}

/// A text without control characters as JSON has it.
fn json_string(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
