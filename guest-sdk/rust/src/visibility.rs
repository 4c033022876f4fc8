//! What people and tools see of the run from outside.

use std::collections::BTreeMap;

use crate::host;
use crate::payload::{Payload, ToPayload};

/// Values by name; a `BTreeMap`, so that their order is always the same.
#[derive(Clone, Debug, Default)]
pub struct Values(BTreeMap<String, Payload>);

impl Values {
    /// No values.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets one value; `()` or `None` removes what the run has under this name.
    ///
    /// # Panics
    /// If the value has no payload form.
    #[must_use]
    pub fn set(mut self, name: impl Into<String>, value: &(impl ToPayload + ?Sized)) -> Self {
        let name = name.into();
        let payload = value
            .to_payload()
            .unwrap_or_else(|error| panic!("the value `{name}`: {error}"));
        self.0.insert(name, payload);
        self
    }

    pub(crate) fn into_payloads(self) -> Vec<(String, Payload)> {
        self.0.into_iter().collect()
    }
}

/// Changes the attributes by which runs are found.
pub fn upsert_search_attributes(attributes: Values) {
    host::visibility::upsert_search_attributes(&attributes.into_payloads());
}

/// Changes the notes attached to the run.
pub fn upsert_memo(memo: Values) {
    host::visibility::upsert_memo(&memo.into_payloads());
}

/// Says, in Markdown, how things stand. Not durable: a replay says it again.
pub fn set_current_details(details: &str) {
    host::visibility::set_current_details(details);
}
