//! The files that a module was made of.

use super::Package;
use crate::Error;
use std::path::{Path, PathBuf};

/// All files that the compiler read of this crate and of those that it has by path; from the list that cargo leaves
/// beside what it builds.
pub(super) fn of(module: &Path, package: &Package) -> Result<Vec<PathBuf>, Error> {
    let list = module.with_extension("d");
    let text = std::fs::read_to_string(&list).map_err(|error| Error::reading(&list, error))?;
    let mut sources = read_dependencies(&text);
    sources.push(package.manifest.clone());
    sources.push(package.workspace_manifest.clone());
    sources.sort();
    sources.dedup();
    Ok(sources)
}

/// The prerequisites of makefile rules, where a space within a name is `\ `.
fn read_dependencies(rules: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for prerequisites in rules.lines().filter_map(|rule| rule.split_once(": ")).map(|(_, it)| it) {
        let mut name = String::new();
        let mut characters = prerequisites.chars();
        while let Some(character) = characters.next() {
            match character {
                '\\' => name.extend(characters.next()),
                ' ' => files.extend(named(&mut name)),
                other => name.push(other),
            }
        }
        files.extend(named(&mut name));
    }
    files
}

fn named(name: &mut String) -> Option<PathBuf> {
    Some(std::mem::take(name))
        .filter(|name| !name.is_empty())
        .map(PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_in_the_names_of_sources_are_no_ends() {
        let files = read_dependencies("/t/a.wasm: /my\\ crate/src/lib.rs /other/src/lib.rs\n\n");
        assert_eq!(
            files,
            [PathBuf::from("/my crate/src/lib.rs"), "/other/src/lib.rs".into()]
        );
    }
}
