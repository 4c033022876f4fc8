//! What updates come to.

use super::{failure_to_wire, payloads_to_wire};
use mainspring_api::temporal::update::v1::{Outcome, outcome};
use mainspring_core::UpdateOutcome;

/// A success without a value is an empty list, not a missing one: a missing one would say that there is no outcome.
pub(crate) fn outcome_to_wire(outcome: &UpdateOutcome) -> Outcome {
    let value = match outcome {
        Ok(output) => outcome::Value::Success(payloads_to_wire(output).unwrap_or_default()),
        Err(failure) => outcome::Value::Failure(failure_to_wire(failure)),
    };
    Outcome { value: Some(value) }
}
