//! What a module says is in it.

use super::bindings::guest as wit;
use std::collections::BTreeSet;

/// What is in a module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// The SDK that built it, as `name/version`.
    pub sdk: String,
    /// Its workflow types. Invariant: at least one, no name twice, at most one without a name.
    pub workflows: Vec<WorkflowDefinition>,
}

/// A workflow type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkflowDefinition {
    /// Its name; the one without takes every type that no other names.
    pub name: Option<String>,
    /// For people.
    pub description: String,
    /// The signals that it handles.
    pub signals: Vec<HandlerDefinition>,
    /// The queries that it answers.
    pub queries: Vec<HandlerDefinition>,
    /// The updates that it takes.
    pub updates: Vec<HandlerDefinition>,
}

/// A signal, query or update that a workflow handles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandlerDefinition {
    /// Its name; the one without takes every name that no other has.
    pub name: Option<String>,
    /// For people.
    pub description: String,
}

impl WorkflowDefinition {
    /// Is this query among those that it names?
    pub fn answers(&self, query: &str) -> bool {
        self.queries.iter().any(|it| it.name.as_deref() == Some(query))
    }
}

impl Manifest {
    /// The definition that runs workflows of this type.
    pub fn workflow(&self, workflow_type: &str) -> Option<&WorkflowDefinition> {
        let named = self
            .workflows
            .iter()
            .find(|workflow| workflow.name.as_deref() == Some(workflow_type));
        named.or_else(|| self.workflows.iter().find(|workflow| workflow.name.is_none()))
    }

    /// Reads what a guest gave. The error is for the module's author.
    pub(super) fn from_guest(manifest: wit::Manifest) -> Result<Self, String> {
        if manifest.workflows.is_empty() {
            return Err("it has no workflow".into());
        }
        unique(
            "workflow type",
            manifest.workflows.iter().map(|workflow| &workflow.name),
        )?;
        let workflows = manifest.workflows.into_iter().map(workflow).collect::<Result<_, _>>()?;
        Ok(Self {
            sdk: manifest.sdk,
            workflows,
        })
    }
}

fn workflow(definition: wit::WorkflowDefinition) -> Result<WorkflowDefinition, String> {
    let of = definition
        .name
        .clone()
        .map(|name| format!(" of `{name}`"))
        .unwrap_or_default();
    Ok(WorkflowDefinition {
        signals: handlers(&format!("signal{of}"), definition.signals)?,
        queries: handlers(&format!("query{of}"), definition.queries)?,
        updates: handlers(&format!("update{of}"), definition.updates)?,
        name: definition.name,
        description: definition.description,
    })
}

fn handlers(kind: &str, definitions: Vec<wit::HandlerDefinition>) -> Result<Vec<HandlerDefinition>, String> {
    unique(kind, definitions.iter().map(|handler| &handler.name))?;
    let handler = |wit::HandlerDefinition { name, description }| HandlerDefinition { name, description };
    Ok(definitions.into_iter().map(handler).collect())
}

fn unique<'a>(kind: &str, mut names: impl Iterator<Item = &'a Option<String>>) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    match names.find(|name| !seen.insert(*name)) {
        None => Ok(()),
        Some(Some(name)) => Err(format!("the {kind} `{name}` is there twice")),
        Some(None) => Err(format!("there are two that take every {kind}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn handler(name: Option<&str>) -> wit::HandlerDefinition {
        wit::HandlerDefinition {
            name: name.map(Into::into),
            description: String::new(),
        }
    }

    fn workflow(name: Option<&str>, signals: Vec<wit::HandlerDefinition>) -> wit::WorkflowDefinition {
        let name = name.map(Into::into);
        wit::WorkflowDefinition {
            name,
            description: String::new(),
            signals,
            queries: Vec::new(),
            updates: Vec::new(),
        }
    }

    fn read(workflows: Vec<wit::WorkflowDefinition>) -> Result<Manifest, String> {
        Manifest::from_guest(wit::Manifest {
            sdk: "test/1".into(),
            workflows,
        })
    }

    #[test]
    fn a_named_workflow_goes_before_the_one_that_takes_all() {
        let manifest =
            read(vec![workflow(None, Vec::new()), workflow(Some("order"), Vec::new())]).expect("it is right");
        let name = |workflow_type| {
            manifest
                .workflow(workflow_type)
                .map(|workflow| workflow.name.as_deref())
        };
        assert_eq!(name("order"), Some(Some("order")));
        assert_eq!(name("other"), Some(None));
    }

    #[test]
    fn what_makes_no_sense_is_said() {
        let check = |workflows, problem: &str| assert_eq!(read(workflows), Err(problem.to_owned()));
        check(vec![], "it has no workflow");
        check(
            vec![workflow(Some("order"), vec![]), workflow(Some("order"), vec![])],
            "the workflow type `order` is there twice",
        );
        check(
            vec![workflow(None, vec![]), workflow(None, vec![])],
            "there are two that take every workflow type",
        );
        check(
            vec![workflow(
                Some("order"),
                vec![handler(Some("ship")), handler(Some("ship"))],
            )],
            "the signal of `order` `ship` is there twice",
        );
    }
}
