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
    plain::local_in_haste,
    plain::fanout,
    plain::order_of_calls,
    plain::order_in_haste,
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
    waiting::carries,
    waiting::hears_late,
    waiting::cancels_child,
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
    cancelling::gives_up,
    cancelling::nested,
    // golden
    golden::activities::golden_activity,
    golden::activities::golden_activities,
    golden::activities::golden_steps,
    golden::activities::golden_timers,
    golden::activities::golden_race,
    golden::messages::golden_signals,
    golden::messages::GoldenCounter,
    golden::children::golden_leaf,
    golden::children::golden_parent,
    golden::messages::golden_sender,
    golden::values::golden_chain,
    golden::cancelling::golden_cleanup,
    golden::values::golden_versions,
    golden::values::golden_notes,
    golden::values::golden_chance,
    golden::cancelling::golden_scopes,
    golden::messages::golden_carrier,
    golden::activities::golden_priorities,
    golden::activities::golden_local,
    golden::children::golden_brood,
    // misbehaving
    misbehaving::spin,
    misbehaving::recurse,
    misbehaving::hog,
    misbehaving::flood,
    misbehaving::panics,
);
