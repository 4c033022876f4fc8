//! The attribute macros of `mainspring-workflow`, which re-exports and documents them.

mod activities;
mod description;
mod duration;
mod function;
mod handlers;
mod name;
mod parameters;

use proc_macro::TokenStream;
use syn::{Item, parse_macro_input};

/// Makes a workflow of an `async` function, or of an `impl` block with a state and handlers.
///
/// # A function
///
/// ```
/// use mainspring_workflow::{Failure, export, workflow};
///
/// /// Greets somebody.
/// #[workflow(name = "greet")]
/// async fn say_hello(name: String) -> Result<String, Failure> {
///     Ok(format!("Hello, {name}!"))
/// }
///
/// export!(say_hello);
/// # fn main() {}
/// ```
///
/// - Arguments are anything that serde deserialises into an owned value; the function returns `Result<T, E>`, where `T` serialises and `E` becomes a `Failure`.
/// - `name` is the workflow type; the function's name as it is written, if there is none.
/// - The doc comment becomes the description in the module's manifest.
/// - `signals(A, B)` names the `Signal` statics that it receives, for the manifest.
///
/// The function's name also names a type, which implements `Workflow`: that is what `export!` takes, and what starts it as a child.
///
/// # An `impl` with handlers
///
/// ```
/// use mainspring_workflow::{Failure, State, export, workflow};
///
/// #[derive(Default)]
/// struct Counter {
///     count: u64,
///     closed: bool,
/// }
///
/// /// Counts until it is closed.
/// #[workflow(name = "counter")]
/// impl Counter {
///     #[run]
///     async fn run(this: State<Self>, start: u64) -> Result<u64, Failure> {
///         this.write(|counter| counter.count += start);
///         this.until(|counter| counter.closed.then_some(counter.count)).await
///     }
///
///     /// Ends it.
///     #[signal]
///     fn close(&mut self) {
///         self.closed = true;
///     }
///
///     /// How far it has come.
///     #[query]
///     fn count(&self) -> u64 {
///         self.count
///     }
///
///     /// Adds to the count, and gives the sum.
///     #[update]
///     fn add(&mut self, amount: u64) -> Result<u64, Failure> {
///         self.count += amount;
///         Ok(self.count)
///     }
///
///     #[validate(add)]
///     fn may_add(&self, amount: &u64) -> Result<(), Failure> {
///         match amount {
///             0 => Err(Failure::application("NothingToAdd", "the amount is 0")),
///             _ => Ok(()),
///         }
///     }
/// }
///
/// export!(Counter);
/// # fn main() {}
/// ```
///
/// - The state begins as its `Default`. Signals that come together with the start are handled before `run` begins.
/// - `#[run]` and every other `async` function take `this: State<Self>`; handlers that finish at once take `&self` or `&mut self`.
/// - `#[signal]`, `#[query]` and `#[update]` take `(name = "…")`; without it a handler is called what its function is called.
/// - `#[validate(update)]` decides whether an update may begin; it sees the arguments as values or references. A refused update leaves no trace.
/// - An argument that does not fit refuses a query or an update, and passes a signal over with a warning in the log.
#[proc_macro_attribute]
pub fn workflow(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let attribute = proc_macro2::TokenStream::from(attribute);
    let expanded = match parse_macro_input!(item as Item) {
        Item::Fn(function) => function::expand(attribute, &function),
        Item::Impl(block) => handlers::expand(attribute, block),
        other => Err(syn::Error::new_spanned(
            other,
            "`#[workflow]` stands on an `async fn`, or on an `impl` block with a `#[run]` function",
        )),
    };
    expanded.unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Declares activities: each function of the trait becomes a typed call.
///
/// ```
/// use mainspring_workflow::{Failure, activities};
///
/// #[activities(rename_all = "camelCase", start_to_close = "30s", retry(maximum_attempts = 5))]
/// trait Mail {
///     /// Sends it, and gives the number under which the provider knows it.
///     async fn send_letter(to: &str, text: &str) -> Result<u64, Failure>;
///
///     /// This one is slow, and says that it lives.
///     #[activity(name = "printBook", start_to_close = "2h", heartbeat = "1m")]
///     async fn print(pages: Vec<String>) -> Result<(), Failure>;
/// }
///
/// # async fn example() -> Result<(), Failure> {
/// let number = Mail::send_letter("ada@example.org", "Dear Ada").await?;
/// # Ok(()) }
/// ```
///
/// The call is an `Activity`: a future, with methods that override the options for this once.
/// Parameters are what the caller passes, by value or by reference; the result is what serde deserialises.
///
/// | option | meaning | default |
/// |---|---|---|
/// | `rename_all` | `"camelCase"` or `"PascalCase"` for all names (on the trait) | as they are written |
/// | `name` | the activity type (on one function) | the function's name |
/// | `start_to_close` | the longest for one attempt | none; this or the next must be given |
/// | `schedule_to_close` | the longest for all attempts | none |
/// | `schedule_to_start` | the longest wait for a worker | none |
/// | `heartbeat` | the longest silence of an attempt | none |
/// | `retry(initial, coefficient, maximum_interval, maximum_attempts, non_retryable = ["Kind"])` | when a failed attempt is made again | 1 s, doubling, no limit |
/// | `task_queue` | whose workers take it | the workflow's own |
/// | `cancellation` | `"try"`, `"wait"` or `"abandon"` | `"try"` |
/// | `local` | prefer a worker in the host's process | no |
///
/// Durations are written `"500ms"`, `"30s"`, `"5m"`, `"1h30m"`, `"7d"`. An option on a function replaces the trait's, `retry` as a whole.
#[proc_macro_attribute]
pub fn activities(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let declaration = parse_macro_input!(item as syn::ItemTrait);
    activities::expand(attribute.into(), &declaration)
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}
