//! Workflows that run on their own: signalling and cancelling them.

use std::future::poll_fn;

use crate::bindings::mainspring::workflow::external_workflows::Target;
use crate::failure::Failure;
use crate::host;
use crate::operation::{AfterCancel, Operation};
use crate::payload::Payload;

pub(crate) async fn signal(target: Target, name: &str, arguments: Vec<Payload>) -> Result<(), Failure> {
    delivered(|| host::external_workflows::signal(&target, name, &arguments, &[])).await
}

/// Asks the present run of another workflow to cancel itself, and waits until it has the request.
///
/// # Errors
/// If there is no such workflow.
pub async fn request_cancel(workflow_id: impl Into<String>, reason: &str) -> Result<(), Failure> {
    let target = Target {
        workflow_id: workflow_id.into(),
        run_id: None,
        child_only: false,
    };
    delivered(|| host::external_workflows::request_cancel(&target, reason)).await
}

async fn delivered(ask: impl FnOnce() -> u64) -> Result<(), Failure> {
    let mut operation = Operation::begin(AfterCancel::Answer, ask)?;
    poll_fn(|context| operation.poll_finished(context)).await.map(|_| ())
}
