//! What several tests need.

pub(crate) mod client;
pub(crate) mod compiled;
pub(crate) mod embedded;
pub(crate) mod guests;
pub(crate) mod http;
pub(crate) mod modules;
pub(crate) mod order;
pub(crate) mod patience;
pub(crate) mod ports;
pub(crate) mod replay;
pub(crate) mod server;
pub(crate) mod stage;
