//! Changes of an activity's options: a mask of paths, and a message with their values.

use crate::server::{
    convert::{InvalidField, priority_from_wire, retry_policy_from_wire, timeout_from_wire},
    limits::required_name,
};
use mainspring_api::temporal::{
    activity::v1::ActivityOptions,
    common::v1::{Priority as WirePriority, RetryPolicy as WireRetryPolicy},
};
use mainspring_core::{OptionEdit, OptionsChange, Priority, RetryPolicy};

const MASK: &str = "update_mask";
const RESTORE: &str = "restore_original";

/// What a request asks for, by the paths of its mask. A path that cannot be changed is refused, not passed over.
pub(super) fn change(
    restores: bool,
    paths: Vec<String>,
    options: Option<ActivityOptions>,
) -> Result<OptionsChange, InvalidField> {
    if restores {
        return match paths.is_empty() && options.is_none() {
            true => Ok(OptionsChange::Restore),
            false => Err(InvalidField::new(RESTORE, "cannot be combined with other options")),
        };
    }
    if paths.is_empty() {
        return Err(InvalidField::new(
            MASK,
            "is missing: it names the options that are to change",
        ));
    }
    let options = options.ok_or_else(|| InvalidField::new("activity_options", "is missing"))?;
    let edits = paths.iter().map(|path| edit(&snake_case(path), &options));
    edits.collect::<Result<_, _>>().map(OptionsChange::Edit)
}

fn edit(path: &str, options: &ActivityOptions) -> Result<OptionEdit, InvalidField> {
    Ok(match path {
        "task_queue" | "task_queue.name" => {
            let queue = options.task_queue.clone().unwrap_or_default();
            OptionEdit::TaskQueue(required_name("activity_options.task_queue.name", queue.name)?)
        }
        "schedule_to_close_timeout" => OptionEdit::ScheduleToClose(timeout_from_wire(
            "activity_options.schedule_to_close_timeout",
            options.schedule_to_close_timeout,
        )?),
        "schedule_to_start_timeout" => OptionEdit::ScheduleToStart(timeout_from_wire(
            "activity_options.schedule_to_start_timeout",
            options.schedule_to_start_timeout,
        )?),
        "start_to_close_timeout" => OptionEdit::StartToClose(timeout_from_wire(
            "activity_options.start_to_close_timeout",
            options.start_to_close_timeout,
        )?),
        "heartbeat_timeout" => OptionEdit::Heartbeat(timeout_from_wire(
            "activity_options.heartbeat_timeout",
            options.heartbeat_timeout,
        )?),
        "retry_policy" => {
            let policy = options.retry_policy.clone().map(retry_policy_from_wire);
            OptionEdit::Retry(policy.transpose()?)
        }
        "retry_policy.initial_interval" => OptionEdit::InitialInterval(policy(options)?.initial_interval),
        "retry_policy.backoff_coefficient" => OptionEdit::BackoffCoefficient(policy(options)?.backoff_coefficient),
        "retry_policy.maximum_interval" => OptionEdit::MaximumInterval(policy(options)?.maximum_interval),
        "retry_policy.maximum_attempts" => OptionEdit::MaximumAttempts(policy(options)?.maximum_attempts),
        "priority" => OptionEdit::Priority(priority_from_wire(options.priority.clone())?),
        "priority.priority_key" => OptionEdit::PriorityKey(priority(options)?.key),
        "priority.fairness_key" => OptionEdit::FairnessKey(priority(options)?.fairness_key),
        "priority.fairness_weight" => OptionEdit::FairnessWeight(priority(options)?.fairness_weight),
        other => {
            let problem = format!(
                "{other:?} cannot be changed; what can is task_queue, the four timeouts, and retry_policy and priority, \
                 whole or by their fields"
            );
            return Err(InvalidField::new(MASK, problem));
        }
    })
}

