//! Finding and running the tools of a language.

use crate::Error;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Looks for `places` (such as `node_modules/.bin/esbuild`) beside a source, and upwards from there to the root. The
/// nearest goes first, and in one directory, the first place.
pub(crate) fn find_upwards(source: &Path, places: &[PathBuf]) -> Option<PathBuf> {
    let whole = std::fs::canonicalize(source).ok()?;
    whole
        .ancestors()
        .flat_map(|directory| places.iter().map(move |place| directory.join(place)))
        .find(|candidate| candidate.exists())
}

/// Looks for a program on `PATH`.
pub(crate) fn find_on_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|directory| directory.join(program))
        .find(|candidate| candidate.is_file())
}

/// A tool that the project brings along at one of `places`, or else one on `PATH`.
pub(crate) fn find(source: &Path, program: &str, places: &[PathBuf]) -> Option<PathBuf> {
    find_upwards(source, places).or_else(|| find_on_path(program))
}

/// What a tool printed, and whether it was content.
pub(crate) struct Finished {
    pub(crate) is_success: bool,
    pub(crate) stdout: Vec<u8>,
    stderr: Vec<u8>,
    command: String,
    status: String,
}

impl Finished {
    /// Both outputs, for people.
    pub(crate) fn report(&self) -> String {
        let both = [&self.stdout, &self.stderr].map(|output| String::from_utf8_lossy(output).trim().to_owned());
        both.into_iter()
            .filter(|output| !output.is_empty())
            .collect::<Vec<_>>()
            .join("\n")
    }

    /// What it has to say apart from its result.
    pub(crate) fn complaints(&self) -> String {
        String::from_utf8_lossy(&self.stderr).trim().to_owned()
    }

    /// That it failed, and what it said.
    pub(crate) fn into_error(self) -> Error {
        Error::Tool {
            output: self.report(),
            command: self.command,
            status: self.status,
        }
    }

    /// Its standard output, if it succeeded.
    pub(crate) fn into_stdout(self) -> Result<Vec<u8>, Error> {
        if self.is_success {
            Ok(self.stdout)
        } else {
            Err(self.into_error())
        }
    }
}

/// Runs a tool to its end, with nothing to read, and keeps what it prints. An error if it cannot be started at all.
pub(crate) fn run(command: &mut Command) -> Result<Finished, Error> {
    let line = line(command);
    let Output { status, stdout, stderr } = command.stdin(Stdio::null()).output().map_err(|cause| Error::Io {
        action: format!("start `{line}`"),
        cause,
    })?;
    Ok(Finished {
        is_success: status.success(),
        stdout,
        stderr,
        command: line,
        status: status.to_string(),
    })
}

/// The command line as a person would have typed it, near enough.
fn line(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(OsStr::to_string_lossy)
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_tool_is_found() {
        let home = tempfile::tempdir().unwrap();
        let root = home.path().canonicalize().unwrap();
        let source = root.join("project/src/workflows.ts");
        let (near, far) = (root.join("project/bin/tool"), root.join("bin/tool"));
        for file in [&source, &near, &far] {
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, "").unwrap();
        }
        let places = ["bin/tool".into()];
        assert_eq!(find_upwards(&source, &places), Some(near.clone()));
        std::fs::remove_file(near).unwrap();
        assert_eq!(find_upwards(&source, &places), Some(far));
        assert_eq!(find_upwards(&source, &["bin/other".into()]), None);
        assert!(find(&source, "sh", &["bin/other".into()]).is_some());
    }

    #[test]
    fn what_a_tool_says_when_it_fails_is_kept() {
        let finished = run(Command::new("sh").args(["-c", "echo out; echo err >&2; exit 3"])).unwrap();
        assert!(!finished.is_success);
        let error = finished.into_stdout().unwrap_err().to_string();
        assert!(error.contains("out\nerr") && error.contains('3'), "{error}");
        let error = run(&mut Command::new("no-such-program")).err().unwrap().to_string();
        assert!(error.contains("start `no-such-program`"), "{error}");
    }
}
