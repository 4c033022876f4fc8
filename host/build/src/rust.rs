//! Modules in Rust: cargo, for a target without any system interface.

mod messages;
mod sources;

use crate::tools::{self, Finished};
use crate::{Built, Error, Options};
use messages::Messages;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::process::Command;

/// It has no system interface, so nothing slips in that is not the contract.
const TARGET: &str = "wasm32-unknown-unknown";

/// The profile that modules are built with. Names stay, so that backtraces of guests can be read.
const PROFILE: &str = "workflow";
const PROFILE_SETTINGS: [&str; 6] = [
    "inherits = \"release\"",
    "opt-level = 3",
    "lto = true",
    "codegen-units = 1",
    "panic = \"abort\"",
    "strip = \"debuginfo\"",
];

pub(crate) fn build(source: &Path, options: &Options<'_>) -> Result<Built, Error> {
    let package = Package::of(source)?;
    check_target(source)?;
    options.tell("compiling with cargo");
    let mut cargo = cargo(source);
    cargo
        .args(["build", "--lib", "--message-format=json-diagnostic-rendered-ansi"])
        .args(["--target", TARGET, "--profile", PROFILE]);
    if !package.has_profile {
        for setting in PROFILE_SETTINGS {
            cargo.args(["--config", &format!("profile.{PROFILE}.{setting}")]);
        }
    }
    let finished = tools::run(&mut cargo)?;
    let messages = Messages::read(&finished, &package)?;
    if !finished.is_success {
        return Err(messages.into_error(finished));
    }
    let Some(file) = messages.module else {
        return Err(not_a_module(&package));
    };
    Ok(Built {
        module: std::fs::read(&file).map_err(|error| Error::reading(&file, error))?,
        sources: sources::of(&file, &package)?,
        remarks: messages.warnings,
    })
}

pub(crate) fn name_of(source: &Path) -> Result<String, Error> {
    let package = Package::of(source)?;
    package.library.clone().ok_or_else(|| not_a_module(&package))
}

fn not_a_module(package: &Package) -> Error {
    Error::Source {
        what: format!("the crate {} is no WebAssembly module", package.name),
        report: "it has no library of the kind `cdylib`".to_owned(),
        advice: Some("give its Cargo.toml the lines\n\n[lib]\ncrate-type = [\"cdylib\"]\n".to_owned()),
    }
}

/// The cargo of this machine, in the directory of the crate, where its toolchain is chosen.
fn cargo(source: &Path) -> Command {
    let mut cargo = Command::new("cargo");
    cargo.current_dir(source);
    cargo
}

/// What cargo knows of the crate.
struct Package {
    name: String,
    manifest: PathBuf,
    workspace_manifest: PathBuf,
    library: Option<String>,
    /// Does the workspace say itself how workflows are built?
    has_profile: bool,
}

#[derive(Deserialize)]
struct Metadata {
    workspace_root: PathBuf,
    packages: Vec<MetadataPackage>,
}

#[derive(Deserialize)]
struct MetadataPackage {
    name: String,
    manifest_path: PathBuf,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    kind: Vec<String>,
}

impl Target {
    fn is_module(&self) -> bool {
        self.kind.iter().any(|kind| kind == "cdylib")
    }
}

impl Package {
    fn of(source: &Path) -> Result<Self, Error> {
        if tools::find_on_path("cargo").is_none() {
            return Err(Error::Missing {
                what: "cargo, which builds Rust,".to_owned(),
                advice: "get it from https://rustup.rs".to_owned(),
            });
        }
        let manifest = source.join("Cargo.toml");
        let manifest = std::fs::canonicalize(&manifest).map_err(|error| Error::reading(&manifest, error))?;
        let metadata = ["metadata", "--no-deps", "--format-version", "1"];
        let finished = tools::run(cargo(source).args(metadata))?;
        if !finished.is_success {
            return Err(wrong(&finished));
        }
        let metadata: Metadata = serde_json::from_slice(&finished.stdout).map_err(|error| Error::Io {
            action: "read what `cargo metadata` printed".to_owned(),
            cause: error.into(),
        })?;
        let workspace_manifest = metadata.workspace_root.join("Cargo.toml");
        let package = metadata.packages.into_iter().find(|it| it.manifest_path == manifest);
        let Some(package) = package else {
            return Err(Error::Source {
                what: format!("{} is a workspace, not a crate", source.display()),
                report: "a module is built of one crate".to_owned(),
                advice: Some("name the directory of the crate that has the workflows".to_owned()),
            });
        };
        Ok(Self {
            library: package.targets.into_iter().find(Target::is_module).map(|it| it.name),
            name: package.name,
            has_profile: has_profile(&workspace_manifest)?,
            manifest,
            workspace_manifest,
        })
    }
}

