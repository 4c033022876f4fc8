//! Our own service for what operators set about task queues and workflow types.

use super::{
    convert::{InvalidField, fairness_key, fairness_weight, timestamp_to_wire},
    front::{Front, identity},
    limits::{optional_name, required_name},
    methods::task_queues::rate,
};
use crate::{
    dispatch::QueueDescription,
    engine::WorkflowTypeDescription,
    store::{Change, TaskQueueSettings},
};
use mainspring_api::control::{self as wire, ControlService};
use tonic::{Request, Response, Status};

type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl ControlService for Front {
    async fn update_task_queue(&self, request: Request<wire::UpdateTaskQueueRequest>) -> Answer<wire::TaskQueue> {
        let request = request.into_inner();
        let change = self.change(request.identity, request.reason)?;
        let limit = |update: Option<wire::LimitUpdate>| update.map(|it| it.value);
        let limited = |field, value: Option<f64>| value.map(|it| rate(field, it as f32, change.clone())).transpose();
        let queue_rate = limit(request.rate).map(|it| limited("rate", it)).transpose()?;
        let key_rate = limit(request.key_rate).map(|it| limited("key_rate", it)).transpose()?;
        let concurrency = limit(request.concurrency).map(concurrency).transpose()?;
        let weights = request.weights.into_iter().map(|(key, update)| {
            let key = fairness_key("weights", key)?;
            let weight = update.value.map(|it| fairness_weight("weights", it as f32));
            Ok((key, weight.transpose()?))
        });
        let weights: Vec<(String, Option<f32>)> = weights.collect::<Result<_, InvalidField>>()?;
        self.change_queue(request.namespace, request.name, move |settings| {
            if let Some(rate) = queue_rate {
                settings.rate = rate;
            }
            if let Some(rate) = key_rate {
                settings.key_rate = rate;
            }
            if let Some(concurrency) = concurrency {
                settings.concurrency = concurrency;
            }
            for (key, weight) in weights {
                match weight {
                    Some(weight) => settings.weights.insert(key, weight),
                    None => settings.weights.remove(&key),
                };
            }
        })
        .await
    }

    async fn pause_task_queue(&self, request: Request<wire::PauseTaskQueueRequest>) -> Answer<wire::TaskQueue> {
        let request = request.into_inner();
        let change = self.change(request.identity, request.reason)?;
        self.change_queue(request.namespace, request.name, move |settings| {
            settings.paused.get_or_insert(change);
        })
        .await
    }

    async fn resume_task_queue(&self, request: Request<wire::ResumeTaskQueueRequest>) -> Answer<wire::TaskQueue> {
        let request = request.into_inner();
        self.change_queue(request.namespace, request.name, |settings| settings.paused = None)
            .await
    }

    async fn describe_task_queue(&self, request: Request<wire::DescribeTaskQueueRequest>) -> Answer<wire::TaskQueue> {
        let request = request.into_inner();
        let namespace = self.known_namespace(request.namespace)?;
        let name = required_name("name", request.name)?;
        Ok(Response::new(self.queue(&namespace, name)))
    }

    async fn list_task_queues(
        &self,
        request: Request<wire::ListTaskQueuesRequest>,
    ) -> Answer<wire::ListTaskQueuesResponse> {
        let namespace = self.known_namespace(request.into_inner().namespace)?;
        let queues = self.engine().task_queues(&namespace).into_iter();
        let task_queues = queues.map(|(name, queue)| queue_to_wire(name, &queue)).collect();
        Ok(Response::new(wire::ListTaskQueuesResponse { task_queues }))
    }

    async fn pause_workflow_type(
        &self,
        request: Request<wire::PauseWorkflowTypeRequest>,
    ) -> Answer<wire::PauseWorkflowTypeResponse> {
        let request = request.into_inner();
        let change = self.change(request.identity, request.reason)?;
        let namespace = required_name("namespace", request.namespace)?;
        let name = required_name("name", request.name)?;
        self.engine().pause_workflow_type(&namespace, &name, change).await?;
        Ok(Response::new(wire::PauseWorkflowTypeResponse {}))
    }

    async fn resume_workflow_type(
        &self,
        request: Request<wire::ResumeWorkflowTypeRequest>,
    ) -> Answer<wire::ResumeWorkflowTypeResponse> {
        let request = request.into_inner();
        let namespace = required_name("namespace", request.namespace)?;
        let name = required_name("name", request.name)?;
        let was_paused = self.engine().resume_workflow_type(&namespace, &name).await?;
        Ok(Response::new(wire::ResumeWorkflowTypeResponse { was_paused }))
    }

    async fn list_workflow_types(
        &self,
        request: Request<wire::ListWorkflowTypesRequest>,
    ) -> Answer<wire::ListWorkflowTypesResponse> {
        let namespace = self.known_namespace(request.into_inner().namespace)?;
        let types = self.engine().workflow_types(&namespace).into_iter();
        let workflow_types = types.map(type_to_wire).collect();
        Ok(Response::new(wire::ListWorkflowTypesResponse { workflow_types }))
    }
}

