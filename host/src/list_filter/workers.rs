//! The same language for lists of workers. They have few attributes, all of which are texts but for a moment; `=` and `!=`
//! with a text, `IN`, `BETWEEN`, `STARTS_WITH` and orders mean what they mean for runs.

use super::{
    FilterError,
    grammar::{Comparison, Condition, Literal, Operator, Test, Word},
    moment, parse_form,
};
use mainspring_api::temporal::{enums::v1::WorkerStatus, worker::v1::WorkerHeartbeat};

/// Which workers are asked for.
#[derive(Debug)]
pub(crate) struct WorkerFilter {
    condition: Option<Condition>,
}

const MOMENTS: [&str; 2] = ["StartTime", "HeartbeatTime"];
/// Temporal calls it by either name.
const STATUS: [&str; 2] = ["WorkerStatus", "Status"];
const TEXTS: [&str; 8] = [
    "WorkerInstanceKey",
    "WorkerIdentity",
    "HostName",
    "TaskQueue",
    "DeploymentName",
    "BuildId",
    "SdkName",
    "SdkVersion",
];
const STATUSES: [(&str, WorkerStatus); 3] = [
    ("Running", WorkerStatus::Running),
    ("ShuttingDown", WorkerStatus::ShuttingDown),
    ("Shutdown", WorkerStatus::Shutdown),
];

/// Something that can be compared, and something that it is compared with.
#[derive(Debug, PartialEq, PartialOrd)]
enum Value {
    Text(String),
    Moment(jiff::Timestamp),
}

/// Reads a filter of workers. The empty one takes all.
pub(crate) fn parse_for_workers(text: &str) -> Result<WorkerFilter, FilterError> {
    let query = parse_form(text)?;
    let order_by = query.order_by.as_ref().map(|order_by| &order_by.attribute);
    if let Some(word) = order_by.or(query.group_by.as_ref()) {
        return Err(wrong(
            text,
            word,
            "workers are listed by their instance keys, and not in groups",
        ));
    }
    query
        .condition
        .iter()
        .try_for_each(|condition| check(text, condition))?;
    Ok(WorkerFilter {
        condition: query.condition,
    })
}

impl WorkerFilter {
    /// Whether a worker is asked for.
    pub(crate) fn matches(&self, worker: &WorkerHeartbeat) -> bool {
        let matches = |condition: &Condition| is_true(condition, worker, false);
        self.condition.as_ref().is_none_or(matches)
    }
}

fn check(text: &str, condition: &Condition) -> Result<(), FilterError> {
    match condition {
        Condition::Any(parts) | Condition::All(parts) => parts.iter().try_for_each(|part| check(text, part)),
        Condition::Not(part) => check(text, part),
        Condition::Comparison(comparison) => check_comparison(text, comparison),
    }
}

fn check_comparison(text: &str, comparison: &Comparison) -> Result<(), FilterError> {
    let name = &comparison.attribute;
    let is_moment = MOMENTS.contains(&name.text.as_str());
    let is_status = STATUS.contains(&name.text.as_str());
    if !is_moment && !is_status && !TEXTS.contains(&name.text.as_str()) {
        let (texts, [status, _], moments) = (TEXTS.join(", "), STATUS, MOMENTS.join(", "));
        let problem = format!("a worker has no {}; it has {texts}, {status}, {moments}", name.text);
        return Err(wrong(text, name, problem));
    }
    let literals: Vec<&Literal> = match &comparison.test {
        Test::Binary(_, of) => vec![of],
        Test::Between(low, high) => vec![low, high],
        Test::In(list) => list.iter().collect(),
        Test::StartsWith(_) if is_moment => {
            let problem = format!("{} is a moment, and has no first letters", name.text);
            return Err(wrong(text, name, problem));
        }
        Test::StartsWith(of) => vec![of],
        Test::IsNull => Vec::new(),
    };
    for literal in literals {
        let word = &literal.word;
        if value(&name.text, literal).is_none() {
            let problem = format!("{} is a moment; write it as '2026-01-31T12:00:00Z'", name.text);
            return Err(wrong(text, word, problem));
        }
        if !literal.is_quoted && !is_moment {
            return Err(wrong(
                text,
                word,
                format!("{} is a text; write it in quotes", name.text),
            ));
        }
        let is_prefix = matches!(comparison.test, Test::StartsWith(_));
        if is_status && !is_prefix && !STATUSES.iter().any(|(known, _)| *known == word.text) {
            let known = STATUSES.map(|(name, _)| name).join(", ");
            return Err(wrong(
                text,
                word,
                format!("there is no status {:?}; there are {known}", word.text),
            ));
        }
    }
    Ok(())
}

