//! What `docs/compatibility.md` says of each of Temporal's methods, beside what there is and what the program answers.

use crate::support::server::Server;
use mainspring_api::methods::{OPERATOR_SERVICE, OPERATOR_SERVICE_METHODS, WORKFLOW_SERVICE, WORKFLOW_SERVICE_METHODS};
use mainspring_api::{http_rules, methods_without_http};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tonic::client::Grpc;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Status};
use tonic_prost::ProstCodec;

const PAGE: &str = include_str!("../../docs/compatibility.md");

/// Longer than an answer to an empty request takes on any machine.
const CALL_TIMEOUT: Duration = Duration::from_secs(30);

/// Whether the page says that a method is served, by the method's full name.
fn told() -> BTreeMap<String, bool> {
    let mut service = "";
    let mut told = BTreeMap::new();
    for line in PAGE.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            service = heading;
        }
        let Some(row) = line.strip_prefix("| `") else {
            continue;
        };
        let (method, rest) = row.split_once("` | ").expect("a row begins with a method");
        let (verdict, remark) = rest.split_once(" | ").unwrap_or((rest, ""));
        assert!(
            verdict == "yes" || remark.trim_end_matches('|').trim().ends_with('.'),
            "nothing is said of {method}, which is not as Temporal's"
        );
        let is_served = match verdict {
            "yes" | "differs" => true,
            "no" => false,
            other => panic!("{method}: {other:?} is neither yes, differs nor no"),
        };
        let twice = told.insert(format!("{service}/{method}"), is_served);
        assert_eq!(twice, None, "{method} is there twice");
    }
    told
}

fn served() -> BTreeSet<String> {
    [
        (WORKFLOW_SERVICE, WORKFLOW_SERVICE_METHODS),
        (OPERATOR_SERVICE, OPERATOR_SERVICE_METHODS),
    ]
    .into_iter()
    .flat_map(|(service, methods)| methods.iter().map(move |method| format!("{service}/{method}")))
    .collect()
}

#[test]
fn the_page_has_each_method_once_and_says_whether_it_is_served() {
    let with_paths: BTreeSet<_> = http_rules().map(|rule| rule.method).collect();
    let all = methods_without_http().chain(with_paths);
    let all: BTreeSet<_> = all.map(str::to_owned).collect();
    let told = told();
    assert_eq!(told.keys().cloned().collect::<BTreeSet<_>>(), all);
    let told_served = told
        .into_iter()
        .filter_map(|(method, is_served)| is_served.then_some(method));
    assert_eq!(told_served.collect::<BTreeSet<_>>(), served());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_answers_as_the_page_says() {
    let server = Server::start().await;
    let endpoint = Endpoint::from_shared(format!("http://{}", server.grpc())).expect("an address is a URL");
    let channel = endpoint.connect().await.expect("the server is there");
    for (method, is_served) in told() {
        let answer = call(channel.clone(), &method).await;
        let code = answer.as_ref().err().map_or(Code::Ok, Status::code);
        if is_served {
            // Of an empty request, hardly one says what is wanted.
            assert!(matches!(code, Code::Ok | Code::InvalidArgument), "{method}: {answer:?}");
        } else {
            assert_eq!(code, Code::Unimplemented, "{method}: {answer:?}");
        }
    }
}

/// Calls a method by its full name, with an empty request.
async fn call(channel: Channel, method: &str) -> Result<(), Status> {
    let mut grpc = Grpc::new(channel);
    grpc.ready().await.expect("the server is there");
    let path = PathAndQuery::try_from(format!("/{method}")).expect("a name is a path");
    let mut request = Request::new(());
    request.set_timeout(CALL_TIMEOUT);
    grpc.unary(request, path, ProstCodec::<(), ()>::default())
        .await
        .map(|_| ())
}
