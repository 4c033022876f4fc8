//! The paths, in front of services that are not the real ones where the real ones would not show it.

use super::*;
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use http_body_util::BodyExt;
use mainspring_api::{
    http_rules,
    methods::{OPERATOR_SERVICE, OPERATOR_SERVICE_METHODS, WORKFLOW_SERVICE, WORKFLOW_SERVICE_METHODS},
    methods_without_http,
};
use std::{
    collections::BTreeSet,
    future::pending,
    sync::{Arc, Mutex},
};
use tokio::{io::AsyncWriteExt, net::TcpStream, sync::oneshot};
use tokio_util::sync::CancellationToken;
use tonic::codegen::Service;

const WORKFLOWS: &str = "/api/v1/namespaces/default/workflows";

/// The paths in front of services that answer nothing at all.
fn deaf() -> Router {
    router(Router::new().fallback(pending::<()>))
}

async fn answer(mut router: Router, request: Request<Body>) -> (StatusCode, Value) {
    let Ok(answer) = Service::call(&mut router, request).await;
    let status = answer.status();
    let body = answer.into_body().collect().await.expect("it ends").to_bytes();
    (status, serde_json::from_slice(&body).expect("it is JSON"))
}

fn request(verb: &str, path: &str, body: &'static str) -> Request<Body> {
    let request = Request::builder().method(verb).uri(path);
    request.body(body.into()).expect("it is a request")
}

/// Refused before any service is asked, with that status and code, and a message that holds these words.
async fn check_refused(request: Request<Body>, http: u16, code: i32, words: &str) {
    let (status, body) = answer(deaf(), request).await;
    assert_eq!(status.as_u16(), http, "{body}");
    assert_eq!(body["code"], code, "{body}");
    let message = body["message"].as_str().expect("a text");
    assert!(message.contains(words), "{message}");
    assert_eq!(body["details"], json!([]), "no details are an empty list");
}

#[test]
fn every_served_method_is_at_the_paths_that_it_is_annotated_with() {
    let routes = routes::all();
    let without: BTreeSet<_> = methods_without_http().collect();
    let services = [
        (WORKFLOW_SERVICE, WORKFLOW_SERVICE_METHODS),
        (OPERATOR_SERVICE, OPERATOR_SERVICE_METHODS),
    ];
    let mut served = 0;
    for (service, methods) in services {
        for method in methods {
            let full_name = format!("{service}/{method}");
            let rules = http_rules()
                .filter(|rule| rule.method == full_name)
                .map(|rule| rule.path);
            let paths = routes
                .served
                .iter()
                .filter(|route| route.method.parent_service().full_name() == service && route.method.name() == *method);
            let paths: Vec<_> = paths.map(|route| route.path).collect();
            assert_eq!(paths, rules.collect::<Vec<_>>(), "{full_name}");
            assert_eq!(paths.is_empty(), without.contains(full_name.as_str()), "{full_name}");
            served += paths.len();
        }
    }
    assert_eq!(served, routes.served.len());
}

