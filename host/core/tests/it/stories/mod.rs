//! Stories, by subject. Each shows what a script leads to: events, what is stored, what is owed.

mod activities;
mod cancellation;
mod clients;
mod closing;
mod crash;
mod divergence;
mod timeouts;
mod timers;
