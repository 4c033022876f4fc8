//! Where HTTP reaches the methods: their `google.api.http` annotations.
//!
//! The descriptor set has lost them on its way through prost, which drops extensions. So they are kept in a table
//! beside this file, of all methods that Temporal's two services have; the test below compares it with Temporal's
//! own files.

/// One rule: a verb and a path that stand for a method. A method has several, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HttpRule {
    /// Full name of the service, a slash, name of the method.
    pub method: &'static str,
    /// `GET`, `POST` and so on.
    pub verb: &'static str,
    /// With variables in braces, which are fields of the request: `/workflows/{execution.workflow_id}`.
    pub path: &'static str,
    /// The field that the body holds; `*` for the whole request; none if there is no body.
    pub body: Option<&'static str>,
}

/// The rules of all methods, served or not, in the order of Temporal's files.
pub fn http_rules() -> impl Iterator<Item = HttpRule> {
    lines().filter_map(|mut words| {
        Some(HttpRule {
            method: words.next()?,
            verb: words.next()?,
            path: words.next()?,
            body: words.next(),
        })
    })
}

/// The methods that have no rule, because Temporal gives them none: they are reached by gRPC alone.
pub fn methods_without_http() -> impl Iterator<Item = &'static str> {
    lines().filter_map(|mut words| words.next().filter(|_| words.next().is_none()))
}

fn lines() -> impl Iterator<Item = std::str::SplitWhitespace<'static>> {
    include_str!("http_rules.txt").lines().map(str::split_whitespace)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods::{OPERATOR_SERVICE, WORKFLOW_SERVICE};
    use std::{fs, path::PathBuf, process::Command};

    const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/http_rules.txt");

    #[test]
    fn the_table_says_what_temporals_files_say() {
        let annotated: String = [WORKFLOW_SERVICE, OPERATOR_SERVICE].map(annotations_of).concat();
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::write(TABLE, &annotated).expect("the table can be written");
        }
        let table = fs::read_to_string(TABLE).expect("it is there");
        assert_eq!(
            table, annotated,
            "the API has changed: UPDATE_GOLDEN=1 cargo test -p mainspring-api"
        );
        assert!(http_rules().count() > 100);
        assert!(methods_without_http().any(|method| method.ends_with("/PollActivityTaskQueue")));
    }

    /// The lines of the table that a service's file makes. Annotations are written one part on a line there.
    fn annotations_of(service: &str) -> String {
        let package = service.rsplit_once('.').expect("it has a package").0;
        let file = protos().join(package.replace('.', "/")).join("service.proto");
        let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let methods = text.split("\n").map(str::trim_start).collect::<Vec<_>>().join("\n");
        let methods = methods.split("\nrpc ").skip(1);
        methods.map(|method| lines_of_method(service, method)).collect()
    }

    fn lines_of_method(service: &str, text: &str) -> String {
        let name = text.split([' ', '(']).next().expect("it has a name");
        let mut lines: Vec<String> = Vec::new();
        for line in text.lines().map(str::trim) {
            let Some((key, value)) = line.split_once(": \"") else {
                continue;
            };
            let value = value.trim_end_matches('"');
            match key {
                "get" | "put" | "post" | "delete" | "patch" => {
                    lines.push(format!("{service}/{name} {} {value}", key.to_uppercase()));
                }
                "body" => {
                    let rule = lines.last_mut().expect("a body follows its path");
                    rule.push(' ');
                    rule.push_str(value);
                }
                _ => {}
            }
        }
        if lines.is_empty() {
            lines.push(format!("{service}/{name}"));
        }
        lines.into_iter().map(|line| line + "\n").collect()
    }

    /// Where cargo keeps Temporal's files.
    fn protos() -> PathBuf {
        let metadata = Command::new(env!("CARGO"))
            .args(["metadata", "--format-version=1", "--locked", "--filter-platform"])
            .arg("x86_64-unknown-linux-gnu")
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .expect("cargo runs");
        let metadata = String::from_utf8(metadata.stdout).expect("it is JSON");
        let manifest = metadata
            .split("\"manifest_path\":\"")
            .filter_map(|rest| rest.split('"').next())
            .find(|path| path.contains("temporalio-protos"))
            .expect("we depend on it");
        PathBuf::from(manifest).with_file_name("protos/api_upstream")
    }
}
