//! One file of the author's sources, of what they import, and of the SDK.

use super::Project;
use crate::tools::{self, Finished};
use crate::{Error, Options};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the author's code may import it as.
const NAMES_OF_THE_SDK: [&str; 3] = ["@mainspring/workflow", "@temporalio/workflow", "@temporalio/common"];

/// Globals that no workflow has. The SDK has a stand-in for each, so that who uses it can be found.
const FORBIDDEN_GLOBALS: [&str; 4] = ["fetch", "process", "WebSocket", "XMLHttpRequest"];

const ADVICE: &str = "A workflow has no files, no network and no processes: what it does must repeat itself when the server brings \
                      it back. Make it an activity, and call that with `proxyActivities`.";

pub(super) struct Bundle {
    pub(super) code: String,
    /// The author's files in it.
    pub(super) sources: Vec<PathBuf>,
}

pub(super) fn bundle(project: &Project, options: &Options<'_>) -> Result<Bundle, Error> {
    options.tell("bundling with esbuild");
    // Twice, which takes a twentieth of a second: written to a file, the code would name the sources from that file's
    // directory on, and not from the project's; and what was read is told only of what is written to a file.
    let code = run(&mut esbuild(project)?)?;
    let directory = tempfile::tempdir().map_err(|cause| Error::writing(&std::env::temp_dir(), cause))?;
    let metafile = directory.path().join("bundle.json");
    run(esbuild(project)?
        .arg(option("--metafile=", &metafile))
        .arg(option("--outfile=", &directory.path().join("bundle.js"))))?;
    let text = std::fs::read_to_string(&metafile).map_err(|error| Error::reading(&metafile, error))?;
    let metafile: Metafile = serde_json::from_str(&text).map_err(|error| Error::Tool {
        command: "esbuild".to_owned(),
        status: "it wrote a metafile that cannot be read".to_owned(),
        output: error.to_string(),
    })?;
    metafile.check_globals(project)?;
    Ok(Bundle {
        sources: metafile.sources(project),
        code: String::from_utf8_lossy(&code.stdout).into_owned(),
    })
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
        .args(["--keep-names", "--sourcemap=inline", "--sources-content=false"])
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

fn stand_in(project: &Project, global: &str) -> PathBuf {
    project.package.join(format!("src/forbidden/{global}.ts"))
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

/// What esbuild says of what it read and wrote. Paths are from the project's root on.
#[derive(Deserialize)]
struct Metafile {
    inputs: BTreeMap<String, IgnoredAny>,
    outputs: BTreeMap<String, Output>,
}

#[derive(Deserialize)]
struct Output {
    /// What of the inputs is in it, and used.
    inputs: BTreeMap<String, Part>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Part {
    bytes_in_output: u64,
}

impl Metafile {
    /// The author's own files, by their whole paths.
    fn sources(&self, project: &Project) -> Vec<PathBuf> {
        let paths = self
            .inputs
            .keys()
            .filter_map(|path| std::fs::canonicalize(project.root.join(path)).ok());
        paths.filter(|path| is_the_authors(project, path)).collect()
    }

    /// Refuses authors' code that uses a global which no workflow has. Packages may: they ask whether it is there, or
    /// have it for what a workflow does not call.
    fn check_globals(&self, project: &Project) -> Result<(), Error> {
        let in_bundle: Vec<PathBuf> = self
            .outputs
            .values()
            .flat_map(|output| &output.inputs)
            .filter(|(_, part)| part.bytes_in_output > 0)
            .filter_map(|(path, _)| std::fs::canonicalize(project.root.join(path)).ok())
            .collect();
        for global in FORBIDDEN_GLOBALS {
            if !in_bundle.contains(&stand_in(project, global)) {
                continue;
            }
            let sources = self.sources(project);
            let uses: Vec<_> = sources.iter().flat_map(|file| uses_of(project, file, global)).collect();
            if !uses.is_empty() {
                return Err(Error::Source {
                    what: format!("a workflow uses `{global}`, which workflows do not have"),
                    report: uses.join("\n"),
                    advice: Some(ADVICE.to_owned()),
                });
            }
        }
        Ok(())
    }
}

fn is_the_authors(project: &Project, path: &Path) -> bool {
    !path.starts_with(&project.package) && !path.components().any(|part| part.as_os_str() == "node_modules")
}

/// Where a file has the name of a global as a word of its own, outside of comments that take whole lines.
fn uses_of(project: &Project, file: &Path, global: &str) -> Vec<String> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let part_of_name = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    let is_word = |line: &str, at: usize| {
        let (before, after) = (&line[..at], &line[at + global.len()..]);
        !before.ends_with(|c| part_of_name(c) || c == '.') && !after.starts_with(|c| part_of_name(c) || c == ':')
    };
    let uses = text.lines().enumerate().filter_map(|(index, line)| {
        let code = line.trim();
        if ["//", "/*", "*"].iter().any(|comment| code.starts_with(comment)) {
            return None;
        }
        let at = line
            .match_indices(global)
            .map(|(at, _)| at)
            .find(|at| is_word(line, *at))?;
        Some(format!("{}:{}:{}: {code}", project.shown(file), index + 1, at + 1))
    });
    uses.collect()
}
