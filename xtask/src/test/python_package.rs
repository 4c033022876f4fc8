//! The Python SDK in the Python that is there: its types, and its parts that need no module.

use std::process::Command;

use crate::setup::Tools;
use crate::workspace::Workspace;
use crate::{command, console};

pub(super) fn run(workspace: &Workspace, tools: &Tools) -> anyhow::Result<()> {
    let package = workspace.root().join("guest-sdk/python");

    console::step("types of the Python package");
    let mut mypy = Command::new(tools.python.interpreter());
    mypy.args(["-B", "-m", "mypy", "--no-error-summary", "--cache-dir"])
        .arg(workspace.state().join("mypy"));
    command::run(mypy.current_dir(&package))?;

    console::step("the Python package");
    let mut pytest = Command::new(tools.python.interpreter());
    pytest.args(["-B", "-m", "pytest", "--quiet", "--tb=short"]);
    command::run(pytest.current_dir(&package))
}
