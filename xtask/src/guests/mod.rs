//! Workflow modules: what a server is given to run. Those in Rust are built by cargo, without a server; those in other
//! languages by `mainspring build`, as their authors would.

mod others;
mod rust;

pub(crate) use others::build_others;
pub(crate) use rust::{TARGET, build, build_all};
