//! From an HTTP request to the message of a method, and back with its answer.

use super::{
    field_path::FieldPath,
    format::Format,
    grpc, json,
    query::{self, UnknownParameter, parameters},
    refusal::Refusal,
    routes::{RequestBody, Route, Routes, template, verb},
    web_ui,
};
use crate::server::mended_refusals::unknown_method;
use axum::{
    Router,
    extract::{RawPathParams, RawQuery, rejection::BytesRejection},
    http::{HeaderMap, HeaderValue, Method, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::{MethodFilter, on},
};
use bytes::Bytes;
use mainspring_api::limits::REQUEST_BYTES_MAX;
use prost::Message;
use serde_json::{Map, Value};
use std::sync::Arc;

/// A request's body. The message of it may be as large as one that comes by gRPC, and base64 makes more of its bytes.
pub(super) const BODY_BYTES_MAX: usize = 2 * REQUEST_BYTES_MAX;

/// The paths of all methods. Those of methods that are not served are there to say so.
pub(super) fn paths(routes: Routes, grpc: &Router) -> Router {
    let mut paths = Router::new();
    for route in routes.served {
        let (template, filter) = (template(route.path), filter(&route.verb));
        let (route, grpc) = (Arc::new(route), grpc.clone());
        let serve = async move |path: RawPathParams, RawQuery(query), headers, body: Result<Bytes, BytesRejection>| {
            let values = path.iter().map(|(_, value)| value).collect::<Vec<_>>();
            let query = parameters(&query.unwrap_or_default());
            let body = body.map_err(|rejection| {
                Refusal::invalid(format!("the body cannot be read: {rejection}")).with_http(rejection.status())
            });
            match body {
                Ok(body) => serve(&route, grpc, &values, &query, headers, &body).await,
                Err(refusal) => Err(refusal),
            }
        };
        paths = paths.route(&template, on(filter, serve));
    }
    for rule in routes.unserved {
        let refuse = async move || Refusal::from(unknown_method(rule.method)).into_response();
        paths = paths.route(&template(rule.path), on(filter(&verb(&rule)), refuse));
    }
    paths
}

fn filter(verb: &Method) -> MethodFilter {
    MethodFilter::try_from(verb.clone()).expect("the table has common verbs")
}

async fn serve(
    route: &Route,
    grpc: Router,
    variables: &[&str],
    parameters: &[(String, String)],
    headers: HeaderMap,
    body: &[u8],
) -> Result<Response, Refusal> {
    let format = Format::of_answer(&headers, parameters);
    let unknown = match web_ui::asks(&headers) {
        true => UnknownParameter::PassOver,
        false => UnknownParameter::Refuse,
    };
    let mut request = request(route, variables, body)?;
    query::read(&route.method.input(), parameters, &mut request, unknown)?;
    let message = json::read(route.method.input(), request, Format::of_body(&headers))?;
    let message = message.encode_to_vec().into();
    let answer = grpc::call(grpc, &route.method, headers, message).await?;
    let answer = json::write(&route.method.output(), &answer, format)?;
    let media_type = HeaderValue::from_static(format.media_type());
    Ok(([(CONTENT_TYPE, media_type)], answer).into_response())
}

/// What the body says, and the path.
fn request(route: &Route, variables: &[&str], body: &[u8]) -> Result<Map<String, Value>, Refusal> {
    let mut request = Map::new();
    match &route.body {
        RequestBody::None => {}
        RequestBody::Whole => match json::parse(body)? {
            Value::Null => {}
            Value::Object(object) => request = object,
            _ => {
                return Err(Refusal::invalid(
                    "the body must be an object: the request's fields by name",
                ));
            }
        },
        RequestBody::Field(field) => {
            request.insert(field.json_name().to_owned(), json::parse(body)?);
        }
    }
    for (field, value) in route.variables.iter().zip(variables) {
        put_variable(&mut request, field, value)?;
    }
    Ok(request)
}

fn put_variable(request: &mut Map<String, Value>, field: &FieldPath, value: &str) -> Result<(), Refusal> {
    match field.place(request) {
        Some(place @ Value::Null) => *place = value.into(),
        Some(Value::String(text)) if text == value || text.is_empty() => *text = value.to_owned(),
        Some(_) => {
            let name = field.json_name();
            return Err(Refusal::invalid(format!(
                "{name}: the body has another value than the path, {value:?}"
            )));
        }
        None => {
            let name = field.json_name();
            return Err(Refusal::invalid(format!("{name}: what holds it must be an object")));
        }
    }
    Ok(())
}
