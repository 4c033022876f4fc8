//! A new project of a language, with a workflow whose answer is its version.

use anyhow::Context as _;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// The program, as `cargo bench` builds it.
pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_mainspring");
/// The Python interpreter whose tools are used.
const PYTHON: &str = "MAINSPRING_TEST_PYTHON";

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Language {
    Typescript,
    Python,
}

impl Language {
    pub(crate) const ALL: [Self; 2] = [Self::Typescript, Self::Python];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Typescript => "TypeScript",
            Self::Python => "Python",
        }
    }

    /// What a save is to take less than.
    pub(crate) const fn wanted(self) -> Duration {
        match self {
            Self::Typescript => Duration::from_secs(1),
            Self::Python => Duration::from_secs(15),
        }
    }

    const fn file(self) -> &'static str {
        match self {
            Self::Typescript => "src/workflows.ts",
            Self::Python => "workflows.py",
        }
    }

    /// A workflow `answer` that gives a version.
    fn workflow(self, version: u32) -> String {
        match self {
            Self::Typescript => {
                format!("\nexport async function answer(): Promise<number> {{\n  return {version};\n}}\n")
            }
            Self::Python => format!(
                "\n\n@workflow.defn(name=\"answer\")\nclass Answer:\n    @workflow.run\n    async def run(self) -> int:\n        \
                 return {version}\n"
            ),
        }
    }
}

/// The project, as `mainspring init` makes it.
pub(crate) struct Project {
    language: Language,
    pub(crate) directory: PathBuf,
    /// What the file is without `answer`.
    beginning: String,
}

impl Project {
    pub(crate) fn new(language: Language, below: &Path) -> anyhow::Result<Self> {
        let command = language.name().to_lowercase();
        let directory = below.join(&command);
        let made = Command::new(PROGRAM)
            .args(["init", &command])
            .arg(&directory)
            .output()?;
        anyhow::ensure!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        if language == Language::Typescript {
            install(&directory)?;
        }
        let source = directory.join(language.file());
        let beginning = fs::read_to_string(&source).with_context(|| format!("cannot read {}", source.display()))?;
        Ok(Self {
            language,
            directory,
            beginning,
        })
    }

    pub(crate) const fn source(&self) -> &'static str {
        self.language.file()
    }

    /// Saves the file as an author would who has changed it.
    pub(crate) fn save(&self, version: u32) -> anyhow::Result<()> {
        let text = format!("{}{}", self.beginning, self.language.workflow(version));
        Ok(fs::write(self.directory.join(self.source()), text)?)
    }

    /// A command in the project, with its tools and caches of its own.
    pub(crate) fn command(&self) -> anyhow::Result<Command> {
        let mut command = Command::new(PROGRAM);
        command
            .current_dir(&self.directory)
            .env("MAINSPRING_CACHE", self.directory.join("cache"));
        if let Some(python) = std::env::var_os(PYTHON) {
            let tools = Path::new(&python)
                .parent()
                .context("the interpreter is in a directory")?;
            let path = std::env::var_os("PATH").unwrap_or_default();
            let path = std::iter::once(tools.to_owned()).chain(std::env::split_paths(&path));
            command.env("PATH", std::env::join_paths(path)?);
        }
        Ok(command)
    }
}

/// As `npm install` leaves it, but without the network: the SDK is the project's own, and all else is this repository's.
fn install(project: &Path) -> anyhow::Result<()> {
    let packages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../node_modules");
    let installed = project.join("node_modules");
    fs::create_dir_all(installed.join("@mainspring"))?;
    for package in fs::read_dir(&packages).context("`cargo xtask bench reload` installs the npm packages")? {
        let name = package?.file_name();
        if name != "@mainspring" {
            symlink(packages.join(&name), installed.join(&name))?;
        }
    }
    for (vendored, package) in [("typescript", "workflow"), ("typescript-testing", "testing")] {
        let vendored = project.join("vendor/mainspring").join(vendored);
        symlink(vendored, installed.join("@mainspring").join(package))?;
    }
    Ok(())
}
