//! What happened, in words.

use mainspring_core::{
    ActivityOptions, Attempt, AttemptEnd, CancellationType, ChildCancellationType, ChildOutcome, Content, Effect,
    Event, Execution, ExternalTarget, Failure, FailureInfo, Job, Message, Millis, OperationId, Origin,
    ParentClosePolicy, Payload, Phase, Place, Record, Resolution, RetryState, RunId, RunStarted, StartResolution,
    Timestamp, UpdateOutcome,
};

/// An event with its number and moment.
pub(crate) fn record(place: usize, record: &Record) -> String {
    let name = record.event.name();
    let number = place + 1;
    let at = moment(record.time);
    let rest = match &record.event {
        Event::RunStarted(started) => self::started(started),
        Event::RunReset(reset) => format!("{} to {}: {}", id(reset.base), id(reset.run_id), reset.reason),
        Event::Activated(_) => String::new(),
        Event::RunTimedOut { retry_state, successor } => following(*retry_state, *successor),
        Event::Patched { patch_id, deprecated } => match deprecated {
            true => format!("{patch_id} (deprecated)"),
            false => patch_id.clone(),
        },
        Event::ChildInitiated { operation, request } => {
            let mut told = format!("#{operation} {}", request.workflow_type);
            if request.cancellation != ChildCancellationType::default() {
                told += &format!(" ({:?})", request.cancellation);
            }
            if request.parent_close != ParentClosePolicy::default() {
                told += &format!(" (when the parent closes: {:?})", request.parent_close);
            }
            told
        }
        Event::ChildCancelRequested { operation, reason } => format!("#{operation}: {reason}"),
        Event::ChildStarted { operation, run_id } => format!("#{operation} {}", id(*run_id)),
        Event::ChildNotStarted { operation, cause } => format!("#{operation}: {cause:?}"),
        Event::ChildClosed { operation, outcome } => format!("#{operation} {}", self::outcome(outcome)),
        Event::ExternalSignalInitiated { operation, signal } => {
            format!("#{operation} {} to {}", signal.name, target(&signal.target))
        }
        Event::ExternalCancelInitiated {
            operation,
            target: it,
            reason,
        } => format!("#{operation} to {}: {reason}", target(it)),
        Event::ExternalResolved { operation, result } => format!("#{operation} {result:?}"),
        Event::UpdateAccepted(update) => format!("{} {}", update.name, update.id),
        Event::UpdateCompleted { update_id, outcome } => format!("{update_id} {}", answer(outcome)),
        Event::RunContinuedAsNew {
            continuation,
            successor,
        } => {
            let input = match continuation.input.is_empty() {
                true => String::new(),
                false => format!("with {} ", payloads(&continuation.input)),
            };
            format!("{input}→ {}", id(*successor))
        }
        Event::ActivityScheduled { operation, request } => match request.cancellation {
            CancellationType::TryCancel => format!("#{operation} {}", request.activity_type),
            other => format!("#{operation} {} ({other:?})", request.activity_type),
        },
        Event::TimerStarted { operation, request } => {
            format!("#{operation} for {}", span(request.after.get()))
        }
        Event::ActivityCancelRequested { operation }
        | Event::ExternalCancelled { operation }
        | Event::TimerCancelled { operation }
        | Event::TimerFired { operation } => format!("#{operation}"),
        Event::SearchAttributesUpserted(changes) | Event::MemoUpserted(changes) => {
            let changes: Vec<String> = changes.iter().map(|(name, value)| format!("{name}={value}")).collect();
            changes.join(" ")
        }
        Event::RunCompleted { output, successor } => format!("{} {}", with(output), follows(*successor))
            .trim_start()
            .to_owned(),
        Event::RunFailed {
            failure,
            retry_state,
            successor,
        } => format!("{} {}", self::failure(failure), following(*retry_state, *successor)),
        Event::RunCancelled { details } => payloads(details),
        Event::ActivityCompleted { attempt, output } => format!("{} {}", end(attempt), with(output)),
        Event::ActivityFailed {
            attempt,
            failure,
            retry_state,
        }
        | Event::ActivityTimedOut {
            attempt,
            failure,
            retry_state,
        } => format!("{}: {} ({retry_state:?})", end(attempt), self::failure(failure)),
        Event::ActivityCancelled { attempt, details } => format!("{} {}", end(attempt), payloads(details)),
        Event::SignalReceived(signal) => format!("{}{}", signal.name, by(signal.sender.as_ref())),
        Event::CancelRequested { reason, sender, .. } => {
            format!("{reason}{}", by(sender.as_ref().map(|it| &it.execution)))
        }
        Event::RunPaused(pause) | Event::RunResumed(pause) => format!("by {}: {}", pause.identity, pause.reason),
        Event::RunTerminated { reason, successor, .. } => format!("{reason} {}", follows(*successor)),
    };
    format!("{number} {name} at {at} {rest}").trim_end().to_owned()
}

