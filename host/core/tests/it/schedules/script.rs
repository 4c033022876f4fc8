//! Stories of a schedule, in a small language.
//!
//! The first command creates the schedule: `every 10s`, followed by any of `overlap=POLICY`, `catch-up=SPAN`,
//! `limit=N`, `pause-on-failure`, `keep-id`, `jitter=SPAN`, `until=MOMENT`. Then:
//!
//! | command | |
//! |---|---|
//! | `wait SPAN` | time passes, and the schedule wakes whenever it wants to |
//! | `down SPAN` | time passes, and the schedule wakes at its end |
//! | `completes`, `fails`, `times-out`, `is-cancelled` | the oldest run ends |
//! | `trigger [POLICY]`, `backfill FROM..TO [POLICY]` | somebody asks for it; moments are seconds of the story |
//! | `pause`, `go`, `every …` | somebody changes it |
//! | `refuse` | from now on no run starts; `accept` ends that |
//!
//! Runs that are asked for start at once.

use mainspring_core::schedule::{
    Action, Activity, BackfillRequest, Interval, OverlapPolicy, Patch, Policies, Progress, Schedule, Spec, Stop, Times,
    Trigger, Update, Utc,
};
use mainspring_core::{
    ApplicationFailure, ChildNotStarted, ChildOutcome, Content, Failure, FailureInfo, FailureLayer, Message, Millis,
    RetryState, RunId, Timestamp, WorkflowTimeouts,
};
use std::fmt::Write;

/// The 1st of January 2024.
const BEGINNING: u64 = 1_704_067_200_000;

struct Story {
    schedule: Schedule,
    now: Timestamp,
    refuses: bool,
    told: String,
}

/// Plays a story, and tells what happens.
pub(super) fn story(script: &str) -> String {
    let mut commands = script.split(';').map(str::trim);
    let first = commands.next().expect("a story begins");
    let mut story = Story {
        schedule: create(first),
        now: moment("0"),
        refuses: false,
        told: format!("> {first}\n"),
    };
    story.advance();
    for command in commands {
        let _ = writeln!(story.told, "> {command}");
        story.perform(command);
    }
    story.sum_up();
    story.told
}

/// A schedule as the language says it.
pub(super) fn create(command: &str) -> Schedule {
    let Update {
        spec,
        action,
        policies,
        activity,
        ..
    } = update(command);
    let now = moment("0");
    Schedule {
        namespace: "default".into(),
        id: "nightly".into(),
        spec,
        action,
        policies,
        activity,
        memo: Vec::new(),
        search_attributes: Vec::new(),
        created: now,
        updated: None,
        revision: 1,
        created_by: String::new(),
        changed_by: Vec::new(),
        progress: Progress::new((1, 2), now),
    }
}

fn update(command: &str) -> Update {
    let mut words = command.split_whitespace();
    assert_eq!(words.next(), Some("every"), "{command}");
    let mut update = Update {
        spec: Spec {
            intervals: vec![Interval {
                every: span(words.next().expect("a span")),
                phase: Millis::ZERO,
            }],
            ..Spec::default()
        },
        action: Action {
            workflow_id: "report".into(),
            workflow_type: "report".into(),
            task_queue: "reports".into(),
            input: Vec::new(),
            headers: Vec::new(),
            timeouts: WorkflowTimeouts::default(),
            retry: None,
            memo: Vec::new(),
            search_attributes: Vec::new(),
            priority: None,
            summary: None,
            details: None,
        },
        policies: Policies::default(),
        activity: Activity::default(),
        memo: None,
        search_attributes: None,
        revision: None,
        request_id: String::new(),
    };
    for word in words {
        match word.split_once('=').unwrap_or((word, "")) {
            ("overlap", name) => update.policies.overlap = policy(name),
            ("catch-up", text) => update.policies.catch_up = span(text),
            ("limit", count) => update.activity.remaining = count.parse().ok(),
            ("jitter", text) => update.spec.jitter = span(text),
            ("until", text) => update.spec.end = Some(moment(text)),
            ("pause-on-failure", _) => update.policies.pause_on_failure = true,
            ("keep-id", _) => update.policies.keep_workflow_id = true,
            _ => panic!("{word} is not understood"),
        }
    }
    update
}

