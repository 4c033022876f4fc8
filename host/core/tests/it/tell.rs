//! What happened, in words.

use mainspring_core::{
    Attempt, AttemptEnd, CancellationType, Effect, Event, Failure, FailureInfo, Job, OperationId, Payload, Phase,
    Place, Record, Resolution, RunStatus, Timestamp,
};

/// An event with its number and moment.
pub(crate) fn record(place: usize, record: &Record) -> String {
    let name = record.event.name();
    let number = place + 1;
    let at = moment(record.time);
    let rest = match &record.event {
        Event::RunStarted(started) => started.workflow_type.clone(),
        Event::Activated(_) | Event::RunTimedOut => String::new(),
        Event::ActivityScheduled { operation, request } => match request.cancellation {
            CancellationType::TryCancel => format!("#{operation} {}", request.activity_type),
            other => format!("#{operation} {} ({other:?})", request.activity_type),
        },
        Event::TimerStarted { operation, request } => {
            format!("#{operation} for {}", span(request.after.get()))
        }
        Event::ActivityCancelRequested { operation }
        | Event::TimerCancelled { operation }
        | Event::TimerFired { operation } => format!("#{operation}"),
        Event::SearchAttributesUpserted(changes) | Event::MemoUpserted(changes) => {
            let changes: Vec<String> = changes.iter().map(|(name, value)| format!("{name}={value}")).collect();
            changes.join(" ")
        }
        Event::RunCompleted { output } => with(output),
        Event::RunFailed { failure } => self::failure(failure),
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
        Event::SignalReceived(signal) => signal.name.clone(),
        Event::CancelRequested { reason, .. } => reason.clone(),
        Event::RunTerminated { reason, .. } => reason.clone(),
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

pub(crate) fn effect(effect: &Effect) -> String {
    match effect {
        Effect::OfferActivity(operation, attempt) => format!("offer: #{operation} attempt {attempt}"),
        Effect::AnnounceClose(RunStatus::Running) => panic!("a running run is not closed"),
        Effect::AnnounceClose(status) => format!("announce: {status:?}"),
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
    };
    format!("told: {told}")
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
