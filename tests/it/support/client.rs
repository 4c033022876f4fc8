//! A client and a worker over gRPC, as small as they can be.

use bytes::Bytes;
use mainspring_api::limits::MODULE_CHUNK_BYTES;
use mainspring_api::modules::push_module_request::Part;
use mainspring_api::modules::{ModuleServiceClient, PushModuleHeader, PushModuleRequest, PushModuleResponse};
use mainspring_api::temporal::common::v1::{Payload, Payloads, WorkflowExecution, WorkflowType};
use mainspring_api::temporal::failure::v1::failure::FailureInfo;
use mainspring_api::temporal::failure::v1::{ApplicationFailureInfo, Failure};
use mainspring_api::temporal::history::v1::HistoryEvent;
use mainspring_api::temporal::taskqueue::v1::TaskQueue;
use mainspring_api::temporal::workflowservice::v1::*;
use mainspring_api::workflow_service::WorkflowServiceClient;
use serde_json::Value;
use std::net::SocketAddr;
use std::time::Duration;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};

pub(crate) const NAMESPACE: &str = "default";

/// How long a call may take before it is made again.
const CALL_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a poll waits.
const POLL_TIMEOUT: Duration = Duration::from_secs(2);

/// A connection that comes back when the server does.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) workflows: WorkflowServiceClient<Channel>,
    pub(crate) modules: ModuleServiceClient<Channel>,
}

impl Client {
    pub(crate) fn new(address: SocketAddr) -> Self {
        let endpoint = Endpoint::from_shared(format!("http://{address}")).expect("an address is a URL");
        let channel = endpoint.connect_lazy();
        Self {
            workflows: WorkflowServiceClient::new(channel.clone()),
            modules: ModuleServiceClient::new(channel),
        }
    }

    pub(crate) async fn answers(&self) -> bool {
        let mut workflows = self.workflows.clone();
        workflows
            .get_system_info(in_time(GetSystemInfoRequest {}))
            .await
            .is_ok()
    }

    pub(crate) async fn push(&self, name: &str, file: Bytes) -> Result<PushModuleResponse, Status> {
        let header = PushModuleHeader {
            namespace: NAMESPACE.into(),
            name: name.into(),
        };
        let chunks: Vec<_> = (0..file.len())
            .step_by(MODULE_CHUNK_BYTES)
            .map(|at| Part::Chunk(file.slice(at..file.len().min(at + MODULE_CHUNK_BYTES))))
            .collect();
        let parts = std::iter::once(Part::Header(header)).chain(chunks);
        let parts: Vec<_> = parts.map(|part| PushModuleRequest { part: Some(part) }).collect();
        Ok(self
            .modules
            .clone()
            .push_module(futures::stream::iter(parts))
            .await?
            .into_inner())
    }

    pub(crate) async fn start(&self, request: StartWorkflowExecutionRequest) -> Result<String, Status> {
        let started = self
            .workflows
            .clone()
            .start_workflow_execution(in_time(request))
            .await?;
        Ok(started.into_inner().run_id)
    }

    pub(crate) async fn signal(&self, workflow_id: &str, name: &str, argument: &Value) -> Result<(), Status> {
        let request = SignalWorkflowExecutionRequest {
            namespace: NAMESPACE.into(),
            workflow_execution: Some(execution(workflow_id)),
            signal_name: name.into(),
            input: Some(payloads(argument)),
            // The same whenever it is sent again.
            request_id: format!("{workflow_id} {name} {argument}"),
            ..Default::default()
        };
        self.workflows
            .clone()
            .signal_workflow_execution(in_time(request))
            .await
            .map(drop)
    }

    pub(crate) async fn request_cancel(&self, workflow_id: &str) -> Result<(), Status> {
        let request = RequestCancelWorkflowExecutionRequest {
            namespace: NAMESPACE.into(),
            workflow_execution: Some(execution(workflow_id)),
            request_id: format!("cancellation of {workflow_id}"),
            ..Default::default()
        };
        self.workflows
            .clone()
            .request_cancel_workflow_execution(in_time(request))
            .await
            .map(drop)
    }

