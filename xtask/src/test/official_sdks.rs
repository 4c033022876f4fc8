//! The official SDKs and the `temporal` command, unmodified, against the real program.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};

use crate::server::Home;
use crate::setup::Tools;
use crate::workspace::{Workspace, fresh_directory};
use crate::{command, console};

/// Read by both suites.
const ADDRESS: &str = "MAINSPRING_ADDRESS";
/// Where Temporal's web pages ask.
const HTTP_ADDRESS: &str = "MAINSPRING_HTTP_ADDRESS";

/// The modules that the suites call for.
const UPLOADED: [&str; 4] = ["test_guests", "order_workflow", "approval_workflow", "python_features"];

/// By language: examples, and guests of the tests. Their workflows have the types of those in Rust, so each language has a namespace
/// of its own.
const UPLOADED_BY_LANGUAGE: [(&str, &[&str]); 3] = [
    (
        "typescript",
        &[
            "order_typescript",
            "approval_typescript",
            "saga_typescript",
            "subscription_typescript",
            "fan_out_typescript",
        ],
    ),
    (
        "python",
        &[
            "order_python",
            "approval_python",
            "saga_python",
            "subscription_python",
            "fan_out_python",
        ],
    ),
    ("go", &["order_go", "go_guests"]),
];

pub(super) fn run(workspace: &Workspace, tools: &Tools, modules: &Path, program: PathBuf) -> anyhow::Result<()> {
    let directory = fresh_directory(workspace, "official-sdks")?;
    let home = Home::new(program.clone(), &directory)?;
    let _server = home.start()?;
    for name in UPLOADED {
        home.upload(&modules.join(format!("{name}.wasm")), name)?;
    }
    for (namespace, names) in UPLOADED_BY_LANGUAGE {
        home.create_namespace(namespace)?;
        for name in names {
            home.upload_to(namespace, &modules.join(format!("{name}.wasm")), name)?;
        }
    }

    console::step("the official Python SDK and the temporal command");
    let mut pytest = Command::new(tools.python.interpreter());
    pytest
        .args(["-B", "-m", "pytest", "--quiet", "--tb=short"])
        .args([
            "--numprocesses",
            &super::tests_at_once().to_string(),
            "--dist=worksteal",
        ])
        .arg(workspace.root().join("tests/python"));
    command::run(
        pytest
            .env(ADDRESS, home.address())
            .env(HTTP_ADDRESS, home.http_address())
            .env(super::SERVER, &program)
            .env(super::NODE, tools.node.program())
            .env(super::TEMPORAL, tools.python.program("temporal")),
    )?;

    console::step("the official TypeScript SDK");
    let mut node = Command::new(tools.node.program());
    node.args(["--test", "--test-reporter=spec"])
        .args(typescript_tests(workspace)?);
    command::run(
        node.env(ADDRESS, home.address())
            .env(super::SERVER, program)
            .env(super::MODULES, modules),
    )
}

/// The compiled tests, each in a file of its own subject. Node.js runs some files at once.
fn typescript_tests(workspace: &Workspace) -> anyhow::Result<Vec<PathBuf>> {
    let sources = workspace.root().join("tests/typescript/src");
    let mut tests = Vec::new();
    for entry in std::fs::read_dir(&sources).with_context(|| format!("cannot read {}", sources.display()))? {
        // By the sources: what was compiled once may lie there still.
        let name = entry?.file_name();
        if let Some(test) = name.to_str().and_then(|name| name.strip_suffix(".test.ts")) {
            tests.push(workspace.root().join(format!("tests/typescript/dist/{test}.test.js")));
        }
    }
    tests.sort();
    ensure!(!tests.is_empty(), "there are no tests in {}", sources.display());
    Ok(tests)
}