/// An attempt as it is stored.
pub(crate) fn attempt(operation: OperationId, attempt: &Attempt) -> String {
    let phase = match attempt.phase {
        Phase::Ready(since) => format!("ready since {}", moment(since)),
        Phase::BackingOff(until) => format!("backs off until {}", moment(until)),
        Phase::Started(at, Place::Remote) => format!("started at {} by {}", moment(at), attempt.last_identity),
        Phase::Started(at, Place::InProcess) => format!("started at {} here", moment(at)),
    };
    let mut told = format!("stored: #{operation} attempt {} {phase}", attempt.number);
    if attempt.count() != attempt.number {
        told += &format!(", counted as {}", attempt.count());
    }
    if let Some((since, pause)) = attempt.paused() {
        told += &format!(", paused since {} by {}", moment(since), pause.identity);
    }
    if attempt.is_reset() {
        told += ", the last before a reset";
    }
    if let Some(options) = attempt.options() {
        told += &format!(", with {}", self::options(options));
    }
    if !attempt.heartbeat.is_empty() || attempt.heartbeat_at.is_some() {
        told += ", heartbeat";
        told += &attempt
            .heartbeat
            .iter()
            .map(|details| format!(" {details}"))
            .collect::<String>();
        told += &attempt
            .heartbeat_at
            .map(|at| format!(" at {}", moment(at)))
            .unwrap_or_default();
    }
    if let Some(failure) = &attempt.last_failure {
        told += &format!(", after \"{failure}\"");
    }
    told
}