/// Also that no two methods have the same: the router refuses such.
#[tokio::test]
async fn methods_that_are_not_served_say_so() {
    let unserved = routes::all().unserved;
    assert_ne!(unserved, []);
    for rule in unserved {
        let path = rule.path.replace(['{', '}'], "");
        let method = rule.method.rsplit('/').next().expect("it has a name");
        check_refused(
            request(rule.verb, &path, ""),
            501,
            12,
            &format!("unknown method {method}"),
        )
        .await;
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_said() {
    let start = format!("{WORKFLOWS}/o-1");
    let cases: &[(&str, &str, &'static str, u16, i32, &str)] = &[
        (
            "GET",
            "/api/v2/namespaces",
            "",
            404,
            5,
            "nothing at GET /api/v2/namespaces",
        ),
        ("PUT", &start, "", 405, 12, "does not take PUT"),
        ("POST", &start, "{", 400, 3, "the body is no JSON"),
        ("POST", &start, "[]", 400, 3, "the body must be an object"),
        (
            "POST",
            &start,
            r#"{"workflowid":"o-1"}"#,
            400,
            3,
            "workflowid: StartWorkflowExecutionRequest has no",
        ),
        (
            "POST",
            &start,
            r#"{"workflow_id":"o-2"}"#,
            400,
            3,
            "workflowId: the body has another value than the path",
        ),
        (
            "POST",
            &start,
            r#"{"taskQueue":"orders"}"#,
            400,
            3,
            "taskQueue: invalid type: string",
        ),
        (
            "POST",
            &format!("{start}?runId=x"),
            "",
            400,
            3,
            "unknown query parameter \"runId\"",
        ),
        ("GET", &format!("{WORKFLOWS}?pageSize=all"), "", 400, 3, "pageSize: "),
        (
            "POST",
            &format!("{start}/cancel"),
            r#"{"workflowExecution":7}"#,
            400,
            3,
            "must be an object",
        ),
    ];
    for &(verb, path, body, http, code, words) in cases {
        check_refused(request(verb, path, body), http, code, words).await;
    }
}

#[tokio::test]
async fn a_body_has_a_bound() {
    let large = Request::post(format!("{WORKFLOWS}/o-1"));
    let large = large
        .body(vec![b' '; BODY_BYTES_MAX + 1].into())
        .expect("it is a request");
    check_refused(large, 413, 3, "the body cannot be read").await;
}

#[tokio::test]
async fn pages_of_other_sites_change_nothing() {
    let mut foreign = request("POST", &format!("{WORKFLOWS}/o-1/terminate"), "{}");
    foreign
        .headers_mut()
        .insert("sec-fetch-site", "cross-site".parse().expect("a header"));
    check_refused(foreign, 403, 7, "another site").await;
}

#[tokio::test]
async fn who_calls_is_told_to_the_service_and_what_http_is_stays_behind() {
    let seen = Arc::new(Mutex::new(None));
    let keep = seen.clone();
    let service = Router::new().fallback(async move |request: Request<Body>| {
        *keep.lock().expect("it is whole") = Some((request.uri().path().to_owned(), request.headers().clone()));
        tonic::Status::permission_denied("not you")
            .into_http::<tonic::body::Body>()
            .map(Body::new)
    });
    let mut call = request("GET", "/api/v1/system-info", "");
    let sent = [
        ("authorization", "Bearer key"),
        ("temporal-namespace", "default"),
        ("grpc-timeout", "5S"),
        ("host", "localhost"),
        ("connection", "keep-alive"),
        ("accept-encoding", "gzip"),
    ];
    for (name, value) in sent {
        call.headers_mut().insert(name, value.parse().expect("a header"));
    }
    let (status, body) = answer(router(service), call).await;
    assert_eq!(
        (status.as_u16(), body["code"].clone(), body["message"].clone()),
        (403, json!(7), json!("not you"))
    );

    let (path, headers) = seen.lock().expect("it is whole").take().expect("it was called");
    assert_eq!(path, "/temporal.api.workflowservice.v1.WorkflowService/GetSystemInfo");
    let mut names: Vec<_> = headers.keys().map(|name| name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "authorization",
            "content-type",
            "grpc-timeout",
            "te",
            "temporal-namespace"
        ]
    );
}

#[tokio::test]
async fn a_client_that_goes_away_ends_its_call() {
    let (calling, called) = oneshot::channel();
    let (calling, cancelled) = (Arc::new(Mutex::new(Some(calling))), CancellationToken::new());
    let guard = cancelled.clone();
    let service = Router::new().fallback(async move || {
        let _cancels = guard.drop_guard();
        let _ = calling
            .lock()
            .expect("it is whole")
            .take()
            .map(|calling| calling.send(()));
        pending::<()>().await;
    });
    let services = Services {
        router: service,
        stopping: CancellationToken::new(),
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = listener.local_addr().expect("it has an address");
    tokio::spawn(serve(services, listener, pending()));
    let mut client = TcpStream::connect(address).await.expect("it listens");
    let poll = format!("GET {WORKFLOWS}/o-1/history?waitNewEvent=true HTTP/1.1\r\nhost: here\r\n\r\n");
    client.write_all(poll.as_bytes()).await.expect("it reads");
    called.await.expect("it is called");
    assert!(!cancelled.is_cancelled());
    drop(client);
    cancelled.cancelled().await;
}
