//! Workflows as stories: what happens to them, and what they ask for then.

mod activities;
mod cancellation;
mod determinism;
mod handlers;
mod others;
mod scopes;
mod signals;
mod waiting;
