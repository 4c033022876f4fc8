//! The JavaScript engine of modules in TypeScript: built here, kept in the repository as a file, and proved to be what its sources give.
//!
//! The bytes depend on the sources, what they change in QuickJS ([`sources`]), `rust-toolchain.toml`, the engine's own `Cargo.lock` and the tools below, and on no directory: paths are replaced by fixed ones.

mod patch;
mod sources;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};

use self::sources::Sources;
use crate::guests::TARGET;
use crate::setup::Python;
use crate::workspace::{Workspace, cargo};
use crate::{command, console, setup};

const SOURCES: &str = "guest-sdk/typescript/runtime-src";
/// A core module with the type of a component in it, as Rust's compiler leaves it.
const MODULE: &str = "guest-sdk/typescript/runtime/quickjs.wasm";
/// As `sha256sum` writes it.
const DIGEST: &str = "guest-sdk/typescript/runtime/quickjs.wasm.sha256";

/// The C compiler: clang, as the Python package of Zig brings it for every machine.
const COMPILER: &str = "ziglang==0.16.0";

/// Makes a tenth less of what the compilers leave; a program in WebAssembly itself, so that it does the same on every machine.
const OPTIMISER: &str = "binaryen@132.0.0";
/// What Rust's compiler uses of WebAssembly, and no more.
const OPTIMISE: [&str; 7] = [
    "-Oz",
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// Builds the module and puts it into the repository.
pub(crate) fn update(workspace: &Workspace) -> anyhow::Result<()> {
    let compiler = Compiler::ensure(workspace)?;
    let built = build(workspace, &compiler)?;
    let module = workspace.root().join(MODULE);
    std::fs::copy(&built, &module).with_context(|| format!("cannot write {}", module.display()))?;
    let digest = workspace.root().join(DIGEST);
    std::fs::write(&digest, compiler.digest_line(&module)?)
        .with_context(|| format!("cannot write {}", digest.display()))?;
    console::success(&format!("{MODULE}: {} bytes", read(&module)?.len()));
    Ok(())
}

/// Is the module in the repository what its sources give, and its digest that of the module?
pub(crate) fn check(workspace: &Workspace) -> anyhow::Result<()> {
    let compiler = Compiler::ensure(workspace)?;
    let module = workspace.root().join(MODULE);
    let kept = read(&module)?;
    if read(&workspace.root().join(DIGEST))? != compiler.digest_line(&module)?.into_bytes() {
        bail!("{DIGEST} is not the digest of {MODULE}; `cargo xtask quickjs` makes both");
    }
    let built = read(&build(workspace, &compiler)?)?;
    if built != kept {
        bail!(
            "{MODULE} ({} bytes) is not what its sources give ({} bytes); `cargo xtask quickjs` makes it anew",
            kept.len(),
            built.len(),
        );
    }
    Ok(())
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

fn read_text(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

fn build(workspace: &Workspace, compiler: &Compiler) -> anyhow::Result<PathBuf> {
    setup::wasm_target(workspace)?;
    console::step("building the JavaScript engine of TypeScript modules");
    let directory = workspace.state().join("quickjs");
    let engine = workspace.root().join(SOURCES);
    let sources = Sources::ensure(&engine, &directory)?;
    let mut build = cargo();
    sources.instead_of_the_registry(&mut build);
    build
        .current_dir(&engine)
        .args([
            "build",
            "--release",
            "--locked",
            "--quiet",
            "--target",
            TARGET,
            "--target-dir",
        ])
        .arg(&sources.target)
        // What the caller chose for other crates is not for this one.
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env_remove("CARGO_BUILD_RUSTFLAGS")
        .env("RUSTFLAGS", remapped("--remap-path-prefix=", workspace, &directory)?)
        .env(
            "CFLAGS_wasm32_unknown_unknown",
            remapped("-ffile-prefix-map=", workspace, &directory)?,
        )
        .env("CC_wasm32_unknown_unknown", &compiler.cc)
        .env("AR_wasm32_unknown_unknown", &compiler.ar);
    command::run(&mut build)?;
    let built = sources.target.join(TARGET).join("release/mainspring_quickjs.wasm");
    let optimised = directory.join("quickjs.wasm");
    let mut optimise = compiler.optimiser(workspace)?;
    optimise.args(OPTIMISE).arg(&built).arg("-o").arg(&optimised);
    command::run(&mut optimise)?;
    Ok(optimised)
}

/// Flags that replace the directories of this machine. The last one that fits is taken, so what may lie within another one comes
/// after it.
fn remapped(flag: &str, workspace: &Workspace, directory: &Path) -> anyhow::Result<OsString> {
    let mut flags = OsString::new();
    for (from, to) in [
        (cargo_home()?, "/cargo"),
        (workspace.root().to_owned(), "/mainspring"),
        (directory.to_owned(), "/target"),
    ] {
        flags.push(flag);
        flags.push(from);
        flags.push("=");
        flags.push(to);
        flags.push(" ");
    }
    Ok(flags)
}

fn cargo_home() -> anyhow::Result<PathBuf> {
    std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".cargo")))
        .context("there is neither $CARGO_HOME nor $HOME")
}

/// Programs as cargo calls them.
struct Compiler {
    python: Python,
    cc: PathBuf,
    ar: PathBuf,
}

impl Compiler {
    fn ensure(workspace: &Workspace) -> anyhow::Result<Self> {
        let directory = workspace.state().join("zig");
        let python = setup::python_with(workspace, &directory, COMPILER)?;
        let zig = "import os, ziglang; print(os.path.dirname(ziglang.__file__))";
        let zig = command::read(Command::new(python.interpreter()).args(["-c", zig]))?;
        let zig = zig.trim();
        // Zig's own `zig cc` means to be helpful, with targets and checks of its own; here the clang in it is wanted.
        let cc = format!("exec '{zig}/zig' clang \"$@\" -isystem '{zig}/lib/include'");
        let ar = format!("exec '{zig}/zig' ar \"$@\"");
        Ok(Self {
            cc: script(&directory.join("wasm-cc"), &cc)?,
            ar: script(&directory.join("wasm-ar"), &ar)?,
            python,
        })
    }

    /// `wasm-opt`, which Node.js runs.
    fn optimiser(&self, workspace: &Workspace) -> anyhow::Result<Command> {
        let node = setup::node(workspace, &self.python)?;
        let program = node.package(workspace, OPTIMISER)?.join("bin/wasm-opt");
        let mut optimiser = Command::new(node.program());
        optimiser.arg(program);
        Ok(optimiser)
    }

    /// The line of `sha256sum` for a file. It is Python that knows the algorithm: nothing else here needs it.
    fn digest_line(&self, file: &Path) -> anyhow::Result<String> {
        let digest = "import hashlib, sys; print(hashlib.sha256(open(sys.argv[1], 'rb').read()).hexdigest())";
        let mut python = Command::new(self.python.interpreter());
        let digest = command::read(python.args(["-c", digest]).arg(file))?;
        Ok(format!("{}  quickjs.wasm\n", digest.trim()))
    }
}

fn script(path: &Path, line: &str) -> anyhow::Result<PathBuf> {
    use std::os::unix::fs::PermissionsExt as _;

    let text = format!("#!/bin/sh\n{line}\n");
    std::fs::write(path, text)
        .and_then(|()| std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)))
        .with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path.to_owned())
}
