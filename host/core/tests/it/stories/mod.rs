//! Stories, by subject. Each shows what a script leads to: events, what is stored, what is owed.

mod activities;
mod cancellation;
mod children;
mod clients;
mod closing;
mod crash;
mod delay;
mod divergence;
mod externals;
mod operating;
mod patches;
mod pausing;
mod resets;
mod succession;
mod timeouts;
mod timers;
mod updates;
