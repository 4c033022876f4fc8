//! What operators have set about task queues and workflow types.

use mainspring_core::Timestamp;
use std::collections::BTreeMap;

/// Who set something, when, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Why, if they said so.
    pub reason: String,
    /// Who.
    pub identity: String,
    /// When.
    pub at: Timestamp,
}

/// How many in a second.
#[derive(Clone, Debug, PartialEq)]
pub struct Rate {
    /// At most so many; 0 is none at all. Finite, and not negative.
    pub per_second: f32,
    /// By whom.
    pub change: Change,
}

/// What is set about a task queue. Without any of it, nothing needs to be kept.
#[derive(Clone, Debug, PartialEq)]
pub struct TaskQueueSettings {
    /// Its tenant.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// How many attempts are handed out in a second.
    pub rate: Option<Rate>,
    /// How many of one fairness key, at weight 1.
    pub key_rate: Option<Rate>,
    /// Weights of fairness keys, whatever those who ask say of themselves.
    pub weights: BTreeMap<String, f32>,
    /// How many attempts run at once.
    pub concurrency: Option<u32>,
    /// Since when and why nothing is handed out, if nothing is.
    pub paused: Option<Change>,
}

/// What is set about a workflow type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkflowTypeSettings {
    /// Its tenant.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Since when and why no run of it is activated, if none is.
    pub paused: Option<Change>,
}

impl TaskQueueSettings {
    /// Those of a queue about which nothing is set.
    pub fn of(namespace: &str, name: &str) -> Self {
        Self {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            rate: None,
            key_rate: None,
            weights: BTreeMap::new(),
            concurrency: None,
            paused: None,
        }
    }

    /// Whether nothing is set.
    pub fn is_default(&self) -> bool {
        self.rate.is_none()
            && self.key_rate.is_none()
            && self.weights.is_empty()
            && self.concurrency.is_none()
            && self.paused.is_none()
    }
}

impl WorkflowTypeSettings {
    /// Whether nothing is set.
    pub const fn is_default(&self) -> bool {
        self.paused.is_none()
    }
}
