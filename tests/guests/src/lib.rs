//! Small workflows for the host's integration tests: the plain ones that a test counts on, and the ones that misbehave.

mod cancelling;
mod handlers;
mod misbehaving;
mod plain;
mod waiting;

use mainspring_workflow::export;

export!(
    // plain
    plain::echo,
    plain::steps,
    plain::hasty_steps,
    plain::fanout,
    plain::order_of_calls,
    plain::call,
    plain::blob,
    plain::fails,
    plain::succeeds_at,
    plain::heartbeats,
    plain::chance,
    plain::versions,
    plain::notes,
    // waiting
    waiting::sleeper,
    waiting::idle,
    waiting::race,
    waiting::detached,
    waiting::waits_for_signal,
    waiting::continues,
    waiting::parent,
    waiting::calls_child,
    waiting::leaves_child,
    waiting::sends,
    waiting::tells,
    waiting::counts_runs,
    waiting::family,
    // handlers
    handlers::Collector,
    handlers::Counter,
    handlers::QueryThatWrites,
    // cancelling
    cancelling::cancellable,
    cancelling::patient,
    cancelling::shielding,
    cancelling::stubborn,
    // misbehaving
    misbehaving::spin,
    misbehaving::recurse,
    misbehaving::hog,
    misbehaving::flood,
    misbehaving::panics,
);