/// What of the options is not as usual.
fn options(options: &ActivityOptions) -> String {
    let limit = |name: &str, limit: Option<Millis>| limit.map(|limit| format!("{name}={}", span(limit.get())));
    let timeouts = &options.timeouts;
    let told = [
        options.task_queue.as_ref().map(|queue| format!("queue={queue}")),
        limit("schedule-to-close", timeouts.schedule_to_close),
        limit("schedule-to-start", timeouts.schedule_to_start),
        limit("start-to-close", timeouts.start_to_close),
        limit("heartbeat", timeouts.heartbeat),
        options.retry.as_ref().map(|policy| {
            let (initial, attempts) = (span(policy.initial_interval.get()), policy.maximum_attempts);
            format!(
                "initial={initial} coefficient={} attempts={attempts}",
                policy.backoff_coefficient
            )
        }),
    ];
    told.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

pub(crate) fn effect(effect: &Effect) -> String {
    match effect {
        Effect::OfferActivity(operation, attempt) => format!("offer: #{operation} attempt {attempt}"),
        Effect::AnnounceClose(status) if !status.is_closed() => panic!("{status:?} is not closed"),
        Effect::AnnounceClose(status) => format!("announce: {status:?}"),
        Effect::AnnounceUpdate(id) => format!("announce: update {id}"),
    }
}

/// What the guest is told.
pub(crate) fn job(job: &Job) -> String {
    let told = match job {
        Job::Start(started, at) => format!("start {} at {}", started.workflow_type, moment(*at)),
        Job::ActivityResolved(operation, resolution) => format!("#{operation} {}", self::resolution(resolution)),
        Job::TimerFired(operation) => format!("timer #{operation} fired"),
        Job::SignalReceived(signal) => format!("signal {}", signal.name),
        Job::CancelRequested(reason) => format!("cancel requested: {reason}"),
        Job::UpdateRequested(update) => format!("update {} {}", update.name, update.id),
        Job::ChildStarted(operation, start) => match start {
            StartResolution::Started(execution) => {
                format!(
                    "#{operation} started as {} {}",
                    workflow_id(&execution.workflow_id),
                    id(execution.run_id)
                )
            }
            StartResolution::AlreadyStarted => format!("#{operation} not started: its workflow id is in use"),
            StartResolution::Failed(failure) => format!("#{operation} not started: {}", self::failure(failure)),
            StartResolution::Cancelled(failure) => format!("#{operation} start cancelled: {}", self::failure(failure)),
        },
        Job::ChildResolved(operation, resolution) => format!("#{operation} {}", self::resolution(resolution)),
        Job::RandomReseeded(_) => "new random bits".into(),
        Job::ExternalResolved(operation, Ok(())) => format!("#{operation} arrived"),
        Job::ExternalResolved(operation, Err(failure)) => {
            format!("#{operation} did not arrive: {}", self::failure(failure))
        }
    };
    format!("told: {told}")
}

/// What a run is told that it is; what is as usual goes without saying.
pub(crate) fn started(started: &RunStarted) -> String {
    let mut told = started.workflow_type.clone();
    let Origin {
        begins,
        cron_schedule,
        expiration,
        predecessor,
        last_completion,
        last_failure,
        parent,
        taken_before,
        scheduled_by,
        ..
    } = &started.origin;
    if let Some(predecessor) = predecessor {
        let (own, before) = (id(started.execution.run_id), id(predecessor.run_id));
        told += &format!(" {own} by {:?} after {before}", predecessor.reason);
    }
    if started.attempt != 1 {
        told += &format!(", attempt {}", started.attempt);
    }
    if started.task_queue != "shop" {
        told += &format!(", queue {}", started.task_queue);
    }
    if !started.input.is_empty() {
        told += &format!(", input {}", payloads(&started.input));
    }
    for (name, value) in started.memo.iter().chain(&started.search_attributes) {
        told += &format!(", {name}={value}");
    }
    if !cron_schedule.is_empty() {
        told += &format!(", cron {cron_schedule}");
    }
    if let Some(limit) = started.timeouts.run.filter(|_| predecessor.is_some()) {
        told += &format!(", run timeout {}", span(limit.get()));
    }
    if let Some(at) = begins {
        told += &format!(", begins at {}", moment(*at));
    }
    if let Some(at) = expiration {
        told += &format!(", expires at {}", moment(*at));
    }
    if let Some(output) = last_completion {
        told += &format!(", last completed with {output}");
    }
    if let Some(failure) = last_failure {
        told += &format!(", last failed: {failure}");
    }
    for taken in taken_before.signals.iter().chain(&taken_before.cancellation) {
        told += &format!(", {taken} was taken before");
    }
    if let Some(parent) = parent {
        told += &format!(", child #{} of {}", parent.operation, parent.execution.workflow_id);
    }
    if let Some(schedule_id) = scheduled_by {
        told += &format!(", scheduled by {schedule_id}");
    }
    told
}

/// What another run is told.
pub(crate) fn message(message: &Message) -> String {
    let to = workflow_id(&message.workflow_id);
    let told = match &message.content {
        Content::StartChild(start) => format!("start {} {}", start.request.workflow_type, id(start.run_id)),
        Content::ChildClosed { operation, outcome } => format!("child #{operation} {}", self::outcome(outcome)),
        Content::Signal { sender, signal } => match sender.parent_run {
            Some(parent) => format!(
                "signal {} from #{}, as of {}",
                signal.name,
                sender.operation,
                id(parent)
            ),
            None => format!("signal {} from #{}", signal.name, sender.operation),
        },
        Content::RequestCancel {
            sender,
            reason,
            child_only,
            answered,
        } => {
            let only = if *child_only { ", if a child" } else { "" };
            let answered = if *answered { ", to be answered" } else { "" };
            format!("cancel from #{}: {reason}{only}{answered}", sender.operation)
        }
        Content::Terminate { .. } => "terminate".into(),
        Content::AskChild { sender } => format!(
            "has it closed? asks #{} of {}",
            sender.operation,
            id(sender.execution.run_id)
        ),
        Content::ScheduledClosed { first_run_id, outcome } => {
            format!("scheduled {} {}", id(*first_run_id), self::outcome(outcome))
        }
        other @ (Content::ChildStarted { .. }
        | Content::ChildNotStarted { .. }
        | Content::Delivered { .. }
        | Content::StartScheduled(_)
        | Content::ScheduledStarted { .. }
        | Content::StopScheduled { .. }) => panic!("no run says this by itself: {other:?}"),
    };
    format!("to {to}: {told}")
}

fn outcome(outcome: &ChildOutcome) -> String {
    match outcome {
        ChildOutcome::Completed(output) => format!("completed {}", with(output)).trim_end().to_owned(),
        ChildOutcome::Failed(failure, retry_state) => format!("failed: {} ({retry_state:?})", self::failure(failure)),
        ChildOutcome::Cancelled(details) => format!("cancelled {}", payloads(details)).trim_end().to_owned(),
        ChildOutcome::Terminated => "terminated".into(),
        ChildOutcome::TimedOut(retry_state) => format!("timed out ({retry_state:?})"),
    }
}

fn answer(outcome: &UpdateOutcome) -> String {
    match outcome {
        Ok(output) => format!("completed {}", with(output)).trim_end().to_owned(),
        Err(failure) => format!("failed: {}", self::failure(failure)),
    }
}

fn target(target: &ExternalTarget) -> String {
    let only = if target.child_only { " (only a child)" } else { "" };
    format!("{}{only}", target.workflow_id)
}

/// Why nothing follows, or what does.
fn following(retry_state: RetryState, successor: Option<RunId>) -> String {
    let why = match retry_state {
        RetryState::RetryPolicyNotSet => String::new(),
        other => format!("({other:?})"),
    };
    format!("{why} {}", follows(successor)).trim().to_owned()
}

fn follows(successor: Option<RunId>) -> String {
    successor.map(|it| format!("→ {}", id(it))).unwrap_or_default()
}

/// The end of a run id: the beginning is its time.
/// The run that sent something, if one did.
fn by(sender: Option<&Execution>) -> String {
    sender.map_or_else(String::new, |sender| format!(" by {}", sender.workflow_id))
}

fn id(run_id: RunId) -> String {
    format!("..{}", &run_id.to_string()[32..])
}

/// A child's own workflow id has its parent's run id in it.
fn workflow_id(workflow_id: &str) -> String {
    workflow_id.replace(&RunId::from_bytes([1; 16]).to_string(), "RUN")
}

fn resolution(resolution: &Resolution) -> String {
    match resolution {
        Resolution::Completed(output) => format!("completed {}", with(output)).trim_end().to_owned(),
        Resolution::Failed(failure) => format!("failed: {}", self::failure(failure)),
        Resolution::Cancelled(failure) => format!("cancelled: {}", self::failure(failure)),
    }
}

pub(crate) fn due(due: Option<Timestamp>) -> String {
    match due {
        Some(due) => format!("next due at {}", moment(due)),
        None => "nothing is due".into(),
    }
}

fn end(end: &AttemptEnd) -> String {
    let mut told = format!("#{} attempt {}", end.operation, end.attempt);
    if !end.identity.is_empty() {
        told += &format!(" by {}", end.identity);
    }
    match end.started {
        Some(at) => told + &format!(" since {}", moment(at)),
        None => told + " never started",
    }
}

/// The messages with what the kinds add.
fn failure(failure: &Failure) -> String {
    let layers = failure.layers().iter().map(|layer| match &layer.info {
        FailureInfo::Activity(activity) => format!(
            "{} [{} {} by {:?}, {:?}]",
            layer.message, activity.activity_type, activity.activity_id, activity.identity, activity.retry_state
        ),
        FailureInfo::ChildWorkflow(child) => format!(
            "{} [{} {:?}, {:?}]",
            layer.message,
            child.workflow_type,
            workflow_id(&child.workflow_id),
            child.retry_state
        ),
        FailureInfo::Timeout { last_heartbeat, .. } if !last_heartbeat.is_empty() => {
            format!("{} [heartbeat {}]", layer.message, payloads(last_heartbeat))
        }
        _ => layer.message.clone(),
    });
    layers.collect::<Vec<_>>().join(": ")
}

fn with(output: &Option<Payload>) -> String {
    output.iter().map(|output| format!("with {output}")).collect()
}

fn payloads(payloads: &[Payload]) -> String {
    payloads.iter().map(Payload::to_string).collect::<Vec<_>>().join(", ")
}

fn moment(at: Timestamp) -> String {
    span(at.as_millis())
}

fn span(millis: u64) -> String {
    match millis {
        u64::MAX => "the end of time".into(),
        millis if millis % 1000 == 0 => format!("{}s", millis / 1000),
        millis => format!("{millis}ms"),
    }
}
