//! What `mainspring build` says of workflows in Python that it cannot take.

use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// Programs that `cargo xtask test` names.
const PROGRAM: &str = "MAINSPRING_TEST_SERVER";
const PYTHON: &str = "MAINSPRING_TEST_PYTHON";

const WORKFLOW: &str = "
from mainspring import workflow


@workflow.defn
class Greeting:
    @workflow.run
    async def run(self, name: str) -> str:
        return f'Hello, {name}'
";

/// Builds a file that begins with these lines, and says whether there is a module, and what was said.
fn build(beginning: &str) -> (bool, String) {
    let home = TempDir::new().expect("there is room");
    let source = home.path().join("workflows.py");
    std::fs::write(&source, format!("{beginning}\n{WORKFLOW}")).expect("there is room");
    let variable = |name| std::env::var_os(name).unwrap_or_else(|| panic!("set {name}, as `cargo xtask test` does"));
    // Its tools are beside it.
    let python = variable(PYTHON);
    let tools = Path::new(&python).parent().expect("it is in a directory").to_owned();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths(std::iter::once(tools).chain(std::env::split_paths(&path)));
    let output = Command::new(variable(PROGRAM))
        .current_dir(home.path())
        .env("PATH", path.expect("paths have no colon"))
        .env("MAINSPRING_CACHE", home.path().join("cache"))
        .args(["build", "workflows.py", "--no-type-check", "--out", "out.wasm"])
        .output()
        .expect("the program starts");
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

#[track_caller]
fn check_refused(beginning: &str, says: &[&str]) {
    let (built, said) = build(beginning);
    assert!(!built, "it is built:\n{said}");
    for part in says {
        assert!(said.contains(part), "{part} is missing in:\n{said}");
    }
}

#[track_caller]
fn check_activity(beginning: &str, module: &str, what: &str) {
    let sentence = format!("`{module}` is for {what}, which a workflow does not have: make it an activity");
    check_refused(beginning, &["workflows.py:1: ", &sentence]);
}

#[test]
fn sockets_are_activities_business() {
    check_activity("import socket", "socket", "the network");
}

#[test]
fn clients_of_the_network_are_activities_business() {
    check_activity("from requests import get", "requests", "the network");
}

#[test]
fn processes_are_activities_business() {
    check_activity("import subprocess", "subprocess", "processes");
}

#[test]
fn files_are_activities_business() {
    check_activity("from tempfile import TemporaryDirectory", "tempfile", "files");
}

#[test]
fn threads_are_activities_business() {
    // Locks and the like are harmless, so that the module may be imported.
    check_refused(
        "import threading; threading.Thread(target=print).start()",
        &[
            "workflows.py:1: ",
            "a workflow has no threads (Thread.start): make it an activity",
        ],
    );
}

#[test]
fn time_does_not_become_a_part_of_the_module() {
    check_refused(
        "import time; BUILT = time.time()",
        &[
            "workflows.py:1: ",
            "time.time outside of a workflow's run",
            "Call it in the workflow",
        ],
    );
}

#[test]
fn what_activities_import_is_passed_through() {
    let (built, said) = build(
        "from mainspring import workflow as it\nwith it.unsafe.imports_passed_through():\n    import requests, subprocess, socket",
    );
    assert!(built && said.contains("Greeting"), "{said}");
}