fn policy(name: &str) -> OverlapPolicy {
    match name {
        "skip" => OverlapPolicy::Skip,
        "buffer-one" => OverlapPolicy::BufferOne,
        "buffer-all" => OverlapPolicy::BufferAll,
        "cancel-other" => OverlapPolicy::CancelOther,
        "terminate-other" => OverlapPolicy::TerminateOther,
        "allow-all" => OverlapPolicy::AllowAll,
        _ => panic!("{name} is no policy"),
    }
}

fn span(text: &str) -> Millis {
    let (count, unit) = text.split_at(text.len() - 1);
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => panic!("{text} is no span"),
    };
    Millis::from_secs(count.parse::<u64>().expect("a number") * seconds)
}

fn moment(seconds: &str) -> Timestamp {
    Timestamp::from_millis(BEGINNING + seconds.parse::<u64>().expect("a number") * 1_000)
}

fn since(at: Timestamp) -> String {
    let millis = at.as_millis() - BEGINNING;
    match millis % 1_000 {
        0 => format!("{}s", millis / 1_000),
        _ => format!("{}.{:03}s", millis / 1_000, millis % 1_000),
    }
}

/// The times of a schedule in UTC.
pub(super) fn times(schedule: &Schedule) -> Times {
    Times::new(&schedule.spec, Box::new(Utc), &schedule.namespace, &schedule.id)
}

/// How a run of a story ends.
pub(super) fn outcome(name: &str) -> ChildOutcome {
    match name {
        "completes" => ChildOutcome::Completed(None),
        "fails" => {
            let info = FailureInfo::Application(ApplicationFailure {
                kind: "OutOfPaper".into(),
                non_retryable: false,
                details: Vec::new(),
                next_retry_delay: None,
                benign: false,
            });
            let failure = Failure::new(FailureLayer::of_engine("out of paper", info));
            ChildOutcome::Failed(failure, RetryState::RetryPolicyNotSet)
        }
        "times-out" => ChildOutcome::TimedOut(RetryState::Timeout),
        "is-cancelled" => ChildOutcome::Cancelled(Vec::new()),
        _ => panic!("{name} is no command"),
    }
}

impl Story {
    fn perform(&mut self, command: &str) {
        let words: Vec<&str> = command.split_whitespace().collect();
        match words[..] {
            ["wait", text] => self.wait(span(text)),
            ["down", text] => {
                self.now = self.now.after(span(text));
                self.advance();
            }
            ["trigger"] => self.trigger(None),
            ["trigger", name] => self.trigger(Some(policy(name))),
            ["backfill", span] => self.backfill(span, None),
            ["backfill", span, name] => self.backfill(span, Some(policy(name))),
            ["pause"] => self.patch(Patch {
                pause: Some((true, "by hand".into())),
                ..Patch::default()
            }),
            ["go"] => self.patch(Patch {
                pause: Some((false, "by hand".into())),
                ..Patch::default()
            }),
            ["every", ..] => {
                self.advance();
                let update = update(command);
                self.schedule.update(update, self.now).expect("it is not refused");
                self.advance();
            }
            ["refuse"] => self.refuses = true,
            ["accept"] => self.refuses = false,
            [ending] => self.end_oldest(ending),
            _ => panic!("{command} is not understood"),
        }
    }

    fn wait(&mut self, span: Millis) {
        let end = self.now.after(span);
        loop {
            let due = self.schedule.next_deadline(&times(&self.schedule), self.now);
            let Some(due) = due.filter(|due| *due <= end) else {
                break;
            };
            self.now = self.now.max(due);
            self.advance();
        }
        self.now = end;
    }

