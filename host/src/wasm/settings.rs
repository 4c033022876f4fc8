//! What can be chosen about the engine, and how wasmtime is set up. Each setting is there for determinism or speed.

use std::time::Duration;
use wasmtime::{
    Config, Enabled, InstanceAllocationStrategy, OptLevel, PoolingAllocationConfig, RegallocAlgorithm,
    WasmBacktraceDetails, WasmFeatures,
};

/// How the engine works.
#[derive(Clone, Debug)]
pub struct WasmSettings {
    /// What guests may use.
    pub limits: WasmLimits,
    /// Threads that compile modules, each one module at a time.
    pub compile_threads: usize,
    /// Modules that may wait to be compiled; one more is refused.
    pub compile_queue_max: usize,
    /// Compile each module on all cores, for whoever waits for one and has no other use for them.
    pub compile_in_parallel: bool,
    /// Where compiled code is kept, keep single functions, too, and compile only those of a module that are new. For
    /// whoever changes modules and trusts all of them: a module that was made to could foist its functions on another.
    pub reuse_functions: bool,
}

/// What guests may use. A guest that wants more traps, so that it cannot see the limit and act by it.
#[derive(Clone, Debug)]
pub struct WasmLimits {
    /// An uploaded file.
    pub module_bytes_max: usize,
    /// Linear memory and tables of one instance.
    pub memory_bytes_max: usize,
    /// The stack of one call. The calling thread needs half a megabyte more than this.
    pub stack_bytes_max: usize,
    /// What one call of an import may carry out of the guest.
    pub call_bytes_max: usize,
    /// Wall-clock time of one call, by a watchdog that never enters a history: when it fires depends on the
    /// machine. `None` switches it off, as the deterministic simulation needs.
    pub call_time_max: Option<Duration>,
    /// Instances alive at once, in all shards. Each reserves 4 GiB of addresses, but no memory.
    pub instances_max: u32,
}

impl Default for WasmSettings {
    fn default() -> Self {
        Self {
            limits: WasmLimits::default(),
            compile_threads: 1,
            compile_queue_max: 8,
            compile_in_parallel: false,
            reuse_functions: false,
        }
    }
}

impl Default for WasmLimits {
    fn default() -> Self {
        Self {
            module_bytes_max: 64 << 20,
            memory_bytes_max: 256 << 20,
            stack_bytes_max: 512 << 10,
            call_bytes_max: 16 << 20,
            call_time_max: Some(Duration::from_secs(2)),
            instances_max: 4_000,
        }
    }
}

/// One core module each for the code of a program and its language's runtime; Python's has 38.
const CORE_INSTANCES_PER_COMPONENT_MAX: u32 = 64;
const MEMORIES_PER_COMPONENT_MAX: u32 = 2;
const TABLES_PER_COMPONENT_MAX: u32 = 4;
/// Entries for function pointers: one for each function that a program calls indirectly.
pub(super) const TABLE_ELEMENTS_MAX: usize = 64 << 10;
/// Bookkeeping of the host for one instance, not its memory.
const INSTANCE_METADATA_BYTES_MAX: usize = 4 << 20;
/// With this much reserved behind every memory, compiled code needs no bounds checks.
const MEMORY_RESERVATION_BYTES: u64 = 4 << 30;
/// Slots that stay mapped to the module they last served, and so are quick to use again for it.
const WARM_SLOTS_MAX: u32 = 256;
/// Of a slot's memory, and of its table, what stays with it between two guests: written back to how the module begins,
/// instead of given back to the machine, fetched again page by page, and told to every core. A guest in Rust writes in 34 to
/// 51 KB. So free slots occupy some 40 MB together, at most.
const MEMORY_KEPT_BYTES: usize = 128 << 10;
const TABLE_KEPT_BYTES: usize = 16 << 10;
/// Frames that a guest's backtrace shows at most.
const BACKTRACE_FRAMES_MAX: usize = 32;

/// Places beyond `instances_max`, so that a new module can describe itself while runs have all the others.
const SPARE_INSTANCES: u32 = 16;

impl WasmLimits {
    /// wasmtime's settings for these limits.
    pub(super) fn config(&self) -> Config {
        let mut config = Config::new();
        deterministic(&mut config);
        limited(&mut config, self);
        quick(&mut config);
        config
            .wasm_backtrace_details(WasmBacktraceDetails::Enable)
            .wasm_backtrace_max_frames(std::num::NonZeroUsize::new(BACKTRACE_FRAMES_MAX))
            .allocation_strategy(InstanceAllocationStrategy::Pooling(self.pool()));
        config
    }

    fn pool(&self) -> PoolingAllocationConfig {
        let components = self.instances_max.saturating_add(SPARE_INSTANCES);
        let mut pool = PoolingAllocationConfig::new();
        pool.total_component_instances(components)
            .total_core_instances(components.saturating_mul(CORE_INSTANCES_PER_COMPONENT_MAX))
            // Nearly every component has one memory and two tables. Those with more fill the pool sooner,
            // which is reported like any other full pool.
            .total_memories(components)
            .total_tables(components.saturating_mul(2))
            .max_core_instances_per_component(CORE_INSTANCES_PER_COMPONENT_MAX)
            .max_memories_per_component(MEMORIES_PER_COMPONENT_MAX)
            .max_tables_per_component(TABLES_PER_COMPONENT_MAX)
            .max_tables_per_module(TABLES_PER_COMPONENT_MAX)
            .max_component_instance_size(INSTANCE_METADATA_BYTES_MAX)
            .max_core_instance_size(INSTANCE_METADATA_BYTES_MAX)
            .table_elements(TABLE_ELEMENTS_MAX)
            .max_memory_size(self.memory_bytes_max)
            .max_unused_warm_slots(WARM_SLOTS_MAX);
        // Without it, nobody can tell which pages a guest has written in. Linux has it since 6.7.
        if PoolingAllocationConfig::is_pagemap_scan_available() {
            pool.pagemap_scan(Enabled::Yes)
                .linear_memory_keep_resident(MEMORY_KEPT_BYTES)
                .table_keep_resident(TABLE_KEPT_BYTES);
        }
        pool
    }
}

/// Same module and same events: same commands, on every machine.
fn deterministic(config: &mut Config) {
    config
        .wasm_features(WasmFeatures::THREADS | WasmFeatures::SHARED_EVERYTHING_THREADS, false)
        .shared_memory(false)
        .cranelift_nan_canonicalization(true)
        .relaxed_simd_deterministic(true);
}

/// Whatever a guest does, it ends. An epoch costs what fuel costs on tight loops, and needs no refilling between
/// calls; fuel's one merit, that it is deterministic, is not needed where exhaustion never enters a history.
fn limited(config: &mut Config, limits: &WasmLimits) {
    config
        // Always on, watchdog or not, so that artefacts fit either way.
        .epoch_interruption(true)
        .max_wasm_stack(limits.stack_bytes_max)
        .wasm_features(WasmFeatures::MEMORY64, false);
}

fn quick(config: &mut Config) {
    config
        .wasm_component_model(true)
        // Together these make calls two to three times cheaper. No call ever waits, so nothing is lost.
        .wasm_features(WasmFeatures::CM_ASYNC, false)
        .concurrency_support(false)
        .cranelift_opt_level(OptLevel::Speed)
        .cranelift_regalloc_algorithm(RegallocAlgorithm::Backtracking)
        // One module compiles on one thread, unless somebody wants it otherwise: the compile pool is the bound, and
        // shards keep the other cores.
        .parallel_compilation(false)
        .memory_reservation(MEMORY_RESERVATION_BYTES)
        .memory_init_cow(true);
}
