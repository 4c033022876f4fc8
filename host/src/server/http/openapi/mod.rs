//! The description of the HTTP API, as OpenAPI 3.1, made of the same descriptors as the API.

mod schemas;

use super::{
    descriptors::as_object,
    routes::{RequestBody, Route, Routes},
};
use prost_reflect::{FieldDescriptor, MessageDescriptor};
use schemas::Schemas;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The paths that are described. Those without this prefix lead to the same methods, and are left out as Temporal's
/// own description leaves them out.
const PREFIX: &str = "/api/v1/";

const ABOUT: &str = "The methods of Temporal's gRPC protocol that this server has, at the paths of their annotations, \
                     with JSON as protocol buffers define it. Payloads may be written as the plain JSON values that \
                     they hold, and are answered so where they can be; the media type \
                     `application/json+no-payload-shorthand` is without that, and `+pretty` indents. \
                     The parameters `noPayloadShorthand` and `pretty` do the same.";

/// The document.
pub(in crate::server::http) fn document(routes: &Routes) -> Value {
    let mut schemas = Schemas::default();
    let mut names = BTreeSet::new();
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    for route in routes.served.iter().filter(|route| route.path.starts_with(PREFIX)) {
        let mut operation = operation(route, &mut schemas);
        operation["operationId"] = unique(&mut names, route.method.name()).into();
        let verb = route.verb.as_str().to_lowercase();
        paths.entry(route.path).or_default().insert(verb, operation);
    }
    let refusal = schemas.refusal();
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Mainspring", "version": env!("CARGO_PKG_VERSION"), "description": ABOUT },
        "paths": paths,
        "components": {
            "schemas": schemas.finished(),
            "responses": { "refusal": {
                "description": "The call did not succeed; the code is that of gRPC.",
                "content": { "application/json": { "schema": refusal } },
            }},
        },
    })
}

/// A method with several paths is several operations, and each needs a name.
fn unique(names: &mut BTreeSet<String>, method: &str) -> String {
    let numbered = (2..).map(|number| format!("{method}{number}"));
    let mut candidates = std::iter::once(method.to_owned()).chain(numbered);
    let name = candidates
        .find(|name| !names.contains(name))
        .expect("numbers do not end");
    names.insert(name.clone());
    name
}

fn operation(route: &Route, schemas: &mut Schemas) -> Value {
    let in_path = route.path.split(['{', '}']).skip(1).step_by(2);
    let mut parameters: Vec<Value> = in_path
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
        .collect();
    let mut operation = json!({
        "tags": [route.method.parent_service().name()],
        "responses": {
            "200": {
                "description": "The answer.",
                "content": { "application/json": { "schema": schemas.message(&route.method.output()) } },
            },
            "default": { "$ref": "#/components/responses/refusal" },
        },
    });
    let body = match &route.body {
        RequestBody::None => {
            let taken: BTreeSet<String> = route.variables.iter().map(|path| path.json_name()).collect();
            query_parameters(&route.method.input(), "", &taken, schemas, &mut parameters);
            None
        }
        RequestBody::Whole => Some(schemas.message(&route.method.input())),
        RequestBody::Field(field) => Some(schemas.field(field)),
    };
    if let Some(schema) = body {
        operation["requestBody"] = json!({ "content": { "application/json": { "schema": schema } } });
    }
    operation["parameters"] = parameters.into();
    operation
}

/// The fields that a query can hold. Messages in them are gone into, lists and maps of messages are not.
fn query_parameters(
    message: &MessageDescriptor,
    prefix: &str,
    taken: &BTreeSet<String>,
    schemas: &mut Schemas,
    parameters: &mut Vec<Value>,
) {
    for field in message.fields().filter(|field| !field.is_map()) {
        let name = format!("{prefix}{}", field.json_name());
        let kind = field.kind();
        match as_object(&kind) {
            Some(inner) if !field.is_list() && inner != message => {
                query_parameters(inner, &format!("{name}."), taken, schemas, parameters);
            }
            Some(_) => {}
            None if taken.contains(&name) => {}
            None => parameters.push(query_parameter(&name, &field, schemas)),
        }
    }
}

fn query_parameter(name: &str, field: &FieldDescriptor, schemas: &mut Schemas) -> Value {
    json!({ "name": name, "in": "query", "schema": schemas.field(field) })
}

#[cfg(test)]
mod tests {
    use super::super::routes;
    use super::*;

    fn pretty(value: &Value) -> String {
        serde_json::to_string_pretty(value).expect("it is JSON")
    }

    #[test]
    fn paths_are_described_with_what_they_take() {
        let document = document(&routes::all());
        let workflows = "/api/v1/namespaces/{namespace}/workflows";
        insta::assert_snapshot!("list", pretty(&document["paths"][workflows]));
        let query = format!("{workflows}/{{execution.workflow_id}}/query/{{query.query_type}}");
        insta::assert_snapshot!("query", pretty(&document["paths"][query]));
    }

    #[test]
    fn messages_are_described_as_json_has_them() {
        let document = document(&routes::all());
        let schemas = &document["components"]["schemas"];
        let messages = [
            "common.v1.Payload",
            "common.v1.Payloads",
            "common.v1.Memo",
            "common.v1.RetryPolicy",
            "query.v1.QueryRejected",
            "workflowservice.v1.ListWorkflowExecutionsResponse",
        ];
        let messages: Vec<_> = messages
            .iter()
            .map(|name| &schemas[format!("temporal.api.{name}")])
            .collect();
        insta::assert_snapshot!("messages", pretty(&json!(messages)));
    }

    /// Every `$ref` leads somewhere, and nothing is described that no path needs.
    #[test]
    fn nothing_is_missing_and_nothing_is_too_much() {
        let document = document(&routes::all());
        let mut named = BTreeSet::new();
        references(&document, &mut named);
        for reference in &named {
            let pointer = reference.trim_start_matches('#');
            assert!(document.pointer(pointer).is_some(), "{reference} is missing");
        }
        let schemas = document["components"]["schemas"].as_object().expect("an object");
        assert_eq!(named.len(), schemas.len() + 1, "and the refusal");
    }

    fn references(value: &Value, named: &mut BTreeSet<String>) {
        match value {
            Value::Object(object) => {
                if let Some(Value::String(reference)) = object.get("$ref") {
                    named.insert(reference.clone());
                }
                object.values().for_each(|value| references(value, named));
            }
            Value::Array(values) => values.iter().for_each(|value| references(value, named)),
            _ => {}
        }
    }
}
