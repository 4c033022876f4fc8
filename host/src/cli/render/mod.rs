//! Answers as text for people. Pure: messages in, text with colours out; who prints it takes the colours away where
//! nobody wants them.

pub(crate) mod activity_options;
pub(crate) mod batches;
pub(crate) mod control;
pub(crate) mod description;
pub(crate) mod failure;
pub(crate) mod manifest;
pub(crate) mod namespaces;
pub(crate) mod schedule;
pub(crate) mod search_attributes;
pub(crate) mod style;
pub(crate) mod table;
pub(crate) mod timeline;
mod timers;

#[cfg(test)]
mod tests;
