//! The Go SDK, natively: its parts that need no module; and Go's own opinion of all Go here.

use std::path::Path;
use std::process::Command;

use anyhow::ensure;

use crate::setup::Tools;
use crate::workspace::Workspace;
use crate::{command, console};

/// All modules in Go.
const MODULES: [&str; 3] = ["guest-sdk/go", "tests/guests/go", "examples/order/workflow-go"];

pub(super) fn run(workspace: &Workspace, tools: &Tools) -> anyhow::Result<()> {
    console::step("the Go package");
    let root = command::read(tools.go.command().args(["env", "GOROOT"]))?;
    let root = Path::new(root.trim());
    for module in MODULES {
        let directory = workspace.root().join(module);
        let mut format = Command::new(root.join("bin/gofmt"));
        let unformatted = command::read(format.args(["-l", "."]).current_dir(&directory))?;
        ensure!(
            unformatted.is_empty(),
            "gofmt would write differently, in {module}:\n{unformatted}"
        );
        // For the target, which has files of its own; addresses in linear memory are no mistake there.
        let mut vet = tools.go.command();
        vet.current_dir(&directory).args(["vet", "-unsafeptr=false", "./..."]);
        command::run(vet.envs([("GOOS", "wasip1"), ("GOARCH", "wasm")]))?;
    }
    let mut test = tools.go.command();
    command::run(
        test.current_dir(workspace.root().join(MODULES[0]))
            .args(["test", "./..."]),
    )
}