impl Front {
    async fn change_queue(
        &self,
        namespace: String,
        name: String,
        change: impl FnOnce(&mut TaskQueueSettings) + Send + 'static,
    ) -> Answer<wire::TaskQueue> {
        let namespace = required_name("namespace", namespace)?;
        let name = required_name("name", name)?;
        self.engine().change_task_queue(&namespace, &name, change).await?;
        Ok(Response::new(self.queue(&namespace, name)))
    }

    fn queue(&self, namespace: &str, name: String) -> wire::TaskQueue {
        let queue = self.engine().describe_queue(namespace, &name);
        queue_to_wire(name, &queue)
    }

    fn change(&self, who: String, reason: String) -> Result<Change, InvalidField> {
        Ok(Change {
            reason: optional_name("reason", reason)?,
            identity: identity(who)?,
            at: self.engine().now(),
        })
    }
}

/// A whole number of tasks; none takes the limit back.
fn concurrency(value: Option<f64>) -> Result<Option<u32>, InvalidField> {
    let whole = |value: f64| {
        let fits = value >= 0.0 && value <= f64::from(u32::MAX) && value.fract() == 0.0;
        fits.then_some(value as u32)
            .ok_or_else(|| InvalidField::new("concurrency", "must be a whole number that is not negative"))
    };
    value.map(whole).transpose()
}

fn queue_to_wire(name: String, queue: &QueueDescription) -> wire::TaskQueue {
    let settings = &queue.settings;
    let pollers = queue.pollers.iter().map(|(identity, latest)| wire::Poller {
        identity: identity.clone(),
        latest_poll: Some(timestamp_to_wire(*latest)),
    });
    wire::TaskQueue {
        name,
        waiting: queue
            .waiting
            .iter()
            .map(|(level, count)| (*level, *count as u64))
            .collect(),
        running: queue.running as u64,
        pollers: pollers.collect(),
        rate: queue.rate.map(|rate| rate.per_second),
        rate_of_worker: queue.rate.is_some_and(|rate| rate.of_worker),
        key_rate: settings.key_rate.as_ref().map(|rate| rate.per_second),
        concurrency: settings.concurrency,
        weights: settings.weights.clone().into_iter().collect(),
        pause: settings.paused.as_ref().map(pause_to_wire),
    }
}

fn type_to_wire(of_type: WorkflowTypeDescription) -> wire::WorkflowType {
    wire::WorkflowType {
        name: of_type.name,
        module: of_type.module.unwrap_or_default(),
        pause: of_type.paused.as_deref().map(pause_to_wire),
    }
}

fn pause_to_wire(pause: &Change) -> wire::Pause {
    wire::Pause {
        reason: pause.reason.clone(),
        identity: pause.identity.clone(),
        since: Some(timestamp_to_wire(pause.at)),
    }
}
