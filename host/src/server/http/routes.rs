//! Which verb and path stand for which method: the rules of `google.api.http`, resolved.

use super::{descriptors::pool, field_path::FieldPath};
use axum::http::Method;
use mainspring_api::{HttpRule, http_rules};
use prost_reflect::{FieldDescriptor, MethodDescriptor};

/// A rule of a method that is served.
#[derive(Clone, Debug)]
pub(super) struct Route {
    pub(super) method: MethodDescriptor,
    pub(super) verb: Method,
    /// As it is annotated: `/api/v1/namespaces/{namespace}/workflows/{execution.workflow_id}`.
    pub(super) path: &'static str,
    /// The variables of the path, in their order.
    pub(super) variables: Vec<FieldPath>,
    pub(super) body: RequestBody,
}

/// What a request's body is.
#[derive(Clone, Debug)]
pub(super) enum RequestBody {
    /// There is none: what is not in the path is in the query.
    None,
    /// All fields that are not in the path.
    Whole,
    /// One field.
    Field(FieldDescriptor),
}

/// The rules of Temporal's services, of methods that are served and of those that are not.
pub(super) struct Routes {
    pub(super) served: Vec<Route>,
    pub(super) unserved: Vec<HttpRule>,
}

/// All rules.
pub(super) fn all() -> Routes {
    let mut routes = Routes {
        served: Vec::new(),
        unserved: Vec::new(),
    };
    for rule in http_rules() {
        match served_method(rule.method) {
            Some(method) => routes.served.push(Route::new(method, rule)),
            None => routes.unserved.push(rule),
        }
    }
    routes
}

/// The descriptors have the methods that are served, and no others.
fn served_method(full_name: &str) -> Option<MethodDescriptor> {
    let (service, method) = full_name.split_once('/')?;
    let service = pool().get_service_by_name(service)?;
    service.methods().find(|it| it.name() == method)
}

impl Route {
    fn new(method: MethodDescriptor, rule: HttpRule) -> Self {
        let input = method.input();
        let field = |name: &str| {
            FieldPath::find(&input, name).unwrap_or_else(|| panic!("{} has no field {name}", input.full_name()))
        };
        let body = match rule.body {
            None => RequestBody::None,
            Some("*") => RequestBody::Whole,
            Some(name) => RequestBody::Field(field(name).leaf().clone()),
        };
        Self {
            variables: variables(rule.path).map(field).collect(),
            verb: verb(&rule),
            path: rule.path,
            body,
            method,
        }
    }
}

/// The verb of a rule.
pub(super) fn verb(rule: &HttpRule) -> Method {
    Method::from_bytes(rule.verb.as_bytes()).expect("the table has verbs")
}

/// The path as the router understands it. Variables are named by their position: paths of several methods meet at
/// one place, where each calls the variable something else.
pub(super) fn template(path: &str) -> String {
    let mut position = 0;
    let segments = path.split('/').map(|segment| match segment.starts_with('{') {
        true => {
            position += 1;
            format!("{{{position}}}")
        }
        false => segment.to_owned(),
    });
    segments.collect::<Vec<_>>().join("/")
}

fn variables(path: &'static str) -> impl Iterator<Item = &'static str> {
    path.split('/')
        .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
}
