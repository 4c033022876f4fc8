//! The names that runs are found by.

use super::value::{self, Value};
use crate::store::RunSummary;
use mainspring_core::{RunStatus, Timestamp};

/// What kind of values an attribute has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AttributeType {
    /// Text that is found by its words.
    Text,
    /// Text that is found as a whole.
    Keyword,
    /// A whole number.
    Int,
    /// A number.
    Double,
    /// True or false.
    Bool,
    /// A moment.
    Datetime,
    /// Any number of keywords.
    KeywordList,
}

/// An attribute that the engine knows of every run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SystemAttribute {
    /// The workflow id.
    WorkflowId,
    /// The run id.
    RunId,
    /// The workflow type.
    WorkflowType,
    /// The task queue.
    TaskQueue,
    /// Whether and how it is closed, by the names of [`STATUSES`].
    ExecutionStatus,
    /// When it started.
    StartTime,
    /// When its first activation was due: at the start, unless that was delayed.
    ExecutionTime,
    /// When it closed.
    CloseTime,
    /// From start to close, in nanoseconds.
    ExecutionDuration,
    /// Events in its history, as tools are shown it. Known of closed runs, because lists are not written anew with every
    /// step.
    HistoryLength,
    /// What its history takes in the journal. Known of closed runs.
    HistorySizeBytes,
    /// How often its state changed: each event of the journal does it once. Known of closed runs.
    StateTransitionCount,
    /// The workflow that started it.
    ParentWorkflowId,
    /// The run that started it.
    ParentRunId,
    /// The workflow at the root of its family.
    RootWorkflowId,
    /// The run at the root of its family.
    RootRunId,
}

/// Something that runs are found by.
#[derive(Clone, Debug, PartialEq)]
pub enum Attribute {
    /// What the engine knows.
    System(SystemAttribute),
    /// What the run carries under this name, as far as it is of this type.
    Carried(String, AttributeType),
}

/// Every status, as lists name it.
pub const STATUSES: [(&str, RunStatus); 8] = [
    ("Running", RunStatus::Running),
    ("Paused", RunStatus::Paused),
    ("Completed", RunStatus::Completed),
    ("Failed", RunStatus::Failed),
    ("Canceled", RunStatus::Cancelled),
    ("Terminated", RunStatus::Terminated),
    ("TimedOut", RunStatus::TimedOut),
    ("ContinuedAsNew", RunStatus::ContinuedAsNew),
];

/// Where Temporal's tools look for what keeps a run from going on.
pub const PROBLEMS_ATTRIBUTE: &str = "TemporalReportedProblems";

/// What is there of a run that is blocked, in the form in which Temporal writes it.
pub const PROBLEMS_OF_BLOCKED: [&str; 2] = [
    "category=WorkflowTaskFailed",
    "cause=WorkflowTaskFailedCauseWorkflowWorkerUnhandledFailure",
];

/// What runs may carry in every namespace: names that SDKs and schedules use, with Temporal's types for them.
pub const PREDEFINED_ATTRIBUTES: [(&str, AttributeType); 12] = [
    ("BatcherNamespace", AttributeType::Keyword),
    ("BatcherUser", AttributeType::Keyword),
    ("BinaryChecksums", AttributeType::KeywordList),
    ("BuildIds", AttributeType::KeywordList),
    ("TemporalChangeVersion", AttributeType::KeywordList),
    ("TemporalNamespaceDivision", AttributeType::Keyword),
    ("TemporalPauseInfo", AttributeType::KeywordList),
    (PROBLEMS_ATTRIBUTE, AttributeType::KeywordList),
    ("TemporalScheduledById", AttributeType::Keyword),
    ("TemporalScheduledStartTime", AttributeType::Datetime),
    ("TemporalSchedulePaused", AttributeType::Bool),
    ("TemporalWorkerDeployment", AttributeType::Keyword),
];

impl AttributeType {
    /// Every type.
    pub const ALL: [Self; 7] = [
        Self::Text,
        Self::Keyword,
        Self::Int,
        Self::Double,
        Self::Bool,
        Self::Datetime,
        Self::KeywordList,
    ];

    /// Its name, as tools and payloads have it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "Text",
            Self::Keyword => "Keyword",
            Self::Int => "Int",
            Self::Double => "Double",
            Self::Bool => "Bool",
            Self::Datetime => "Datetime",
            Self::KeywordList => "KeywordList",
        }
    }
}

impl SystemAttribute {
    /// Every one.
    pub const ALL: [Self; 16] = [
        Self::WorkflowId,
        Self::RunId,
        Self::WorkflowType,
        Self::TaskQueue,
        Self::ExecutionStatus,
        Self::StartTime,
        Self::ExecutionTime,
        Self::CloseTime,
        Self::ExecutionDuration,
        Self::HistoryLength,
        Self::HistorySizeBytes,
        Self::StateTransitionCount,
        Self::ParentWorkflowId,
        Self::ParentRunId,
        Self::RootWorkflowId,
        Self::RootRunId,
    ];

