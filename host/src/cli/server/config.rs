//! The configuration file. What its keys mean for its user is said in [`super::config_text`].

use super::address;
use super::size::Size;
use crate::cli::{CliError, Exit, time};
use mainspring::engine::{Settings, Storage};
use serde::{Deserialize, Deserializer};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

const GRPC_PORT: u16 = 7233;
const HTTP_PORT: u16 = 8233;
/// Modules have addresses of 32 bits.
const WASM32_MEMORY_BYTES_MAX: usize = 4 << 30;

/// Everything that can be chosen about a server. A key that is not here is an error.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Config {
    pub(super) data: Option<PathBuf>,
    pub(super) compiled: Option<PathBuf>,
    #[serde(deserialize_with = "address::deserialize")]
    pub(super) grpc_address: SocketAddr,
    #[serde(deserialize_with = "address::deserialize")]
    pub(super) http_address: SocketAddr,
    pub(super) log: LogConfig,
    pub(super) store: StoreConfig,
    pub(super) runs: RunsConfig,
    pub(super) guests: GuestsConfig,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct LogConfig {
    pub(super) filter: String,
    pub(super) format: LogFormat,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(super) enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct StoreConfig {
    pub(super) shards: u16,
    pub(super) cache: Size,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct RunsConfig {
    pub(super) threads: usize,
    pub(super) resident_max: usize,
    pub(super) idle_guests_max: Size,
    pub(super) history_length_suggested_max: u64,
    pub(super) history_suggested_max: Size,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct GuestsConfig {
    pub(super) module_max: Size,
    pub(super) memory_max: Size,
    pub(super) stack_max: Size,
    pub(super) call_max: Size,
    #[serde(deserialize_with = "duration")]
    pub(super) call_time_max: Duration,
    pub(super) instances_max: u32,
    pub(super) compile_threads: usize,
    pub(super) compile_queue_max: usize,
}

/// The engine's own defaults, wherever it has them.
impl Default for Config {
    fn default() -> Self {
        let Settings {
            shards,
            shard_threads,
            shard,
            wasm,
            store_cache_bytes,
            storage: _,
            compiled,
            skip_time: _,
        } = Settings::ephemeral();
        let limits = wasm.limits;
        Self {
            data: None,
            compiled,
            grpc_address: (Ipv4Addr::LOCALHOST, GRPC_PORT).into(),
            http_address: (Ipv4Addr::LOCALHOST, HTTP_PORT).into(),
            log: LogConfig::default(),
            store: StoreConfig {
                shards,
                cache: Size(store_cache_bytes),
            },
            runs: RunsConfig {
                threads: shard_threads,
                resident_max: shard.resident_runs_max,
                idle_guests_max: Size(shard.guest_bytes_max),
                history_length_suggested_max: shard.history_length_suggested_max,
                history_suggested_max: Size(usize::try_from(shard.history_bytes_suggested_max).unwrap_or(usize::MAX)),
            },
            guests: GuestsConfig {
                module_max: Size(limits.module_bytes_max),
                memory_max: Size(limits.memory_bytes_max),
                stack_max: Size(limits.stack_bytes_max),
                call_max: Size(limits.call_bytes_max),
                call_time_max: limits.call_time_max.unwrap_or_default(),
                instances_max: limits.instances_max,
                compile_threads: wasm.compile_threads,
                compile_queue_max: wasm.compile_queue_max,
            },
        }
    }
}

impl Default for LogConfig {
    fn default() -> Self {
        Self {
            filter: "info".to_owned(),
            format: LogFormat::Text,
        }
    }
}

macro_rules! default_from_config {
    ($($section:ident: $name:ident),*) => {
        $(impl Default for $section {
            fn default() -> Self {
                Config::default().$name
            }
        })*
    };
}

// A section that is there with some of its keys has the defaults for the others.
default_from_config!(StoreConfig: store, RunsConfig: runs, GuestsConfig: guests);

impl Config {
    pub(super) fn read(path: &Path) -> Result<Self, CliError> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            CliError::new(
                Exit::Config,
                format!("cannot read the configuration file {}: {error}", path.display()),
            )
        })?;
        Self::parse(&text).map_err(|error| {
            CliError::new(
                Exit::Config,
                format!("{} is wrong: {}", path.display(), error.to_string().trim_end()),
            )
            .hint("`mainspring server --print-config` shows every key")
        })
    }

    pub(super) fn parse(text: &str) -> Result<Self, toml::de::Error> {
        let config: Self = toml::from_str(text)?;
        config.check().map_err(serde::de::Error::custom)?;
        Ok(config)
    }

    /// Refuses what could be read, and with which no workflow would ever run.
    fn check(&self) -> Result<(), String> {
        let guests = &self.guests;
        let given = [
            ("store.shards", self.store.shards > 0),
            ("runs.threads", self.runs.threads > 0),
            ("guests.module-max", guests.module_max.0 > 0),
            ("guests.memory-max", guests.memory_max.0 > 0),
            ("guests.stack-max", guests.stack_max.0 > 0),
            ("guests.call-max", guests.call_max.0 > 0),
            ("guests.instances-max", guests.instances_max > 0),
            ("guests.compile-threads", guests.compile_threads > 0),
            ("guests.compile-queue-max", guests.compile_queue_max > 0),
        ];
        if let Some((key, _)) = given.iter().find(|(_, is_more_than_nothing)| !is_more_than_nothing) {
            return Err(format!("{key} must be more than 0\n"));
        }
        if guests.memory_max.0 > WASM32_MEMORY_BYTES_MAX {
            return Err(format!(
                "guests.memory-max is {}, and WebAssembly modules cannot use more than {}\n",
                guests.memory_max,
                Size(WASM32_MEMORY_BYTES_MAX)
            ));
        }
        Ok(())
    }

    /// The engine's settings.
    pub(super) fn settings(&self) -> Result<Settings, CliError> {
        let Some(data) = &self.data else {
            return Err(CliError::new(Exit::Usage, "no data directory is given")
                .hint("name one with `--data DIRECTORY`, or as `data` in the configuration file"));
        };
        let mut settings = Settings::at(data);
        self.apply(&mut settings);
        Ok(settings)
    }

    fn apply(&self, settings: &mut Settings) {
        debug_assert!(matches!(settings.storage, Storage::Directory(_)));
        settings.compiled.clone_from(&self.compiled);
        settings.shards = self.store.shards;
        settings.store_cache_bytes = self.store.cache.0;
        settings.shard_threads = self.runs.threads;
        settings.shard.resident_runs_max = self.runs.resident_max;
        settings.shard.guest_bytes_max = self.runs.idle_guests_max.0;
        settings.shard.history_length_suggested_max = self.runs.history_length_suggested_max;
        settings.shard.history_bytes_suggested_max = self.runs.history_suggested_max.0 as u64;
        let wasm = &mut settings.wasm;
        wasm.compile_threads = self.guests.compile_threads;
        wasm.compile_queue_max = self.guests.compile_queue_max;
        wasm.limits.module_bytes_max = self.guests.module_max.0;
        wasm.limits.memory_bytes_max = self.guests.memory_max.0;
        wasm.limits.stack_bytes_max = self.guests.stack_max.0;
        wasm.limits.call_bytes_max = self.guests.call_max.0;
        wasm.limits.call_time_max = Some(self.guests.call_time_max);
        wasm.limits.instances_max = self.guests.instances_max;
    }
}

