//! The page that people read: a table for each subject, with a mark for each test.

use super::data::{Cell, Column, Subject};
use super::sources;
use std::fmt::Write as _;

const HEAD: &str = "\
# What is shown of each feature

Each mark is a test, and leads to its source; who points at it reads its name. A number is a note at the end of the page,
which says why there can be no test. The page is made of [`tests/features`](../tests/features). The
[compatibility page](compatibility.md) has each method of Temporal's protocol.

- **Python**, **TypeScript**, **`temporal`**: the official client, or the official command, drives it, unmodified.
- **HTTP**: so does plain HTTP/JSON.
- **SIGKILL**: the server is killed in the midst of it, and nobody can tell afterwards.
- **golden history**: a history that a run once had, which is replayed for ever.
- **bad input**: what makes no sense gets an error that says so, with the code and the details that Temporal's clients go by.
";

pub(super) fn render(subjects: &[Subject]) -> String {
    let mut page = HEAD.to_owned();
    let mut notes = Vec::new();
    for subject in subjects {
        let _ = writeln!(page, "\n## {}\n", subject.title);
        let _ = writeln!(page, "| | {} |", Column::ALL.map(heading).join(" | "));
        let _ = writeln!(page, "|---|{}", "---|".repeat(Column::ALL.len()));
        for feature in &subject.features {
            let cells = Column::ALL.map(|column| told(feature.cell(column), &mut notes));
            let _ = writeln!(page, "| {} | {} |", feature.name, cells.join(" | "));
        }
    }
    page.push('\n');
    for (at, note) in notes.iter().enumerate() {
        let _ = writeln!(page, "[^{}]: {note}", at + 1);
    }
    page
}

const fn heading(column: Column) -> &'static str {
    match column {
        Column::Python => "Python",
        Column::TypeScript => "TypeScript",
        Column::Temporal => "`temporal`",
        Column::Http => "HTTP",
        Column::Killed => "SIGKILL",
        Column::Golden => "golden history",
        Column::Refused => "bad input",
    }
}

fn told<'cell>(cell: &'cell Cell, notes: &mut Vec<&'cell str>) -> String {
    match cell {
        Cell::Tests(tests) => tests.iter().map(|test| mark(test)).collect::<Vec<_>>().join(" "),
        Cell::Reason(reason) => {
            let at = notes.iter().position(|note| note == reason).unwrap_or_else(|| {
                notes.push(reason);
                notes.len() - 1
            });
            format!("[^{}]", at + 1)
        }
    }
}

/// A link to the file, with the test's name for whoever points at it.
fn mark(test: &str) -> String {
    let (file, name) = match test.split_once("::") {
        Some((file, name)) => (file.to_owned(), name.replace('_', " ")),
        None => (format!("{test}.snap"), test.to_owned()),
    };
    format!("[✓](../tests/{}/{file} \"{name}\")", sources::directory(&file))
}