/// The policy of the message. Only one field of it is asked for, so the others need not go together with it.
fn policy(options: &ActivityOptions) -> Result<RetryPolicy, InvalidField> {
    let policy = options.retry_policy.clone();
    let policy = policy.ok_or_else(|| InvalidField::new("activity_options.retry_policy", "is missing"))?;
    let maximum_interval = timeout_from_wire("retry_policy.maximum_interval", policy.maximum_interval)?;
    let rest = retry_policy_from_wire(WireRetryPolicy {
        maximum_interval: None,
        ..policy
    })?;
    Ok(RetryPolicy {
        maximum_interval,
        ..rest
    })
}

fn priority(options: &ActivityOptions) -> Result<Priority, InvalidField> {
    let given: Option<WirePriority> = options.priority.clone();
    let missing = || InvalidField::new("activity_options.priority", "is missing");
    priority_from_wire(given)?.ok_or_else(missing)
}

/// Masks in JSON have names of another form, and some clients send these.
fn snake_case(path: &str) -> String {
    let letters = path.chars().flat_map(|letter| {
        let separator = letter.is_ascii_uppercase().then_some('_');
        separator.into_iter().chain([letter.to_ascii_lowercase()])
    });
    letters.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use mainspring_api::protobuf;
    use mainspring_core::Millis;

    fn asked(paths: &[&str], options: ActivityOptions) -> Result<OptionsChange, InvalidField> {
        let paths = paths.iter().map(ToString::to_string).collect();
        change(false, paths, Some(options))
    }

    fn seconds(seconds: i64) -> Option<protobuf::Duration> {
        Some(protobuf::Duration { seconds, nanos: 0 })
    }

    #[test]
    fn a_mask_names_what_changes() {
        let options = ActivityOptions {
            start_to_close_timeout: seconds(7),
            heartbeat_timeout: seconds(3),
            retry_policy: Some(WireRetryPolicy {
                maximum_interval: seconds(1),
                initial_interval: seconds(5),
                maximum_attempts: 4,
                ..Default::default()
            }),
            ..Default::default()
        };
        let edits = vec![
            OptionEdit::StartToClose(Some(Millis::from_secs(7))),
            OptionEdit::ScheduleToClose(None),
            OptionEdit::MaximumAttempts(4),
            OptionEdit::MaximumInterval(Some(Millis::from_secs(1))),
        ];
        let paths = [
            "start_to_close_timeout",
            "scheduleToCloseTimeout",
            "retryPolicy.maximumAttempts",
            "retry_policy.maximum_interval",
        ];
        assert_eq!(asked(&paths, options), Ok(OptionsChange::Edit(edits)));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let none = ActivityOptions::default;
        let refused = |paths: &[&str], options| asked(paths, options).expect_err("it is refused").to_string();
        insta::assert_snapshot!(refused(&["start_delay"], none()), @r#"
        update_mask: "start_delay" cannot be changed; what can is task_queue, the four timeouts, and retry_policy and priority, whole or by their fields
        "#);
        insta::assert_snapshot!(refused(&["task_queue.name"], none()), @"activity_options.task_queue.name: is missing");
        insta::assert_snapshot!(refused(&["retry_policy.maximum_attempts"], none()), @"activity_options.retry_policy: is missing");
        insta::assert_snapshot!(refused(&["priority.priority_key"], none()), @"activity_options.priority: is missing");
        insta::assert_snapshot!(refused(&[], none()), @"update_mask: is missing: it names the options that are to change");
        let negative = ActivityOptions {
            start_to_close_timeout: seconds(-1),
            ..none()
        };
        insta::assert_snapshot!(refused(&["start_to_close_timeout"], negative), @"activity_options.start_to_close_timeout: a duration cannot be negative");
        let both = change(true, Vec::new(), Some(none()))
            .expect_err("it is refused")
            .to_string();
        insta::assert_snapshot!(both, @"restore_original: cannot be combined with other options");
        assert_eq!(change(true, Vec::new(), None), Ok(OptionsChange::Restore));
    }
}