fn duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    time::parse_duration(&text).map_err(serde::de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;
    use insta::assert_snapshot;

    fn error(text: &str) -> String {
        Config::parse(text).expect_err("it is wrong").to_string()
    }

    #[test]
    fn a_section_may_have_some_of_its_keys() {
        let config = Config::parse("[guests]\nmemory-max = \"1 GiB\"").expect("it is right");
        assert_eq!(config.guests.memory_max, Size(1 << 30));
        assert_eq!(config.guests.stack_max, Config::default().guests.stack_max);
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert_snapshot!("unknown_key", error("grpc_address = \"127.0.0.1:1\""));
        assert_snapshot!("unknown_key_of_a_section", error("[guests]\nmemory = 1"));
        assert_snapshot!("wrong_address", error("grpc-address = \"localhost\""));
        assert_snapshot!("wrong_size", error("[store]\ncache = \"5 MB\""));
        assert_snapshot!("wrong_duration", error("[guests]\ncall-time-max = \"soon\""));
        assert_snapshot!("wrong_format", error("[log]\nformat = \"xml\""));
        assert_snapshot!("no_toml", error("data: x"));
    }

    #[test]
    fn what_would_let_no_workflow_run_is_refused() {
        let check = |text: &str, said: &str| assert_eq!(error(text).trim_end(), said);
        check("[store]\nshards = 0", "store.shards must be more than 0");
        check("[runs]\nthreads = 0", "runs.threads must be more than 0");
        check(
            "[guests]\ninstances-max = 0",
            "guests.instances-max must be more than 0",
        );
        check(
            "[guests]\nmemory-max = \"5 GiB\"",
            "guests.memory-max is 5 GiB, and WebAssembly modules cannot use more than 4 GiB",
        );
        Config::parse("[guests]\nmemory-max = \"4 GiB\"").expect("it is right");
    }

    #[test]
    fn settings_need_a_data_directory() {
        let error = Config::default().settings().expect_err("there is none");
        assert_eq!(error.exit, Exit::Usage);
        let config = Config {
            data: Some("here".into()),
            ..Config::default()
        };
        let settings = config.settings().expect("it is complete");
        assert_eq!(settings.storage, Storage::Directory("here".into()));
    }
}
