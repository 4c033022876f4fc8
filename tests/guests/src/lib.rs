//! Small workflows for the host's integration tests: the plain ones that a test counts on, and the ones that misbehave.

mod cancelling;
mod golden;
mod handlers;
mod misbehaving;
mod plain;
mod waiting;

use mainspring_workflow::export;

export!(
    // plain
    plain::echo,
    plain::steps,
    plain::ranked,
    plain::hasty_steps,
    plain::fanout,
    plain::order_of_calls,
    plain::call,
    plain::blob,
    plain::fails,
    plain::succeeds_at,
    plain::heartbeats,
    plain::chance,
    plain::moments,
    plain::versions,
    plain::versions_in_haste,
    plain::notes,
    // waiting
    waiting::sleeper,
    waiting::idle,
    waiting::race,
    waiting::detached,
    waiting::waits_for_signal,
    waiting::continues,
    waiting::continues_in_haste,
    waiting::parent,
    waiting::calls_child,
    waiting::leaves_child,
    waiting::sends,
    waiting::passes_on,
    waiting::tells,
    waiting::gathers,
    waiting::counts_runs,
    waiting::family,
    waiting::arrivals,
    waiting::brood,
    // handlers
    handlers::Collector,
    handlers::Counter,
    handlers::QueryThatWrites,
    // cancelling
    cancelling::cancellable,
    cancelling::patient,
    cancelling::patient_in_haste,
    cancelling::shielding,
    cancelling::stubborn,
    cancelling::regions,
    // golden
    golden::golden_activity,
    golden::golden_activities,
    golden::golden_steps,
    golden::golden_timers,
    golden::golden_race,
    golden::golden_signals,
    golden::GoldenCounter,
    golden::golden_leaf,
    golden::golden_parent,
    golden::golden_sender,
    golden::golden_chain,
    golden::golden_cleanup,
    golden::golden_versions,
    golden::golden_notes,
    golden::golden_chance,
    // misbehaving
    misbehaving::spin,
    misbehaving::recurse,
    misbehaving::hog,
    misbehaving::flood,
    misbehaving::panics,
);