fn is_true(condition: &Condition, worker: &WorkerHeartbeat, is_negated: bool) -> bool {
    let mut parts = match condition {
        Condition::Any(parts) | Condition::All(parts) => parts.iter(),
        Condition::Not(part) => return is_true(part, worker, !is_negated),
        Condition::Comparison(comparison) => return passes(comparison, worker, is_negated),
    };
    match matches!(condition, Condition::Any(_)) != is_negated {
        true => parts.any(|part| is_true(part, worker, is_negated)),
        false => parts.all(|part| is_true(part, worker, is_negated)),
    }
}

/// As with runs: who has not got an attribute passes no comparison with it but `IS NULL`, under NOT neither.
fn passes(comparison: &Comparison, worker: &WorkerHeartbeat, is_negated: bool) -> bool {
    let name = comparison.attribute.text.as_str();
    let is_negated = comparison.is_negated != is_negated;
    let own = of_worker(worker, name);
    let is_null = comparison.test == Test::IsNull;
    let Some(own) = own else {
        return is_null && !is_negated;
    };
    let is =
        |literal: &Literal, test: fn(&Value, &Value) -> bool| value(name, literal).is_some_and(|it| test(&own, &it));
    let is_so = match &comparison.test {
        Test::IsNull => false,
        Test::Binary(Operator::Equal, of) => is(of, Value::eq),
        Test::Binary(Operator::NotEqual, of) => is(of, Value::ne),
        Test::Binary(Operator::Less, of) => is(of, Value::lt),
        Test::Binary(Operator::LessOrEqual, of) => is(of, Value::le),
        Test::Binary(Operator::Greater, of) => is(of, Value::gt),
        Test::Binary(Operator::GreaterOrEqual, of) => is(of, Value::ge),
        Test::Between(low, high) => is(low, Value::ge) && is(high, Value::le),
        Test::In(list) => list.iter().any(|of| is(of, Value::eq)),
        Test::StartsWith(prefix) => matches!(&own, Value::Text(own) if own.starts_with(&prefix.word.text)),
    };
    is_so != is_negated
}

fn value(name: &str, literal: &Literal) -> Option<Value> {
    let text = &literal.word.text;
    match MOMENTS.contains(&name) {
        true => moment(text).map(Value::Moment),
        false => Some(Value::Text(text.clone())),
    }
}

/// What a worker says of itself; nothing where that is empty.
fn of_worker(worker: &WorkerHeartbeat, name: &str) -> Option<Value> {
    let version = worker.deployment_version.as_ref();
    let text = match name {
        "WorkerInstanceKey" => &worker.worker_instance_key,
        "WorkerIdentity" => &worker.worker_identity,
        "HostName" => &worker.host_info.as_ref()?.host_name,
        "TaskQueue" => &worker.task_queue,
        "DeploymentName" => &version?.deployment_name,
        "BuildId" => &version?.build_id,
        "SdkName" => &worker.sdk_name,
        "SdkVersion" => &worker.sdk_version,
        "WorkerStatus" | "Status" => {
            let status = STATUSES.iter().find(|(_, status)| *status == worker.status());
            return status.map(|(name, _)| Value::Text((*name).to_owned()));
        }
        "StartTime" | "HeartbeatTime" => {
            let at = match name {
                "StartTime" => worker.start_time?,
                _ => worker.heartbeat_time?,
            };
            let moment = jiff::Timestamp::new(at.seconds, at.nanos).ok();
            return moment.map(Value::Moment);
        }
        _ => return None,
    };
    (!text.is_empty()).then(|| Value::Text(text.clone()))
}

