//! What `tsc` says of the types.

use super::Project;
use crate::tools::{self, Finished};
use crate::{Error, Options, Types};
use std::process::Command;

/// For a project that has no `tsconfig.json`.
const FLAGS: [&str; 12] = [
    "--strict",
    "--skipLibCheck",
    "--target",
    "es2022",
    "--lib",
    "es2022",
    "--module",
    "esnext",
    "--moduleResolution",
    "bundler",
    "--moduleDetection",
    "force",
];

pub(super) fn check(project: &Project, options: &Options<'_>) -> Result<Types, Error> {
    let Some(tsc) = tools::find(&project.source, "tsc", &["node_modules/.bin/tsc".into()]) else {
        let advice = "types were not checked: the project has no tsc (npm install --save-dev typescript)";
        return Ok(Types::NoChecker(advice.to_owned()));
    };
    options.tell("checking types with tsc");
    let mut command = Command::new(tsc);
    command
        .current_dir(&project.root)
        .args(["--noEmit", "--pretty", "false"]);
    match tools::find_upwards(&project.source, &["tsconfig.json".into()]) {
        Some(config) => command.arg("--project").arg(config),
        None => command.args(FLAGS).arg(&project.source),
    };
    let finished: Finished = tools::run(&mut command)?;
    if finished.is_success {
        return Ok(Types::Good);
    }
    Err(Error::Source {
        what: "the types are wrong".to_owned(),
        report: finished.report(),
        advice: None,
    })
}
