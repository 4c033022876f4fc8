//! Tenants.

use super::style::{FAINT, GOOD, HEADING, PLAIN, Paint, WARN};
use super::table::{Cell, Table};
use crate::cli::time::{duration_from_wire, format_duration};
use mainspring_api::temporal::enums::v1::NamespaceState;
use mainspring_api::temporal::workflowservice::v1::DescribeNamespaceResponse;
use std::fmt::Write as _;

/// Namespaces as a table.
pub(crate) fn list(namespaces: &[DescribeNamespaceResponse]) -> String {
    let mut table = Table::new(&["NAMESPACE", "STATE", "KEEPS CLOSED WORKFLOWS", "DESCRIPTION"]);
    for namespace in namespaces {
        let info = namespace.namespace_info.clone().unwrap_or_default();
        let (paint, state) = state(info.state());
        table.row(vec![
            Cell::new(HEADING, info.name),
            Cell::new(paint, state),
            Cell::new(PLAIN, kept(namespace)),
            Cell::new(FAINT, info.description),
        ]);
    }
    table.render()
}

/// All that a person wants to know of one.
pub(crate) fn full(namespace: &DescribeNamespaceResponse) -> String {
    let info = namespace.namespace_info.clone().unwrap_or_default();
    let (paint, state) = state(info.state());
    let mut text = format!("{}  {}\n", HEADING.paint(&info.name), paint.paint(state));
    let mut fact = |name: &str, value: &str| {
        if !value.is_empty() {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "  {name:<24}{value}");
        }
    };
    fact("description", &info.description);
    fact("owner", &info.owner_email);
    fact("keeps closed workflows", &kept(namespace));
    fact("id", &info.id);
    let mut data: Vec<_> = info.data.iter().collect();
    data.sort();
    for (name, value) in data {
        fact(name, value);
    }
    text
}

fn kept(namespace: &DescribeNamespaceResponse) -> String {
    let config = namespace.config.as_ref();
    let retention = config.and_then(|it| it.workflow_execution_retention_ttl.as_ref());
    duration_from_wire(retention).map_or_else(|| "for ever".to_owned(), |it| format!("for {}", format_duration(it)))
}

const fn state(state: NamespaceState) -> (Paint, &'static str) {
    match state {
        NamespaceState::Registered => (GOOD, "registered"),
        NamespaceState::Deprecated => (WARN, "deprecated"),
        NamespaceState::Deleted => (WARN, "deleted"),
        NamespaceState::Unspecified => (PLAIN, "unknown"),
    }
}
