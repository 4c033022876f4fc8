//! The run state machine from outside: stories that a person can read, and properties that hold for all of them.

mod edges;
mod oracle;
mod properties;
mod random;
mod resets;
mod schedules;
mod script;
mod stories;
mod tell;
mod world;
