//! The `mainspring` program.

fn main() -> std::process::ExitCode {
    mainspring::cli::main()
}
