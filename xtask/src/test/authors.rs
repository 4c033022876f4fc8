//! Tests of workflows as their authors write them, on a server that skips time.

use std::path::Path;
use std::process::Command;

use crate::setup::Tools;
use crate::workspace::Workspace;
use crate::{command, console};

/// The program, for the packages that start it.
const PROGRAM: &str = "MAINSPRING_PROGRAM";
/// The module that the tests of the approval example are to test.
const APPROVAL: &str = "APPROVAL_WORKFLOWS";
/// The same workflow in all languages.
const APPROVALS: [&str; 3] = ["approval_workflow", "approval_typescript", "approval_python"];

pub(super) fn run(workspace: &Workspace, tools: &Tools, modules: &Path, program: &Path) -> anyhow::Result<()> {
    for name in APPROVALS {
        let module = modules.join(name).with_extension("wasm");
        if !module.is_file() {
            continue;
        }
        console::step(&format!(
            "tests of {name}, with the official test environment of Python"
        ));
        let mut pytest = Command::new(tools.python.interpreter());
        pytest
            .args(["-B", "-m", "pytest", "--quiet", "--tb=short", "-p", "no:cacheprovider"])
            .arg(workspace.root().join("examples/approval/python/test_approval.py"))
            .env("PYTHONPATH", workspace.root().join("guest-sdk/python/src"))
            .env(PROGRAM, program)
            .env(APPROVAL, &module);
        command::run(&mut pytest)?;
        console::step(&format!(
            "tests of {name}, with the official test environment of TypeScript"
        ));
        let mut node = Command::new(tools.node.program());
        node.args(["--test", "--test-reporter=spec"])
            .arg(
                workspace
                    .root()
                    .join("guest-sdk/typescript-testing/dist/approval.test.js"),
            )
            .env(PROGRAM, program)
            .env(APPROVAL, &module);
        command::run(&mut node)?;
    }
    Ok(())
}
