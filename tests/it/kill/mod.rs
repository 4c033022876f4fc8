//! SIGKILL of a real server over real sockets: nothing that was acknowledged is lost, nothing that was completed is
//! done again. [`boundaries`] visits every boundary between a commit and its effects, one by one, with little going
//! on; [`random`] kills at any moment, with much going on; [`batches`] in the middle of what is done to many
//! runs, [`namespaces`] while a whole namespace goes.

mod batches;
mod boundaries;
mod calls;
mod mortal;
mod namespaces;
mod random;
mod remains;
mod scenario;
mod settings;
mod worker;
