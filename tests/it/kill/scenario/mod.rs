//! What goes on while the server dies: each scenario is about one subject, and says which workflows it leaves behind.
//!
//! One client, one thing after the other: so commits come in much the same order whenever a scenario is played, and a
//! commit can be named by its number. What is said to a workflow waits until what came before has been dealt with;
//! then the histories are the same, too.

mod activities;
mod batches;
mod cancellations;
mod chains;
mod changing_schedules;
mod children;
mod deletions;
mod descriptions;
mod languages;
mod limits;
mod messages;
mod pauses;
mod pauses_by_operators;
mod resets;
mod schedules;

pub(super) use activities::{activities, activities_elsewhere, activities_that_fail};
pub(super) use batches::batches;
pub(super) use cancellations::{cancellations, cancelled_activities, scopes};
pub(super) use chains::{chains, chains_by_schedule, chains_with_signals, ids_that_are_used_again};
pub(super) use changing_schedules::{schedules_that_change, schedules_that_fail};
pub(super) use children::{cancelled_children, children, children_in_chains, children_left_behind};
pub(super) use deletions::deletions;
pub(super) use descriptions::descriptions;
pub(super) use languages::{go, languages};
pub(super) use limits::limits;
pub(super) use messages::{
    messages_between_workflows, signals_before_their_handler, updates_and_signals, updates_in_stages, updates_that_fail,
};
pub(super) use pauses::pauses;
pub(super) use pauses_by_operators::pauses_by_operators;
pub(super) use resets::{resets, resets_of_runs_that_were_followed, resets_to_a_mended_module};
pub(super) use schedules::{schedules, schedules_that_overlap};

/// The workflows of a scenario whose histories are to be the same whenever it is played.
pub(super) type Workflows = Vec<&'static str>;
