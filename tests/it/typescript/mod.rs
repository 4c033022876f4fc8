//! Workflows in TypeScript: what the SDK does, and what `mainspring build` says. Their histories are compared with Rust's
//! in `golden_histories`.

mod building;
mod features;
mod memory;
mod mistakes;
mod names;
mod play;
