//! Mistakes that the compiler finds. Each of these must not compile.
//!
//! A type without a payload form, going in:
//! ```compile_fail
//! # use mainspring_workflow::{Failure, workflow};
//! struct Opaque;
//! #[workflow]
//! async fn wrong(argument: Opaque) -> Result<(), Failure> { Ok(()) }
//! ```
//!
//! A borrowed argument:
//! ```compile_fail
//! # use mainspring_workflow::{Failure, workflow};
//! #[workflow]
//! async fn wrong(argument: &str) -> Result<(), Failure> { Ok(()) }
//! ```
//!
//! A result without a payload form:
//! ```compile_fail
//! # use mainspring_workflow::{Failure, workflow};
//! struct Opaque;
//! #[workflow]
//! async fn wrong() -> Result<Opaque, Failure> { Ok(Opaque) }
//! ```
//!
//! A workflow that returns no `Result`:
//! ```compile_fail
//! # use mainspring_workflow::workflow;
//! #[workflow]
//! async fn wrong() -> u32 { 1 }
//! ```
//!
//! A workflow that is not `async`:
//! ```compile_fail
//! # use mainspring_workflow::{Failure, workflow};
//! #[workflow]
//! fn wrong() -> Result<(), Failure> { Ok(()) }
//! ```
//!
//! An activity without a time limit:
//! ```compile_fail
//! # use mainspring_workflow::{Failure, activities};
//! #[activities]
//! trait Wrong { async fn endless() -> Result<(), Failure>; }
//! ```
//!
//! A duration that is none:
//! ```compile_fail
//! # use mainspring_workflow::{Failure, activities};
//! #[activities(start_to_close = "30 seconds")]
//! trait Wrong { async fn call() -> Result<(), Failure>; }
//! ```
//!
//! An activity called with the wrong type:
//! ```compile_fail
//! # use mainspring_workflow::{Failure, activities, workflow};
//! #[activities(start_to_close = "30s")]
//! trait Work { async fn call(number: u32) -> Result<(), Failure>; }
//! #[workflow]
//! async fn wrong() -> Result<(), Failure> { Work::call("one").await }
//! ```
//!
//! A query that changes the state:
//! ```compile_fail
//! # use mainspring_workflow::{Failure, State, workflow};
//! #[derive(Default)] struct Wrong;
//! #[workflow]
//! impl Wrong {
//!     #[run] async fn run(this: State<Self>) -> Result<(), Failure> { Ok(()) }
//!     #[query] fn ask(&mut self) -> u32 { 1 }
//! }
//! ```
//!
//! A handler that waits while it borrows the state:
//! ```compile_fail
//! # use mainspring_workflow::{Failure, State, workflow};
//! #[derive(Default)] struct Wrong;
//! #[workflow]
//! impl Wrong {
//!     #[run] async fn run(this: State<Self>) -> Result<(), Failure> { Ok(()) }
//!     #[signal] async fn tell(&mut self) {}
//! }
//! ```
//!
//! Two handlers of one name:
//! ```compile_fail
//! # use mainspring_workflow::{Failure, State, workflow};
//! #[derive(Default)] struct Wrong;
//! #[workflow]
//! impl Wrong {
//!     #[run] async fn run(this: State<Self>) -> Result<(), Failure> { Ok(()) }
//!     #[signal] fn tell(&mut self) {}
//!     #[signal(name = "tell")] fn tell_again(&mut self) {}
//! }
//! ```
//!
//! Two workflows of one name:
//! ```compile_fail
//! # use mainspring_workflow::{Failure, export, workflow};
//! #[workflow] async fn twice() -> Result<(), Failure> { Ok(()) }
//! #[workflow(name = "twice")] async fn again() -> Result<(), Failure> { Ok(()) }
//! export!(twice, again);
//! # fn main() {}
//! ```