fn wrong(text: &str, word: &Word, problem: impl Into<String>) -> FilterError {
    FilterError::new(text, word.span.start, problem)
}

#[cfg(test)]
mod tests {
    use super::*;
    use mainspring_api::{protobuf, temporal::worker::v1::WorkerHostInfo};

    fn worker() -> WorkerHeartbeat {
        WorkerHeartbeat {
            worker_instance_key: "key-1".into(),
            worker_identity: "ann@host".into(),
            host_info: Some(WorkerHostInfo {
                host_name: "host".into(),
                ..Default::default()
            }),
            task_queue: "orders".into(),
            sdk_name: "temporal-python".into(),
            status: WorkerStatus::Running.into(),
            start_time: Some(protobuf::Timestamp {
                seconds: 1_700_000_000,
                nanos: 0,
            }),
            ..Default::default()
        }
    }

    #[test]
    fn workers_are_found_by_what_they_say_of_themselves() {
        let found = |query| parse_for_workers(query).expect("it is understood").matches(&worker());
        for query in [
            "",
            "TaskQueue = 'orders'",
            "`TaskQueue`=\"orders\"",
            "TaskQueue IN ('a', 'orders') AND HostName STARTS_WITH 'ho'",
            "Status = 'Running' AND NOT Status = 'Shutdown'",
            "`WorkerStatus`=\"Running\" AND HeartbeatTime IS NULL",
            "StartTime > '2023-01-01T00:00:00Z' AND StartTime BETWEEN '2023-11-14T00:00:00Z' AND '2023-11-15T00:00:00Z'",
            "WorkerIdentity != 'bob@host' AND (WorkerInstanceKey >= 'key' OR SdkName = 'x')",
            "BuildId IS NULL",
            "SdkName IS NOT NULL",
            "NOT (TaskQueue = 'x' OR SdkName = 'y')",
        ] {
            assert!(found(query), "{query}");
        }
        for query in [
            "TaskQueue = 'other'",
            "NOT TaskQueue = 'orders'",
            "SdkVersion != '1'",
            "BuildId = 'x' OR StartTime < '2023-01-01T00:00:00Z'",
            "SdkName IS NULL",
            "BuildId IS NOT NULL",
        ] {
            assert!(!found(query), "{query}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_filter_is_said_with_its_place() {
        let said = |query| parse_for_workers(query).expect_err("it is wrong").to_string();
        insta::assert_snapshot!(said("Colour = 'red'"), @"invalid query, at character 1: a worker has no Colour; it has WorkerInstanceKey, WorkerIdentity, HostName, TaskQueue, DeploymentName, BuildId, SdkName, SdkVersion, WorkerStatus, StartTime, HeartbeatTime");
        insta::assert_snapshot!(said("TaskQueue = 7"), @"invalid query, at character 13: TaskQueue is a text; write it in quotes");
        insta::assert_snapshot!(said("StartTime > 'noon'"), @"invalid query, at character 13: StartTime is a moment; write it as '2026-01-31T12:00:00Z'");
        insta::assert_snapshot!(said("Status = 'Asleep'"), @r#"invalid query, at character 10: there is no status "Asleep"; there are Running, ShuttingDown, Shutdown"#);
        insta::assert_snapshot!(said("TaskQueue = 'a' ORDER BY TaskQueue"), @"invalid query, at character 26: workers are listed by their instance keys, and not in groups");
    }
}
