//! The front over a real connection, with an engine that has no modules: what is refused, and how.

use super::*;
use crate::engine::Settings;
use mainspring_api::{
    methods::{OPERATOR_SERVICE, WORKFLOW_SERVICE},
    modules::{ModuleServiceClient, PushModuleHeader, PushModuleRequest, push_module_request::Part},
    operator_service::OperatorServiceClient,
    rpc,
    temporal::{
        common::v1::{Payload, Payloads, WorkflowExecution, WorkflowType},
        operatorservice::v1::ListSearchAttributesRequest,
        taskqueue::v1::TaskQueue,
        workflowservice::v1::*,
    },
    workflow_service::WorkflowServiceClient,
};
use prost::Message;
use std::time::Instant;
use tokio::{sync::oneshot, task::JoinHandle};
use tonic::{Code, Request, Status, transport::Channel};
use tonic_health::pb::{HealthCheckRequest, health_client::HealthClient};

struct Served {
    channel: Channel,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<Result<(), tonic::transport::Error>>,
}

impl Served {
    async fn new() -> Self {
        let engine = Engine::open(Settings::ephemeral()).await.expect("the engine opens");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = listener.local_addr().expect("it has an address");
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(serve(Services::new(engine).await, listener, async {
            let _ = stopped.await;
        }));
        let channel = Channel::from_shared(format!("http://{address}")).expect("an address is a URL");
        Self {
            channel: channel.connect().await.expect("it listens"),
            stop,
            serving,
        }
    }

    fn workflows(&self) -> WorkflowServiceClient<Channel> {
        WorkflowServiceClient::new(self.channel.clone()).send_compressed(CompressionEncoding::Gzip)
    }

    fn modules(&self) -> ModuleServiceClient<Channel> {
        ModuleServiceClient::new(self.channel.clone()).send_compressed(CompressionEncoding::Gzip)
    }

    async fn push(&self, parts: Vec<Part>) -> Status {
        let parts: Vec<_> = parts
            .into_iter()
            .map(|part| PushModuleRequest { part: Some(part) })
            .collect();
        self.modules()
            .push_module(futures::stream::iter(parts))
            .await
            .expect_err("it is refused")
    }

    /// Calls a method by its path, with an empty message.
    async fn call(&self, path: &'static str) -> Status {
        let mut grpc = tonic::client::Grpc::new(self.channel.clone());
        grpc.ready().await.expect("it listens");
        let codec = tonic_prost::ProstCodec::<HealthCheckRequest, HealthCheckRequest>::default();
        let request = Request::new(HealthCheckRequest::default());
        grpc.unary(
            request,
            tonic::codegen::http::uri::PathAndQuery::from_static(path),
            codec,
        )
        .await
        .expect_err("it is refused")
    }
}

fn start(namespace: &str, input: Vec<u8>) -> StartWorkflowExecutionRequest {
    StartWorkflowExecutionRequest {
        namespace: namespace.into(),
        workflow_id: "order-1".into(),
        workflow_type: Some(WorkflowType { name: "order".into() }),
        task_queue: Some(TaskQueue {
            name: "orders".into(),
            ..Default::default()
        }),
        input: Some(Payloads {
            payloads: vec![Payload {
                data: input,
                ..Default::default()
            }],
        }),
        ..Default::default()
    }
}

