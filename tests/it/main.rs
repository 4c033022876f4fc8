//! Tests of the whole.
//!
//! `cargo xtask test` builds the workflow modules that these tests run, and tells where they are.

mod bad_input;
mod batches_by_command;
mod brood;
mod chains;
mod compatibility;
mod deleting;
mod divergence;
mod embedded;
mod eviction;
mod features;
mod go;
mod golden_histories;
mod http;
mod kill;
mod limits;
mod long_histories;
mod misbehaving;
mod new_projects;
mod oversized;
mod pairings;
mod pausing;
mod polls;
mod python;
mod removing;
mod replaying_by_command;
mod resets;
mod resets_by_command;
mod semantics;
mod simulation;
mod strays;
mod support;
mod typescript;
mod updates_by_command;
