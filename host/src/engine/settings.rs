//! What can be chosen about an engine.

use crate::shard::ShardSettings;
use crate::wasm::{WasmLimits, WasmSettings};
use std::path::PathBuf;

/// How an engine works. [`Settings::at`] and [`Settings::ephemeral`] have sensible values for everything.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where everything is kept.
    pub storage: Storage,
    /// How many shards a new data directory gets; an existing one keeps its own.
    pub shards: u16,
    /// Threads that run guests, each with its part of the shards.
    pub shard_threads: usize,
    /// How shards behave.
    pub shard: ShardSettings,
    /// How guests are run.
    pub wasm: WasmSettings,
    /// A directory for compiled modules, made if there is none, that engines of this user may share. Otherwise they are
    /// kept with the data, or nowhere if that is in memory.
    pub compiled: Option<PathBuf>,
    /// What the store may keep of its file in memory.
    pub store_cache_bytes: usize,
    /// Whether the clock can be steered, for tests: [`Engine::time_skipping`](super::Engine::time_skipping) does it.
    pub skip_time: bool,
}

/// Where everything is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Storage {
    /// In a directory: it survives everything but the loss of the disk.
    Directory(PathBuf),
    /// In memory: it ends with the process.
    Memory,
}

/// Each reserves 4 GiB of addresses, and a process has 128 TiB.
const EPHEMERAL_INSTANCES_MAX: u32 = 200;
const SHARDS_DEFAULT: u16 = 16;
const STORE_CACHE_BYTES_DEFAULT: usize = 32 << 20;

impl Settings {
    /// An engine that keeps everything in that directory, which is made if there is none.
    pub fn at(directory: impl Into<PathBuf>) -> Self {
        Self {
            storage: Storage::Directory(directory.into()),
            wasm: WasmSettings::default(),
            ..Self::ephemeral()
        }
    }

    /// An engine that keeps nothing once it ends. It takes few addresses, so that a program may have several.
    pub fn ephemeral() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
        Self {
            storage: Storage::Memory,
            shards: SHARDS_DEFAULT,
            // More than one in any case: a guest that computes too long holds up its thread until it is stopped.
            shard_threads: cores.max(2),
            shard: ShardSettings::default(),
            wasm: WasmSettings {
                limits: WasmLimits {
                    instances_max: EPHEMERAL_INSTANCES_MAX,
                    ..WasmLimits::default()
                },
                ..WasmSettings::default()
            },
            compiled: None,
            store_cache_bytes: STORE_CACHE_BYTES_DEFAULT,
            skip_time: false,
        }
    }

    pub(super) fn redb_options(&self) -> crate::store::redb::Options {
        crate::store::redb::Options {
            shards: self.shards,
            cache_bytes: self.store_cache_bytes,
            ..Default::default()
        }
    }
}
