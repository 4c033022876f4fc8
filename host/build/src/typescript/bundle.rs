//! One file of the author's sources, of what they import, and of the SDK.

use super::Project;
use super::metafile::{FORBIDDEN_GLOBALS, Metafile, stand_in};
use super::source_map::SourceMap;
use crate::tools::{self, Finished};
use crate::{Error, Options};
use serde::de::DeserializeOwned;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the author's code may import it as.
const NAMES_OF_THE_SDK: [&str; 3] = ["@mainspring/workflow", "@temporalio/workflow", "@temporalio/common"];

pub(super) const ADVICE: &str = "A workflow has no files, no network and no processes: what it does must repeat itself when the server brings \
                      it back. Make it an activity, and call that with `proxyActivities`.";

/// The last line of every bundle: what esbuild made of `async` functions is driven by the runtime
/// (`guest-sdk/typescript/runtime-src/src/context.js`), which needs fewer promises for it than esbuild's own helper, and
/// a twentieth less time for a step. Without the line, or with another esbuild whose helper has another name, all is as
/// well.
const FOOTER: &str = "--footer:js=if (typeof __async === \"function\") __async = __mainspring.drive;";

pub(super) struct Bundle {
    pub(super) code: String,
    /// Files that parts of the code come from, as traces name them.
    pub(super) names: Vec<String>,
    /// Where in these each part was written.
    pub(super) places: Vec<u8>,
    /// The author's files in it.
    pub(super) sources: Vec<PathBuf>,
}

pub(super) fn bundle(project: &Project, options: &Options<'_>) -> Result<Bundle, Error> {
    options.tell("bundling with esbuild");
    let directory = tempfile::tempdir().map_err(|cause| Error::writing(&std::env::temp_dir(), cause))?;
    let file = |name: &str| directory.path().join(name);
    run(esbuild(project)?
        .arg(option("--outfile=", &file("bundle.js")))
        .arg(option("--metafile=", &file("bundle.json"))))?;
    let metafile: Metafile = read_json(&file("bundle.json"))?;
    metafile.check_globals(project)?;
    let map: SourceMap = read_json(&file("bundle.js.map"))?;
    let code = file("bundle.js");
    Ok(Bundle {
        code: std::fs::read_to_string(&code).map_err(|error| Error::reading(&code, error))?,
        names: map.names(project, directory.path())?,
        places: map
            .packed()
            .ok_or_else(|| unreadable("its source map has no mappings"))?,
        sources: metafile.sources(project),
    })
}

fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, Error> {
    let text = std::fs::read(path).map_err(|error| Error::reading(path, error))?;
    serde_json::from_slice(&text).map_err(|error| unreadable(&format!("{}: {error}", path.display())))
}

fn unreadable(why: &str) -> Error {
    Error::Tool {
        command: "esbuild".to_owned(),
        status: "what it wrote cannot be read".to_owned(),
        output: why.to_owned(),
    }
}

fn run(command: &mut Command) -> Result<Finished, Error> {
    let finished = tools::run(command)?;
    if finished.is_success {
        Ok(finished)
    } else {
        Err(refused(&finished))
    }
}

fn esbuild(project: &Project) -> Result<Command, Error> {
    let places = [native_esbuild(), "node_modules/.bin/esbuild".to_owned()].map(PathBuf::from);
    let esbuild = tools::find_upwards(&project.source, &places)
        .or_else(|| tools::find(&project.package, "esbuild", &places))
        .ok_or_else(|| Error::Missing {
            what: "esbuild".to_owned(),
            advice: "install it in the project of the workflows: npm install --save-dev esbuild".to_owned(),
        })?;
    let sdk = project.package.join("src");
    let mut command = Command::new(esbuild);
    command
        .current_dir(&project.root)
        .arg(sdk.join("entry.ts"))
        .args([
            "--bundle",
            "--format=esm",
            "--target=es2022",
            "--log-level=warning",
            "--color=false",
        ])
        // Packages for any JavaScript, not for browsers or Node.js.
        .args([
            "--platform=neutral",
            "--main-fields=module,main",
            "--define:process.env.NODE_ENV=\"production\"",
        ])
        // The SDK's cancellation scopes follow `then`, which the engine's own `await` does not call.
        .args([
            "--supported:async-await=false",
            "--supported:async-generator=false",
            "--supported:for-await=false",
        ])
        .args(["--keep-names", "--sourcemap=external", "--sources-content=false"])
        // Otherwise it has comments with the paths of all that is in it.
        .args(["--minify-whitespace", FOOTER])
        .arg(option("--alias:mainspring:workflows=", &project.source));
    for name in NAMES_OF_THE_SDK {
        command.arg(option(&format!("--alias:{name}="), &sdk.join("index.ts")));
    }
    for global in FORBIDDEN_GLOBALS {
        command.arg(option("--inject:", &stand_in(project, global)));
    }
    Ok(command)
}

fn option(name: &str, path: &Path) -> std::ffi::OsString {
    let mut option = std::ffi::OsString::from(name);
    option.push(path);
    option
}

/// The program itself, as npm installs it for this machine; what is in `.bin` starts Node.js only to start it.
fn native_esbuild() -> String {
    let system = match std::env::consts::OS {
        "macos" => "darwin",
        other => other,
    };
    let machine = match std::env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => other,
    };
    format!("node_modules/@esbuild/{system}-{machine}/bin/esbuild")
}

/// What esbuild says, for authors of workflows.
fn refused(finished: &Finished) -> Error {
    let report = finished.report();
    let forbidden = report.contains("is built into node");
    // Its own advice is for programs that run on Node.js.
    let lines = report
        .lines()
        .filter(|line| !line.trim_start().starts_with("The package \"") && !line.contains("as external to exclude"));
    Error::Source {
        what: if forbidden {
            "a workflow imports what only Node.js has".to_owned()
        } else {
            "the sources cannot be bundled".to_owned()
        },
        report: lines.collect::<Vec<_>>().join("\n").trim().to_owned(),
        advice: forbidden.then(|| ADVICE.to_owned()),
    }
}
