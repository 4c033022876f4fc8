//! Addresses to listen at.

use serde::{Deserialize, Deserializer};
use std::net::SocketAddr;

/// Reads `127.0.0.1:7233` or `[::1]:7233`. Names are not looked up: it should be plain who can reach a server.
pub(super) fn parse(text: &str) -> Result<SocketAddr, String> {
    text.parse()
        .map_err(|_| format!("{text:?} is no address to listen at; write it as IP:PORT, such as 127.0.0.1:7233"))
}

/// The same, from a configuration file.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SocketAddr, D::Error> {
    parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
}
