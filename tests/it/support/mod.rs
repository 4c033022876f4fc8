//! What several tests need.

pub(crate) mod client;
pub(crate) mod embedded;
pub(crate) mod http;
pub(crate) mod modules;
pub(crate) mod patience;
pub(crate) mod server;