    /// Those of which a store keeps the values in their order. Each costs a row when a run starts or closes; what the
    /// others say is looked up.
    pub const INDEXED: [Self; 6] = [
        Self::WorkflowId,
        Self::WorkflowType,
        Self::ExecutionStatus,
        Self::StartTime,
        Self::ExecutionTime,
        Self::CloseTime,
    ];

    /// Its name and its type.
    pub const fn name_and_type(self) -> (&'static str, AttributeType) {
        match self {
            Self::WorkflowId => ("WorkflowId", AttributeType::Keyword),
            Self::RunId => ("RunId", AttributeType::Keyword),
            Self::WorkflowType => ("WorkflowType", AttributeType::Keyword),
            Self::TaskQueue => ("TaskQueue", AttributeType::Keyword),
            Self::ExecutionStatus => ("ExecutionStatus", AttributeType::Keyword),
            Self::StartTime => ("StartTime", AttributeType::Datetime),
            Self::ExecutionTime => ("ExecutionTime", AttributeType::Datetime),
            Self::CloseTime => ("CloseTime", AttributeType::Datetime),
            Self::ExecutionDuration => ("ExecutionDuration", AttributeType::Int),
            Self::HistoryLength => ("HistoryLength", AttributeType::Int),
            Self::HistorySizeBytes => ("HistorySizeBytes", AttributeType::Int),
            Self::StateTransitionCount => ("StateTransitionCount", AttributeType::Int),
            Self::ParentWorkflowId => ("ParentWorkflowId", AttributeType::Keyword),
            Self::ParentRunId => ("ParentRunId", AttributeType::Keyword),
            Self::RootWorkflowId => ("RootWorkflowId", AttributeType::Keyword),
            Self::RootRunId => ("RootRunId", AttributeType::Keyword),
        }
    }

    /// Whether every run has it.
    pub const fn is_of_every_run(self) -> bool {
        match self {
            Self::WorkflowId
            | Self::RunId
            | Self::WorkflowType
            | Self::TaskQueue
            | Self::ExecutionStatus
            | Self::StartTime
            | Self::ExecutionTime
            | Self::RootWorkflowId
            | Self::RootRunId => true,
            Self::CloseTime
            | Self::ExecutionDuration
            | Self::HistoryLength
            | Self::HistorySizeBytes
            | Self::StateTransitionCount
            | Self::ParentWorkflowId
            | Self::ParentRunId => false,
        }
    }

    /// The one of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.name_and_type().0 == name)
    }

    /// A run's value. This is the one place that says where each comes from.
    pub fn value(self, run: &RunSummary) -> Option<Value> {
        let text = |text: &str| Some(Value::Text(text.to_owned()));
        let closed = run.closed.is_some();
        match self {
            Self::WorkflowId => text(&run.execution.workflow_id),
            Self::RunId => text(&run.execution.run_id.to_string()),
            Self::WorkflowType => text(&run.workflow_type),
            Self::TaskQueue => text(&run.task_queue),
            Self::ExecutionStatus => {
                let (name, _) = STATUSES.iter().find(|(_, status)| *status == run.status)?;
                text(name)
            }
            Self::StartTime => moment(run.started),
            Self::ExecutionTime => moment(run.begins.unwrap_or(run.started)),
            Self::CloseTime => moment(run.closed?),
            Self::ExecutionDuration => whole(run.closed?.since(run.started).get().saturating_mul(1_000_000)),
            Self::HistoryLength => closed.then(|| whole(run.history_length)).flatten(),
            Self::HistorySizeBytes => closed.then(|| whole(run.history_bytes)).flatten(),
            Self::StateTransitionCount => closed.then(|| whole(run.transitions)).flatten(),
            Self::ParentWorkflowId => text(&run.parent.as_ref()?.workflow_id),
            Self::ParentRunId => text(&run.parent.as_ref()?.run_id.to_string()),
            // Who has no parent is the root of its family.
            Self::RootWorkflowId => text(&run.root.as_ref().unwrap_or(&run.execution).workflow_id),
            Self::RootRunId => text(&run.root.as_ref().unwrap_or(&run.execution).run_id.to_string()),
        }
    }
}

impl Attribute {
    /// A run's values, none if it has none.
    pub fn values(&self, run: &RunSummary) -> Vec<Value> {
        match self {
            Self::System(attribute) => attribute.value(run).into_iter().collect(),
            Self::Carried(name, attribute_type) => {
                let payload = value::searchable(run).find(|(carried, _)| *carried == name);
                let values = payload.and_then(|(_, payload)| value::read(payload, *attribute_type));
                values.unwrap_or_default()
            }
        }
    }
}

fn moment(at: Timestamp) -> Option<Value> {
    let at = i64::try_from(at.as_millis()).ok()?;
    jiff::Timestamp::from_millisecond(at).ok().map(Value::Datetime)
}

fn whole(number: u64) -> Option<Value> {
    i64::try_from(number).ok().map(Value::Int)
}
