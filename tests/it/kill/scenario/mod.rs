//! What goes on while the server dies: each scenario is about one subject, and says which workflows it leaves behind.
//!
//! One client, one thing after the other: so commits come in much the same order whenever a scenario is played, and a
//! commit can be named by its number. What is said to a workflow waits until what came before has been dealt with;
//! then the histories are the same, too.

mod activities;
mod cancellations;
mod chains;
mod children;
mod descriptions;
mod languages;
mod limits;
mod messages;
mod pauses;
mod resets;
mod schedules;

pub(super) use activities::activities;
pub(super) use cancellations::cancellations;
pub(super) use chains::{chains, chains_by_schedule};
pub(super) use children::{children, children_left_behind};
pub(super) use descriptions::descriptions;
pub(super) use languages::{go, languages};
pub(super) use limits::limits;
pub(super) use messages::{messages_between_workflows, updates_and_signals};
pub(super) use pauses::pauses;
pub(super) use resets::resets;
pub(super) use schedules::schedules;

/// The workflows of a scenario whose histories are to be the same whenever it is played.
pub(super) type Workflows = Vec<&'static str>;
