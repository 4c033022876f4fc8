//! Tests of the whole.
//!
//! `cargo xtask test` builds the workflow modules that these tests run, and tells where they are.

mod divergence;
mod embedded;
mod eviction;
mod misbehaving;
mod simulation;
mod support;
