//! Uploading, listing and describing workflow modules.

use super::{convert::timestamp_to_wire, front::Front, limits::required_name, status};
use crate::{
    catalog::ModuleDescription,
    store::ModuleVersion,
    wasm::{HandlerDefinition, Manifest, WorkflowDefinition},
};
use bytes::{Bytes, BytesMut};
use mainspring_api::modules::{self as wire, ModuleService, push_module_request::Part};
use mainspring_core::Size;
use tonic::{Request, Response, Status, Streaming};

type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl ModuleService for Front {
    async fn push_module(
        &self,
        request: Request<Streaming<wire::PushModuleRequest>>,
    ) -> Answer<wire::PushModuleResponse> {
        let mut parts = request.into_inner();
        let Some(Part::Header(header)) = next_part(&mut parts).await? else {
            return Err(Status::invalid_argument(
                "the first message of an upload must be its header",
            ));
        };
        let namespace = self.known_namespace(header.namespace)?;
        let name = required_name("header.name", header.name)?;
        let place = self.uploads().acquire().await;
        let file = receive(&mut parts, self.engine().settings().wasm.limits.module_bytes_max).await?;
        let pushed = self.engine().push_module(&namespace, &name, file).await?;
        drop(place);
        Ok(Response::new(wire::PushModuleResponse {
            name,
            version: Some(version_to_wire(&pushed.version)),
            manifest: Some(manifest_to_wire(&pushed.manifest)),
            unchanged: pushed.is_unchanged,
        }))
    }

    async fn list_modules(&self, request: Request<wire::ListModulesRequest>) -> Answer<wire::ListModulesResponse> {
        let namespace = self.known_namespace(request.into_inner().namespace)?;
        let modules = self.engine().modules(&namespace).iter().map(summary_to_wire).collect();
        Ok(Response::new(wire::ListModulesResponse { modules }))
    }

    async fn describe_module(
        &self,
        request: Request<wire::DescribeModuleRequest>,
    ) -> Answer<wire::DescribeModuleResponse> {
        let wire::DescribeModuleRequest { namespace, name } = request.into_inner();
        let namespace = self.known_namespace(namespace)?;
        let module = self.engine().module(&namespace, &name).ok_or_else(|| {
            status::not_found(format!(
                "namespace {namespace:?} has no module {name:?}; `mainspring module list` shows those there are"
            ))
        })?;
        Ok(Response::new(wire::DescribeModuleResponse {
            versions: module.versions.iter().map(version_to_wire).collect(),
            manifest: module.manifest.as_ref().map(manifest_to_wire),
            name: module.name,
        }))
    }
}

async fn next_part(parts: &mut Streaming<wire::PushModuleRequest>) -> Result<Option<Part>, Status> {
    Ok(parts.message().await?.and_then(|message| message.part))
}

/// The uploaded file. Stops reading as soon as it is too large.
async fn receive(parts: &mut Streaming<wire::PushModuleRequest>, bytes_max: usize) -> Result<Bytes, Status> {
    let mut file = BytesMut::new();
    while let Some(part) = next_part(parts).await? {
        let Part::Chunk(chunk) = part else {
            return Err(Status::invalid_argument("an upload has one header, before all chunks"));
        };
        if file.len() + chunk.len() > bytes_max {
            return Err(Status::invalid_argument(format!(
                "the module has more than {}, which is the limit; build it optimised and without debug information",
                Size(bytes_max)
            )));
        }
        file.extend_from_slice(&chunk);
    }
    Ok(file.freeze())
}

fn summary_to_wire(module: &ModuleDescription) -> wire::ModuleSummary {
    wire::ModuleSummary {
        name: module.name.clone(),
        current: module.versions.first().map(version_to_wire),
        version_count: u32::try_from(module.versions.len()).unwrap_or(u32::MAX),
        manifest: module.manifest.as_ref().map(manifest_to_wire),
    }
}

fn version_to_wire(version: &ModuleVersion) -> wire::ModuleVersion {
    wire::ModuleVersion {
        digest: version.digest.to_string(),
        size_bytes: version.size_bytes,
        pushed_at: Some(timestamp_to_wire(version.pushed)),
    }
}

fn manifest_to_wire(manifest: &Manifest) -> wire::Manifest {
    wire::Manifest {
        sdk: manifest.sdk.clone(),
        workflows: manifest.workflows.iter().map(workflow_to_wire).collect(),
    }
}

fn workflow_to_wire(workflow: &WorkflowDefinition) -> wire::WorkflowDefinition {
    let handlers = |handlers: &[HandlerDefinition]| handlers.iter().map(handler_to_wire).collect();
    wire::WorkflowDefinition {
        name: workflow.name.clone(),
        description: workflow.description.clone(),
        signals: handlers(&workflow.signals),
        queries: handlers(&workflow.queries),
        updates: handlers(&workflow.updates),
    }
}

fn handler_to_wire(handler: &HandlerDefinition) -> wire::HandlerDefinition {
    wire::HandlerDefinition {
        name: handler.name.clone(),
        description: handler.description.clone(),
    }
}
