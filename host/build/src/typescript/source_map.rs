//! The bundler's source map, packed: what a module needs of it to name the author's places in stack traces.
//!
//! The format is "Source map", ECMA-426: in `mappings`, a line of the bundle ends with `;`, its segments are separated
//! by `,`, and each is up to five base64 VLQ numbers, relative to those before: column, source, line of the source,
//! column of the source, name.
//!
//! Packed, each place is five LEB128 numbers: lines after the place before; columns after it (after the beginning of
//! the line, if that is another one); and by how much source, line and column of the source differ from its, with the
//! sign in the lowest bit. What reads them is `guest-sdk/typescript/runtime-src/src/source_map.rs`.

use super::Project;
use crate::Error;
use serde::Deserialize;
use std::path::{Component, Path, PathBuf};

/// A source map as tools write it; what matters here.
#[derive(Deserialize)]
pub(super) struct SourceMap {
    /// Paths, from the map's directory on.
    sources: Vec<String>,
    mappings: String,
}

/// A place in the bundle, and where it came from. Lines and columns count from 0.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Place {
    line: i64,
    column: i64,
    source: i64,
    source_line: i64,
    source_column: i64,
}

impl SourceMap {
    /// The sources as traces name them, given the map's directory: the same wherever the project and its packages lie.
    pub(super) fn names(&self, project: &Project, directory: &Path) -> Result<Vec<String>, Error> {
        let directory = std::fs::canonicalize(directory).map_err(|error| Error::reading(directory, error))?;
        let name = |source: &String| name(project, &normal(&directory.join(source)));
        Ok(self.sources.iter().map(name).collect())
    }

    /// One place for each line of a source, and not for each token: they are a part of every module. None if this is
    /// no source map.
    pub(super) fn packed(&self) -> Option<Vec<u8>> {
        let mut packed = Vec::new();
        let mut last = Place::default();
        let mut is_first = true;
        for place in self.places()? {
            let is_of = |it: &Place| (it.line, it.source, it.source_line);
            if !is_first && is_of(&last) == is_of(&place) {
                continue;
            }
            let from = if place.line == last.line { last.column } else { 0 };
            push(&mut packed, u64::try_from(place.line - last.line).ok()?);
            push(&mut packed, u64::try_from(place.column - from).ok()?);
            for by in [
                place.source - last.source,
                place.source_line - last.source_line,
                place.source_column - last.source_column,
            ] {
                push(&mut packed, ((by << 1) ^ (by >> 63)).cast_unsigned());
            }
            (last, is_first) = (place, false);
        }
        Some(packed)
    }

    fn places(&self) -> Option<Vec<Place>> {
        let mut places = Vec::new();
        let mut place = Place::default();
        for (line, segments) in self.mappings.split(';').enumerate() {
            place.line = line.try_into().ok()?;
            place.column = 0;
            for segment in segments.split(',').filter(|segment| !segment.is_empty()) {
                let mut digits = segment.bytes();
                place.column += number(&mut digits)?;
                // A segment of one number is of text that nobody wrote.
                if digits.len() == 0 {
                    continue;
                }
                place.source += number(&mut digits)?;
                place.source_line += number(&mut digits)?;
                place.source_column += number(&mut digits)?;
                places.push(place);
            }
        }
        Some(places)
    }
}

fn name(project: &Project, source: &Path) -> String {
    if let Ok(of_sdk) = source.strip_prefix(&project.package) {
        return Path::new(super::PACKAGE).join(of_sdk).display().to_string();
    }
    let parts: Vec<_> = source.components().collect();
    let packages = parts.iter().rposition(|part| part.as_os_str() == "node_modules");
    let common = project
        .root
        .components()
        .zip(&parts)
        .take_while(|(one, other)| one == *other);
    let (from, up) = match (packages, common.count()) {
        (Some(packages), _) => (packages, 0),
        (None, common) => (common, project.root.components().count() - common),
    };
    let path: PathBuf = std::iter::repeat_n(Component::ParentDir, up)
        .chain(parts[from..].iter().copied())
        .collect();
    path.display().to_string()
}

/// The path without `..`; esbuild has followed every link before it put these in.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        if part == Component::ParentDir {
            normal.pop();
        } else {
            normal.push(part);
        }
    }
    normal
}

fn push(packed: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        packed.push(number as u8 | 0x80);
        number >>= 7;
    }
    packed.push(number as u8);
}

/// A base64 VLQ number: five bits a digit, the lowest first, the sixth for "more follows"; the lowest bit of all is the
/// sign.
fn number(digits: &mut impl Iterator<Item = u8>) -> Option<i64> {
    let (mut value, mut shift) = (0, 0);
    loop {
        let digit = sextet(digits.next()?)?;
        value |= i64::from(digit & 31) << shift;
        if digit & 32 == 0 {
            break;
        }
        shift += 5;
        // Larger than any file is long.
        if shift > 40 {
            return None;
        }
    }
    Some(if value & 1 == 1 { -(value >> 1) } else { value >> 1 })
}

fn sextet(digit: u8) -> Option<u8> {
    match digit {
        b'A'..=b'Z' => Some(digit - b'A'),
        b'a'..=b'z' => Some(digit - b'a' + 26),
        b'0'..=b'9' => Some(digit - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(mappings: &str) -> Option<Vec<u8>> {
        let sources = Vec::new();
        let mappings = mappings.to_owned();
        SourceMap { sources, mappings }.packed()
    }

    #[test]
    fn a_place_is_kept_for_each_line_of_a_source() {
        // Line 0: column 0 of source 0, line 0, column 0; column 4 of the same line. Line 2: column 2 of source 1, line
        // 16, column 1; column 5 of its line 15.
        let places = packed("AAAA,IAAI;;ECgBH,GADD").unwrap();
        assert_eq!(places, [0, 0, 0, 0, 0, 2, 2, 2, 32, 2, 0, 3, 0, 1, 1]);
    }

    #[test]
    fn sources_have_names_without_the_place_of_the_project() {
        let project = Project {
            source: "/home/a/flows/src/workflows.ts".into(),
            root: "/home/a/flows".into(),
            package: "/opt/sdk".into(),
        };
        for (path, shown) in [
            ("/home/a/flows/src/workflows.ts", "src/workflows.ts"),
            ("/home/a/shared/money.ts", "../shared/money.ts"),
            ("/home/a/node_modules/p/index.js", "node_modules/p/index.js"),
            ("/opt/sdk/src/run.ts", "node_modules/@mainspring/workflow/src/run.ts"),
            ("/tmp/x/../../home/a/flows/a.ts", "a.ts"),
        ] {
            assert_eq!(name(&project, &normal(Path::new(path))), shown);
        }
    }

    #[test]
    fn a_map_that_is_none_is_not_read() {
        assert_eq!(packed("AAAA,!"), None);
        assert_eq!(packed("AA"), None);
        assert_eq!(packed("").unwrap(), [] as [u8; 0]);
    }
}