fn has_profile(manifest: &Path) -> Result<bool, Error> {
    let text = std::fs::read_to_string(manifest).map_err(|error| Error::reading(manifest, error))?;
    // Cargo has read it before.
    let manifest: toml::Table = text.parse().unwrap_or_default();
    Ok(manifest
        .get("profile")
        .is_some_and(|profiles| profiles.get(PROFILE).is_some()))
}

/// Cargo's own message about a missing target begins with `can't find crate for core` and is repeated for each crate.
fn check_target(source: &Path) -> Result<(), Error> {
    let mut rustc = Command::new("rustc");
    rustc
        .current_dir(source)
        .args(["--print", "target-libdir", "--target", TARGET]);
    let directory = tools::run(&mut rustc)?.into_stdout()?;
    if Path::new(String::from_utf8_lossy(&directory).trim()).is_dir() {
        return Ok(());
    }
    Err(Error::Missing {
        what: format!("Rust's standard library for {TARGET}"),
        advice: format!("`rustup target add {TARGET}`, in the directory of the crate"),
    })
}

/// Cargo itself is not content: with a manifest, or a dependency.
fn wrong(finished: &Finished) -> Error {
    Error::Source {
        what: "cargo cannot build the crate".to_owned(),
        report: finished.complaints(),
        advice: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A crate without dependencies, which builds in no time; its module has no workflow, which is not cargo's matter.
    /// Each has a name of its own: where the environment names one directory for all that cargo builds, it tells crates
    /// apart by that.
    fn project(name: &str, manifest: &str, library: &str) -> tempfile::TempDir {
        let home = tempfile::tempdir().unwrap();
        std::fs::create_dir(home.path().join("src")).unwrap();
        let head = format!("[package]\nname = \"{name}\"\nedition = \"2024\"\n[workspace]\n");
        std::fs::write(home.path().join("Cargo.toml"), format!("{head}{manifest}")).unwrap();
        std::fs::write(home.path().join("src/lib.rs"), library).unwrap();
        home
    }

    const CDYLIB: &str = "[lib]\ncrate-type = [\"cdylib\"]\n";

    #[test]
    fn a_crate_is_built_with_its_sources_named() {
        let home = project(
            "my-flows",
            CDYLIB,
            "#[unsafe(no_mangle)] pub extern \"C\" fn one() -> i32 { 1 }",
        );
        assert_eq!(name_of(home.path()).unwrap(), "my_flows");
        let built = crate::build(home.path(), &Options::default()).unwrap();
        assert_eq!(&built.module[..4], b"\0asm");
        let root = home.path().canonicalize().unwrap();
        assert_eq!(built.sources, [root.join("Cargo.toml"), root.join("src/lib.rs")]);
        assert_eq!(built.remarks, [] as [String; 0]);
        let again = crate::build(home.path(), &Options::default()).unwrap();
        assert_eq!(built.module, again.module);
    }

    #[test]
    fn the_compiler_speaks_for_itself() {
        let home = project("wrong-flows", CDYLIB, "pub fn one() -> u8 { \"one\" }");
        let error = build(home.path(), &Options::default()).unwrap_err();
        let text = error.to_string();
        assert!(
            text.starts_with("the crate does not compile") && text.contains("E0308"),
            "{text}"
        );
    }

    #[test]
    fn what_is_wrong_with_a_manifest_is_said() {
        let home = project("no-flows", "", "pub fn one() {}");
        let error = build(home.path(), &Options::default()).unwrap_err();
        assert!(error.to_string().contains("`cdylib`"), "{error}");
        assert!(error.advice().unwrap().contains("crate-type"), "{error:?}");
        let home = project(
            "lost-flows",
            "[dependencies]\nno-such-crate = { path = \"nowhere\" }",
            "",
        );
        let error = build(home.path(), &Options::default()).unwrap_err();
        assert!(error.to_string().contains("nowhere"), "{error}");
    }
}
