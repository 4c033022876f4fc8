//! The configuration file with everything in it, as `--print-config` shows it.

use super::config::{Config, LogFormat};

/// Every key with its meaning and its default. Read as a configuration, it changes nothing.
pub(super) fn with_defaults() -> String {
    let Config {
        data: _,
        compiled: _,
        grpc_address,
        http_address,
        log,
        store,
        runs,
        guests,
    } = Config::default();
    let log_format = match log.format {
        LogFormat::Text => "text",
        LogFormat::Json => "json",
    };
    format!(
        r#"# The configuration of a Mainspring server, with every key and its default.
# Options of the command line go before what is here. Sizes are numbers of bytes, or texts such as "64 MiB".

# The data directory; made if there is none. It has no default: give it here or with --data.
# data = "/var/lib/mainspring"

# Where compiled modules are kept: with the data unless given. Servers of one user may share a directory; in it, those
# that nobody has used for longest are removed once all take more than 2 GiB.
# compiled = "/var/cache/mainspring"

# Where to answer gRPC: workers, clients, the `mainspring` and `temporal` commands.
# There is no authentication yet: whoever reaches this address may do everything.
grpc-address = "{grpc_address}"

# Where to answer HTTP.
http-address = "{http_address}"

[log]
# What is logged: a level (error, warn, info, debug, trace), or levels by module as in "info,mainspring=debug".
# The environment variable RUST_LOG goes before this.
filter = "{filter}"
# "text" for people, "json" for one JSON object a line.
format = "{log_format}"

[store]
# Into how many parts the runs of a new data directory are divided. One that exists keeps its own number.
shards = {shards}
# Pages of the journal that are kept in memory.
cache = "{cache}"

[runs]
# Threads that run workflows. As many as there are cores unless given, and at least two: a workflow that computes too
# long holds up its thread until it is stopped.
# threads = {threads}
# Runs kept in memory between their steps, in each shard. Others are read again when something happens to them.
resident-max = {resident_max}
# What the WebAssembly instances of runs at rest may occupy, in each shard. Others are built again by replay.
idle-guests-max = "{idle_guests_max}"
# From how many events on a workflow is advised to continue as new; it may ignore that.
history-length-suggested-max = {history_length_suggested_max}
# The same, by what its history takes in the journal.
history-suggested-max = "{history_suggested_max}"

# A workflow that exceeds one of these limits is blocked with the reason. It does not fail, and goes on once the limit
# is higher or its module is mended.
[guests]
# An uploaded module.
module-max = "{module_max}"
# The memory of one instance.
memory-max = "{memory_max}"
# The stack of one call.
stack-max = "{stack_max}"
# What one command may carry, arguments and all.
call-max = "{call_max}"
# How long one activation may compute.
call-time-max = "{call_time_ms}ms"
# Instances alive at once, in all shards. Each reserves 4 GiB of addresses, but no memory.
instances-max = {instances_max}
# Threads that compile modules, each one module at a time.
compile-threads = {compile_threads}
# Modules that may wait to be compiled; one more is refused.
compile-queue-max = {compile_queue_max}
"#,
        filter = log.filter,
        shards = store.shards,
        cache = store.cache,
        threads = runs.threads,
        resident_max = runs.resident_max,
        idle_guests_max = runs.idle_guests_max,
        history_length_suggested_max = runs.history_length_suggested_max,
        history_suggested_max = runs.history_suggested_max,
        module_max = guests.module_max,
        memory_max = guests.memory_max,
        stack_max = guests.stack_max,
        call_max = guests.call_max,
        call_time_ms = guests.call_time_max.as_millis(),
        instances_max = guests.instances_max,
        compile_threads = guests.compile_threads,
        compile_queue_max = guests.compile_queue_max,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_holds_without_it() {
        assert_eq!(Config::parse(&with_defaults()), Ok(Config::default()));
    }

    #[test]
    fn what_it_only_mentions_is_a_key_too() {
        let text = with_defaults()
            .replace("# data = ", "data = ")
            .replace("# compiled = ", "compiled = ")
            .replace("# threads = ", "threads = ");
        let config = Config::parse(&text).expect("all are keys");
        assert!(config.data.is_some() && config.compiled.is_some());
    }

    /// A key that is added to the configuration has to be explained here, or else this lists it.
    #[test]
    fn it_has_every_key() {
        let mut missing = Vec::new();
        for section in ["", "log", "store", "runs", "guests"] {
            for key in known_keys(section) {
                if !with_defaults().lines().any(|line| mentions(line, &key)) {
                    missing.push(format!("{section}.{key}"));
                }
            }
        }
        assert_eq!(missing, Vec::<String>::new());
    }

    fn mentions(line: &str, key: &str) -> bool {
        let line = line.trim_start_matches("# ");
        line == format!("[{key}]") || line.starts_with(&format!("{key} = "))
    }

    /// The keys of a section, as the error about an unknown one lists them.
    fn known_keys(section: &str) -> Vec<String> {
        let text = if section.is_empty() {
            "no-key = 1".to_owned()
        } else {
            format!("[{section}]\nno-key = 1")
        };
        let error = Config::parse(&text)
            .expect_err("there is no such key")
            .message()
            .to_owned();
        let (_, expected) = error.split_once("expected").expect("it lists those there are");
        let keys: Vec<_> = expected.split('`').skip(1).step_by(2).map(ToOwned::to_owned).collect();
        assert!(!keys.is_empty(), "{error}");
        keys
    }
}