    fn trigger(&mut self, overlap: Option<OverlapPolicy>) {
        self.patch(Patch {
            trigger: Some(Trigger {
                overlap,
                scheduled_for: None,
            }),
            ..Patch::default()
        });
    }

    fn backfill(&mut self, span: &str, overlap: Option<OverlapPolicy>) {
        let (start, end) = span.split_once("..").expect("a span of time");
        let backfill = BackfillRequest {
            start: moment(start),
            end: moment(end),
            overlap,
        };
        self.patch(Patch {
            backfills: vec![backfill],
            ..Patch::default()
        });
    }

    fn patch(&mut self, patch: Patch) {
        self.advance();
        self.schedule.patch(patch, self.now).expect("it is not refused");
        self.advance();
    }

    fn end_oldest(&mut self, ending: &str) {
        let run = self.schedule.progress.running.first().expect("something runs");
        let (run_id, was) = (run.execution.run_id, self.schedule.activity.clone());
        self.schedule.run_closed(run_id, outcome(ending), self.now);
        if self.schedule.activity != was {
            let _ = writeln!(self.told, "  {}: {}", since(self.now), self.schedule.activity.notes);
        }
        self.advance();
    }

    fn advance(&mut self) {
        loop {
            let messages = self.schedule.advance(&times(&self.schedule), self.now);
            let is_quiet = messages.is_empty();
            for message in messages {
                self.tell(&message);
                self.answer(&message);
            }
            let next = self.schedule.next_deadline(&times(&self.schedule), self.now);
            if is_quiet && next.is_none_or(|next| next > self.now) {
                return;
            }
        }
    }

    fn answer(&mut self, message: &Message) {
        let Content::StartScheduled(start) = &message.content else {
            return;
        };
        if self.refuses {
            self.schedule
                .run_not_started(start.run_id, &ChildNotStarted::WorkflowIdInUse);
        } else {
            self.schedule.run_started(start.run_id, self.now);
        }
    }

    fn tell(&mut self, message: &Message) {
        let what = match &message.content {
            Content::StartScheduled(start) => {
                let run = &self.schedule.progress.running;
                let run = run.iter().find(|run| run.execution.run_id == start.run_id);
                let run = run.expect("it is known");
                let late = match self.now.since(run.due) {
                    Millis::ZERO => String::new(),
                    by => format!(", {by} late"),
                };
                let after = start.last_failure.as_ref().map(|failure| format!(" after {failure}"));
                format!("start {}{late}{}", message.workflow_id, after.unwrap_or_default())
            }
            Content::StopScheduled { stop: Stop::Cancel, .. } => format!("cancel {}", message.workflow_id),
            Content::StopScheduled { .. } => format!("terminate {}", message.workflow_id),
            other => panic!("no schedule says {other:?}"),
        };
        let _ = writeln!(self.told, "  {}: {what}", since(self.now));
    }

    fn sum_up(&mut self) {
        let Schedule { progress, activity, .. } = &self.schedule;
        let counts = progress.counts;
        let _ = writeln!(
            self.told,
            "{} started, {} overlapped, {} missed, {} dropped; {} running, {} waiting{}{}",
            counts.started,
            counts.overlapped,
            counts.missed,
            counts.dropped,
            progress.running.len(),
            progress.buffer.len(),
            if activity.paused { "; paused" } else { "" },
            activity.remaining.map_or(String::new(), |it| format!("; {it} left")),
        );
        if let Some(refusal) = &progress.last_refusal {
            let _ = writeln!(self.told, "{refusal}");
        }
    }
}

/// The run of a start.
pub(super) fn run_of(message: &Message) -> Option<RunId> {
    match &message.content {
        Content::StartScheduled(start) => Some(start.run_id),
        _ => None,
    }
}
