//! SIGKILL of a real server over real sockets: nothing that was acknowledged is lost, nothing that was completed is
//! done again. [`boundaries`] visits every boundary between a commit and its effects, one by one, with little going
//! on; [`random`] kills at any moment, with much going on; [`batches`] in the middle of what is done to many
//! runs, [`brood`] in that of what many runs do to one, [`namespaces`] while a whole namespace goes. [`downtime`] leaves it
//! dead for a while, and [`reading`] looks at the same things before and after.

mod batches;
mod boundaries;
mod brood;
mod calls;
mod downtime;
mod mortal;
mod namespaces;
mod random;
mod reading;
mod remains;
mod scenario;
mod settings;
mod worker;
