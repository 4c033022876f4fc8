//! A client and a worker over gRPC, as small as they can be.

mod by_id;
mod messages;
mod operators;
mod schedules;
mod worker;

pub(crate) use by_id::ActivityName;
pub(crate) use messages::Answer;

use bytes::Bytes;
use mainspring_api::control::ControlServiceClient;
use mainspring_api::limits::MODULE_CHUNK_BYTES;
use mainspring_api::modules::push_module_request::Part;
use mainspring_api::modules::{ModuleServiceClient, PushModuleHeader, PushModuleRequest, PushModuleResponse};
use mainspring_api::operator_service::OperatorServiceClient;
use mainspring_api::temporal::common::v1::{Payload, Payloads, WorkflowExecution, WorkflowType};
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

/// A connection that comes back when the server does.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) workflows: WorkflowServiceClient<Channel>,
    pub(crate) modules: ModuleServiceClient<Channel>,
    pub(crate) operators: OperatorServiceClient<Channel>,
    pub(crate) control: ControlServiceClient<Channel>,
}

impl Client {
    pub(crate) fn new(address: SocketAddr) -> Self {
        let endpoint = Endpoint::from_shared(format!("http://{address}")).expect("an address is a URL");
        let channel = endpoint.connect_lazy();
        Self {
            workflows: WorkflowServiceClient::new(channel.clone()),
            modules: ModuleServiceClient::new(channel.clone()),
            operators: OperatorServiceClient::new(channel.clone()),
            control: ControlServiceClient::new(channel),
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

    /// Of the current run.
    pub(crate) async fn history(&self, workflow_id: &str) -> Result<Vec<HistoryEvent>, Status> {
        self.history_of_run(workflow_id, "").await
    }

    /// Of that run; of the current one if it is empty.
    pub(crate) async fn history_of_run(&self, workflow_id: &str, run_id: &str) -> Result<Vec<HistoryEvent>, Status> {
        let mut request = GetWorkflowExecutionHistoryRequest {
            namespace: NAMESPACE.into(),
            execution: Some(WorkflowExecution {
                workflow_id: workflow_id.into(),
                run_id: run_id.into(),
            }),
            ..Default::default()
        };
        let mut events = Vec::new();
        loop {
            let mut workflows = self.workflows.clone();
            let read = workflows.get_workflow_execution_history(in_time(request.clone()));
            let page = read.await?.into_inner();
            events.extend(page.history.map(|it| it.events).unwrap_or_default());
            if page.next_page_token.is_empty() {
                return Ok(events);
            }
            request.next_page_token = page.next_page_token;
        }
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

/// One value.
pub(crate) fn payloads(value: &Value) -> Payloads {
    all_payloads(std::slice::from_ref(value))
}

/// Any number of them.
pub(crate) fn all_payloads(values: &[Value]) -> Payloads {
    let payloads = values.iter().map(|value| Payload {
        metadata: [("encoding".to_owned(), b"json/plain".to_vec())].into(),
        data: value.to_string().into_bytes(),
        ..Default::default()
    });
    Payloads {
        payloads: payloads.collect(),
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
