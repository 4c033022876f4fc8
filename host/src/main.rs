//! The `mainspring` program.

mod cli;

/// A step makes dozens of small values, and many of them are dropped by another thread.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> std::process::ExitCode {
    cli::main()
}
