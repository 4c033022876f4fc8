//! Temporal's service for operators: only what tools read to know what lists can be filtered by.

use super::{
    front::Front,
    list_filter::{ATTRIBUTES, AttributeType},
};
use mainspring_api::{
    operator_service::OperatorService,
    temporal::{
        enums::v1::IndexedValueType,
        operatorservice::v1::{ListSearchAttributesRequest, ListSearchAttributesResponse},
    },
};
use tonic::{Request, Response, Status};

#[tonic::async_trait]
impl OperatorService for Front {
    async fn list_search_attributes(
        &self,
        _: Request<ListSearchAttributesRequest>,
    ) -> Result<Response<ListSearchAttributesResponse>, Status> {
        let system_attributes = ATTRIBUTES
            .iter()
            .map(|(name, of)| ((*name).to_owned(), type_to_wire(*of).into()));
        Ok(Response::new(ListSearchAttributesResponse {
            system_attributes: system_attributes.collect(),
            ..Default::default()
        }))
    }
}

const fn type_to_wire(attribute_type: AttributeType) -> IndexedValueType {
    match attribute_type {
        AttributeType::Keyword => IndexedValueType::Keyword,
        AttributeType::Datetime => IndexedValueType::Datetime,
    }
}
