//! What esbuild tells of a bundle: whose files are in it, and whether they use what no workflow has.

use super::Project;
use super::bundle::ADVICE;
use crate::Error;
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Globals that no workflow has. The SDK has a stand-in for each, so that who uses it can be found.
pub(super) const FORBIDDEN_GLOBALS: [&str; 4] = ["fetch", "process", "WebSocket", "XMLHttpRequest"];

pub(super) fn stand_in(project: &Project, global: &str) -> PathBuf {
    project.package.join(format!("src/forbidden/{global}.ts"))
}

/// What esbuild says of what it read and wrote. Paths are from the project's root on.
#[derive(Deserialize)]
pub(super) struct Metafile {
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
    pub(super) fn sources(&self, project: &Project) -> Vec<PathBuf> {
        let paths = self
            .inputs
            .keys()
            .filter_map(|path| std::fs::canonicalize(project.root.join(path)).ok());
        paths.filter(|path| is_the_authors(project, path)).collect()
    }

    /// Refuses authors' code that uses a global which no workflow has. Packages may: they ask whether it is there, or
    /// have it for what a workflow does not call.
    pub(super) fn check_globals(&self, project: &Project) -> Result<(), Error> {
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
