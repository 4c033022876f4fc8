//! Which of several waiting tasks goes first.

use crate::bindings::mainspring::workflow::types as wit;

/// The place of an activity, or of a child's activities, among others in their task queue. What is not set is inherited
/// from the workflow that asks.
///
/// ```
/// # use mainspring_workflow::Priority;
/// let urgent = Priority::of(1);
/// let of_tenant = Priority::default().fairly("tenant-7", 2.0);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Priority {
    /// 1 is the most urgent, 5 the least; 0 inherits it.
    pub key: u32,
    /// Those of one priority are shared among these; at most 64 bytes. Empty inherits it.
    pub fairness_key: String,
    /// The share of the key, from 0.001 to 1,000, where others have 1; 0 inherits it.
    pub fairness_weight: f32,
}

impl Priority {
    /// This urgent, from 1 to 5.
    pub fn of(key: u32) -> Self {
        Self { key, ..Self::default() }
    }

    /// Shares with others of the same priority, by weight.
    pub fn fairly(self, key: impl Into<String>, weight: f32) -> Self {
        Self {
            fairness_key: key.into(),
            fairness_weight: weight,
            ..self
        }
    }
}

impl From<Priority> for wit::Priority {
    fn from(priority: Priority) -> Self {
        Self {
            key: priority.key,
            fairness_key: priority.fairness_key,
            fairness_weight: priority.fairness_weight,
        }
    }
}
