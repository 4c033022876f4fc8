//! What is in a module.

use super::description::bytes;
use super::style::{BAD, FAINT, GOOD, HEADING, PLAIN};
use super::table::{Cell, Table};
use crate::cli::time::{Viewpoint, from_wire};
use mainspring_api::modules::{DescribeModuleResponse, HandlerDefinition, Manifest, ModuleSummary, ModuleVersion};
use std::fmt::Write;

/// Digits of a digest that tell versions apart for people.
const DIGEST_DIGITS: usize = 12;

/// What takes whatever has no definition of its own.
const EVERY_OTHER: &str = "(every other)";

/// Modules as a table.
pub(crate) fn list(modules: &[ModuleSummary], view: &Viewpoint) -> String {
    let mut table = Table::new(&["MODULE", "WORKFLOW TYPES", "VERSION", "SIZE", "PUSHED"]);
    for module in modules {
        let types = match &module.manifest {
            Some(manifest) => Cell::new(PLAIN, workflow_types(manifest)),
            None => Cell::new(BAD, "cannot be loaded"),
        };
        let version = module.current.clone().unwrap_or_default();
        table.row(vec![
            Cell::new(HEADING, &module.name),
            types,
            Cell::new(FAINT, short(&version.digest)),
            Cell::new(PLAIN, size(&version)),
            Cell::new(PLAIN, pushed(&version, view)),
        ]);
    }
    table.render()
}

/// One module with its versions.
pub(crate) fn full(module: &DescribeModuleResponse, view: &Viewpoint) -> String {
    let mut text = format!("{}\n", HEADING.paint(&module.name));
    match &module.manifest {
        Some(manifest) => text += &contents(manifest),
        None => {
            let _ = writeln!(
                text,
                "{}",
                BAD.paint("The newest version cannot be loaded; the server's log says why.")
            );
        }
    }
    let _ = writeln!(text, "\n{}", HEADING.paint("Versions"));
    for (at, version) in module.versions.iter().enumerate() {
        let mark = if at == 0 {
            GOOD.paint("current")
        } else {
            "       ".to_owned()
        };
        let (digest, size, pushed) = (short(&version.digest), size(version), pushed(version, view));
        let _ = writeln!(text, "  {mark}  {digest}  {size}, pushed {pushed}");
    }
    text
}

/// The workflows of a module with what they handle.
pub(crate) fn contents(manifest: &Manifest) -> String {
    let mut text = format!("{}\n", FAINT.paint(format_args!("built with {}", manifest.sdk)));
    for workflow in &manifest.workflows {
        let name = workflow.name.as_deref().unwrap_or("(every other type)");
        let _ = writeln!(text, "\n{} {}", FAINT.paint("workflow"), HEADING.paint(name));
        for line in workflow.description.lines() {
            let _ = writeln!(text, "  {line}");
        }
        for (kind, handlers) in [
            ("signal", &workflow.signals),
            ("query", &workflow.queries),
            ("update", &workflow.updates),
        ] {
            for handler in handlers.iter().filter(|it| is_for_people(it)) {
                let _ = writeln!(text, "  {} {}", FAINT.paint(kind), described(handler));
            }
        }
    }
    text
}

/// The workflows of a module as a table.
pub(crate) fn table(manifest: &Manifest) -> String {
    let mut table = Table::new(&["WORKFLOW TYPE", "SIGNALS", "QUERIES", "UPDATES"]);
    for workflow in &manifest.workflows {
        let handlers = |handlers: &[HandlerDefinition]| {
            let shown = handlers.iter().filter(|it| is_for_people(it));
            let names = shown.map(|it| it.name.as_deref().unwrap_or(EVERY_OTHER));
            Cell::new(PLAIN, names.collect::<Vec<_>>().join(", "))
        };
        table.row(vec![
            Cell::new(HEADING, workflow.name.as_deref().unwrap_or(EVERY_OTHER)),
            handlers(&workflow.signals),
            handlers(&workflow.queries),
            handlers(&workflow.updates),
        ]);
    }
    table.render()
}

/// Names that begin with two underscores are for tools, such as the query for where a workflow stands.
fn is_for_people(handler: &HandlerDefinition) -> bool {
    !handler.name.as_deref().is_some_and(|name| name.starts_with("__"))
}

/// The names of a module's workflow types, in one line.
pub(crate) fn workflow_types(manifest: &Manifest) -> String {
    let names = manifest
        .workflows
        .iter()
        .map(|it| it.name.as_deref().unwrap_or(EVERY_OTHER));
    names.collect::<Vec<_>>().join(", ")
}

/// A digest as people compare it.
pub(crate) fn short(digest: &str) -> &str {
    digest.get(..DIGEST_DIGITS).unwrap_or(digest)
}

fn described(handler: &HandlerDefinition) -> String {
    let name = handler.name.as_deref().unwrap_or("(every other name)");
    match handler.description.lines().next() {
        Some(description) => format!("{name}: {description}"),
        None => name.to_owned(),
    }
}

fn size(version: &ModuleVersion) -> String {
    size_of(version.size_bytes)
}

/// A size in bytes as people say it.
pub(crate) fn size_of(size_bytes: u64) -> String {
    bytes(i64::try_from(size_bytes).unwrap_or(i64::MAX))
}

fn pushed(version: &ModuleVersion, view: &Viewpoint) -> String {
    from_wire(version.pushed_at.as_ref())
        .map(|time| view.relative(time))
        .unwrap_or_default()
}