fn poll() -> PollActivityTaskQueueRequest {
    PollActivityTaskQueueRequest {
        namespace: "default".into(),
        task_queue: Some(TaskQueue {
            name: "orders".into(),
            ..Default::default()
        }),
        ..Default::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_service_accepts_gzip() {
    let served = Served::new().await;
    let info = served
        .workflows()
        .get_system_info(GetSystemInfoRequest {})
        .await
        .expect("answers")
        .into_inner();
    assert!(info.capabilities.is_some());
    let mut health = HealthClient::new(served.channel.clone()).send_compressed(CompressionEncoding::Gzip);
    for service in ["", WORKFLOW_SERVICE] {
        health
            .check(HealthCheckRequest {
                service: service.into(),
            })
            .await
            .expect("is healthy");
    }
    let mut operator = OperatorServiceClient::new(served.channel.clone()).send_compressed(CompressionEncoding::Gzip);
    operator
        .list_search_attributes(ListSearchAttributesRequest::default())
        .await
        .expect("answers");
    let modules = mainspring_api::modules::ListModulesRequest {
        namespace: "default".into(),
    };
    assert_eq!(
        served
            .modules()
            .list_modules(modules)
            .await
            .expect("answers")
            .into_inner()
            .modules,
        []
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn methods_that_are_not_served_are_unknown() {
    let served = Served::new().await;
    assert!(OPERATOR_SERVICE.ends_with(".OperatorService"));
    for path in [
        "/temporal.api.workflowservice.v1.WorkflowService/CreateWorkflowRule",
        "/temporal.api.operatorservice.v1.OperatorService/ListClusters",
        "/some.other.Service/Method",
    ] {
        let refused = served.call(path).await;
        assert_eq!(refused.code(), Code::Unimplemented);
        assert!(refused.message().starts_with("unknown method"), "{refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_of_the_caller_are_never_retried() {
    let served = Served::new().await;
    let mut client = served.workflows();
    let unknown_type = client
        .start_workflow_execution(start("default", vec![]))
        .await
        .expect_err("no such type");
    assert_eq!(unknown_type.code(), Code::NotFound);
    assert!(
        unknown_type.message().contains("mainspring module push"),
        "{unknown_type}"
    );

    let unknown_namespace = client
        .start_workflow_execution(start("nobody", vec![]))
        .await
        .expect_err("no such tenant");
    let details = rpc::Status::decode(unknown_namespace.details()).expect("has details");
    assert!(details.details[0].type_url.ends_with(".NamespaceNotFoundFailure"));

    let malformed = DescribeWorkflowExecutionRequest {
        namespace: "default".into(),
        execution: Some(WorkflowExecution {
            workflow_id: "order-1".into(),
            run_id: "latest".into(),
        }),
    };
    let malformed = client
        .describe_workflow_execution(malformed)
        .await
        .expect_err("no such run id");
    // Over the payload limit; over the message limit; and so once it is decompressed, for it compresses well.
    let large = client
        .start_workflow_execution(start("default", vec![0; 3 << 20]))
        .await
        .expect_err("too large");
    let huge = client
        .start_workflow_execution(start("default", vec![0; 6 << 20]))
        .await
        .expect_err("too large");
    let mut plain = WorkflowServiceClient::new(served.channel.clone());
    let plain = plain
        .start_workflow_execution(start("default", vec![0; 6 << 20]))
        .await
        .expect_err("too large");
    let filter = ListWorkflowExecutionsRequest {
        namespace: "default".into(),
        query: "x".into(),
        ..Default::default()
    };
    let filter = client
        .list_workflow_executions(filter)
        .await
        .expect_err("no such attribute");
    let forged = RespondActivityTaskCompletedRequest {
        task_token: vec![7; 60],
        ..Default::default()
    };
    let forged = client
        .respond_activity_task_completed(forged)
        .await
        .expect_err("not a token");
    let workflow_worker = client
        .poll_workflow_task_queue(PollWorkflowTaskQueueRequest::default())
        .await;
    let workflow_worker = workflow_worker.expect_err("there are no workflow tasks");
    for refused in [malformed, large, huge, plain, filter, forged, workflow_worker] {
        assert_eq!(refused.code(), Code::InvalidArgument, "{refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn polls_end_before_the_clients_deadline_and_when_the_server_stops() {
    let served = Served::new().await;
    let mut client = served.workflows();
    let mut request = Request::new(poll());
    request.set_timeout(Duration::from_millis(600));
    let empty = client
        .poll_activity_task_queue(request)
        .await
        .expect("an answer in time")
        .into_inner();
    assert_eq!(empty, PollActivityTaskQueueResponse::default());

    let mut client = served.workflows();
    let waiting = tokio::spawn(async move { client.poll_activity_task_queue(poll()).await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    let since = Instant::now();
    let _ = served.stop.send(());
    assert!(waiting.await.expect("did not panic").is_ok());
    drop(served.channel);
    served.serving.await.expect("did not panic").expect("served to the end");
    assert!(since.elapsed() < STOP_GRACE);
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_must_have_one_header_and_keep_to_the_limit() {
    let served = Served::new().await;
    let header = || {
        Part::Header(PushModuleHeader {
            namespace: "default".into(),
            name: "orders".into(),
        })
    };
    let chunk = |bytes: usize| Part::Chunk(vec![0; bytes].into());
    for parts in [
        vec![],
        vec![chunk(1)],
        vec![header(), header()],
        vec![header(), chunk(100)],
    ] {
        assert_eq!(served.push(parts).await.code(), Code::InvalidArgument);
    }
    let mut large = vec![header()];
    large.extend((0..65).map(|_| chunk(1 << 20)));
    let refused = served.push(large).await;
    assert_eq!(refused.code(), Code::InvalidArgument);
    assert!(refused.message().contains("limit"), "{refused}");
    let other = Part::Header(PushModuleHeader {
        namespace: "nobody".into(),
        name: "orders".into(),
    });
    assert_eq!(served.push(vec![other, chunk(1)]).await.code(), Code::NotFound);
}
