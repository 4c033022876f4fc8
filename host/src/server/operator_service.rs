//! Temporal's service for operators: the names and types of what runs are found by, and the end of namespaces.

use super::{
    front::Front,
    methods::{namespaces, search_attributes},
};
use mainspring_api::{
    operator_service::OperatorService,
    temporal::operatorservice::v1::{
        AddSearchAttributesRequest, AddSearchAttributesResponse, DeleteNamespaceRequest, DeleteNamespaceResponse,
        ListSearchAttributesRequest, ListSearchAttributesResponse, RemoveSearchAttributesRequest,
        RemoveSearchAttributesResponse,
    },
};
use tonic::{Request, Response, Status};

#[tonic::async_trait]
impl OperatorService for Front {
    async fn add_search_attributes(
        &self,
        request: Request<AddSearchAttributesRequest>,
    ) -> Result<Response<AddSearchAttributesResponse>, Status> {
        search_attributes::add(self, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn list_search_attributes(
        &self,
        request: Request<ListSearchAttributesRequest>,
    ) -> Result<Response<ListSearchAttributesResponse>, Status> {
        search_attributes::list(self, request.into_inner()).map(Response::new)
    }

    async fn remove_search_attributes(
        &self,
        request: Request<RemoveSearchAttributesRequest>,
    ) -> Result<Response<RemoveSearchAttributesResponse>, Status> {
        search_attributes::remove(self, request.into_inner())
            .await
            .map(Response::new)
    }

    async fn delete_namespace(
        &self,
        request: Request<DeleteNamespaceRequest>,
    ) -> Result<Response<DeleteNamespaceResponse>, Status> {
        namespaces::delete(self, request.into_inner()).await.map(Response::new)
    }
}
