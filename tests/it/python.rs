//! What `mainspring build` says of workflows in Python that it cannot take, and what it makes of others.

use crate::support::modules;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;
use wasmparser::{DataKind, Operator, Parser, Payload};

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

/// Runs share the pages of a module's first memory that they do not write, if wasmtime makes an image of it; and it makes none
/// of a large memory of which less than half is said in the module (`Module::try_static_init`). What the SDK fills holes with
/// is zeros, which nobody says.
#[test]
fn the_memory_of_a_module_is_dense_enough_to_be_shared() {
    for module in ["python_golden", "python_features"] {
        let (said, all) = first_memory(&modules::read(module));
        assert!(said > 8 << 20, "{module} is a module in Python: {said} bytes");
        assert!(all < 20 << 20, "{module} begins with {all} bytes");
        assert!(said * 2 > all, "{module} says {said} of {all} bytes");
    }
}

/// How many bytes of its memory a component says, and from where to where they lie, of the module in it that says most.
fn first_memory(component: &[u8]) -> (u64, u64) {
    let memory_of = |payload| {
        let Payload::DataSection(segments) = payload else {
            return (0, 0);
        };
        let (mut said, mut first, mut end) = (0, u64::MAX, 0);
        for segment in segments {
            let segment = segment.expect("the module is valid");
            let DataKind::Active { offset_expr, .. } = segment.kind else {
                continue;
            };
            let Ok(Operator::I32Const { value }) = offset_expr.get_operators_reader().read() else {
                // Where the linker has put it; of the small ones.
                continue;
            };
            let at = u64::from(value.cast_unsigned());
            let length = u64::try_from(segment.data.len()).expect("it is in memory");
            said += length;
            first = first.min(at);
            end = end.max(at + length);
        }
        (said, end.saturating_sub(first))
    };
    let payloads = Parser::new(0).parse_all(component);
    let memories = payloads.map(|payload| memory_of(payload.expect("the component is valid")));
    memories.max().expect("there is something in it")
}
