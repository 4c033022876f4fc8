//! The workflows of the golden histories (`tests/golden-histories`). Histories that they once had are replayed to them for
//! ever: what is here is added to, and never does anything else than it did.

pub(crate) mod activities;
pub(crate) mod cancelling;
pub(crate) mod children;
pub(crate) mod messages;
pub(crate) mod values;
