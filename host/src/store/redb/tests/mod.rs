//! redb's store against the model, against crashes, and against what it may find when it is opened.

mod crash;
mod deleting;
mod disk;
mod dump;
mod finding;
mod model;
mod opening;
mod plan;
