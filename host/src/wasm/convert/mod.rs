//! Between the guest contract's types and the core's. Towards the guest nothing can go wrong; what comes from a
//! guest is checked for what its types cannot say.

mod from_guest;
#[cfg(test)]
mod tests;
mod to_guest;

pub(super) use from_guest::{
    activity_request, child_request, continuation, external_signal, external_target, failure, payload, payload_map,
    payloads, timer_request,
};
pub(super) use to_guest::{activation, question, update};

/// What a guest passed breaks a rule of the contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct WrongArgument(pub(super) String);