    pub(crate) async fn describe(&self, workflow_id: &str) -> Result<DescribeWorkflowExecutionResponse, Status> {
        let request = DescribeWorkflowExecutionRequest {
            namespace: NAMESPACE.into(),
            execution: Some(execution(workflow_id)),
        };
        Ok(self
            .workflows
            .clone()
            .describe_workflow_execution(in_time(request))
            .await?
            .into_inner())
    }

    pub(crate) async fn history(&self, workflow_id: &str) -> Result<Vec<HistoryEvent>, Status> {
        let request = GetWorkflowExecutionHistoryRequest {
            namespace: NAMESPACE.into(),
            execution: Some(execution(workflow_id)),
            ..Default::default()
        };
        let answer = self
            .workflows
            .clone()
            .get_workflow_execution_history(in_time(request))
            .await?
            .into_inner();
        Ok(answer.history.map(|it| it.events).unwrap_or_default())
    }

    /// The next task, or one without token if there is none.
    pub(crate) async fn poll(&self, queue: &str) -> Result<PollActivityTaskQueueResponse, Status> {
        let request = PollActivityTaskQueueRequest {
            namespace: NAMESPACE.into(),
            task_queue: Some(task_queue(queue)),
            identity: "the test's worker".into(),
            ..Default::default()
        };
        let mut request = Request::new(request);
        request.set_timeout(POLL_TIMEOUT);
        Ok(self
            .workflows
            .clone()
            .poll_activity_task_queue(request)
            .await?
            .into_inner())
    }

    pub(crate) async fn complete(&self, task_token: &[u8], result: Option<Payloads>) -> Result<(), Status> {
        let request = RespondActivityTaskCompletedRequest {
            task_token: task_token.to_vec(),
            result,
            identity: "the test's worker".into(),
            ..Default::default()
        };
        self.workflows
            .clone()
            .respond_activity_task_completed(in_time(request))
            .await
            .map(drop)
    }

    /// Reports an attempt that failed, and may be made again.
    pub(crate) async fn fail(&self, task_token: &[u8]) -> Result<(), Status> {
        let request = RespondActivityTaskFailedRequest {
            task_token: task_token.to_vec(),
            failure: Some(Failure {
                message: "the test's worker fails it".into(),
                failure_info: Some(FailureInfo::ApplicationFailureInfo(ApplicationFailureInfo::default())),
                ..Default::default()
            }),
            identity: "the test's worker".into(),
            ..Default::default()
        };
        self.workflows
            .clone()
            .respond_activity_task_failed(in_time(request))
            .await
            .map(drop)
    }
}

/// A workflow to be started, recognised by its id when it is sent again.
pub(crate) fn start_request(
    workflow_type: &str,
    workflow_id: &str,
    queue: &str,
    argument: &Value,
) -> StartWorkflowExecutionRequest {
    StartWorkflowExecutionRequest {
        namespace: NAMESPACE.into(),
        workflow_id: workflow_id.into(),
        workflow_type: Some(WorkflowType {
            name: workflow_type.into(),
        }),
        task_queue: Some(task_queue(queue)),
        input: Some(payloads(argument)),
        request_id: format!("start of {workflow_id}"),
        ..Default::default()
    }
}

pub(crate) fn payloads(value: &Value) -> Payloads {
    let metadata = [("encoding".to_owned(), b"json/plain".to_vec())].into();
    Payloads {
        payloads: vec![Payload {
            metadata,
            data: value.to_string().into_bytes(),
            ..Default::default()
        }],
    }
}

/// The first value, as JSON.
pub(crate) fn value(payloads: Option<&Payloads>) -> Value {
    let data = payloads.and_then(|it| it.payloads.first()).map(|it| it.data.as_slice());
    data.and_then(|it| serde_json::from_slice(it).ok()).unwrap_or_default()
}

fn task_queue(name: &str) -> TaskQueue {
    TaskQueue {
        name: name.into(),
        ..Default::default()
    }
}

fn execution(workflow_id: &str) -> WorkflowExecution {
    WorkflowExecution {
        workflow_id: workflow_id.into(),
        run_id: String::new(),
    }
}

fn in_time<T>(message: T) -> Request<T> {
    let mut request = Request::new(message);
    request.set_timeout(CALL_TIMEOUT);
    request
}
