use super::Workflows;
use crate::kill::calls::{acknowledged, request, returns, start_as, start_with};
use crate::support::client::{Client, payloads};
use mainspring_api::temporal::common::v1::Memo;
use mainspring_api::temporal::enums::v1::IndexedValueType;
use mainspring_api::temporal::workflowservice::v1::StartWorkflowExecutionRequest;
use serde_json::{Value, json};
use tonic::Code;

/// What a workflow is started with and says of itself, and is found by; and the path of its code that it takes.
pub(in crate::kill) async fn descriptions(client: &Client) -> Workflows {
    let types = [
        ("Customer", IndexedValueType::Keyword),
        ("Items", IndexedValueType::Int),
    ];
    let added = acknowledged(|| client.add_search_attributes(&types)).await;
    // If only the answer was lost, they are there.
    assert!(
        added.as_ref().is_err_and(|it| it.code() == Code::AlreadyExists) || added.is_ok(),
        "{added:?}"
    );
    let described = request("golden_notes", "described", &[]);
    let described = StartWorkflowExecutionRequest {
        memo: Some(memo("given", &json!("at the start"))),
        ..described
    };
    start_as(client, described).await;
    returns(client, "described", Value::Null).await;
    assert_eq!(
        memo_of(client, "described").await,
        json!({"given": "at the start", "note": "second"})
    );
    assert_eq!(found(client, "Customer = 'ann'").await, ["described"]);
    // It took that back.
    assert_eq!(found(client, "Items IS NOT NULL").await, [""; 0]);

    start_with(client, "versions_in_haste", "patched", &[]).await;
    returns(client, "patched", json!(true)).await;

    assert_eq!(
        found(client, "ExecutionStatus = 'Completed' ORDER BY WorkflowId DESC").await,
        ["patched", "described"]
    );
    vec!["described", "patched"]
}

async fn found(client: &Client, query: &str) -> Vec<String> {
    acknowledged(|| client.list(query)).await.expect("they are listed")
}

fn memo(name: &str, value: &Value) -> Memo {
    Memo {
        fields: payloads(value)
            .payloads
            .into_iter()
            .map(|it| (name.to_owned(), it))
            .collect(),
    }
}

/// The memo as a client sees it.
async fn memo_of(client: &Client, workflow_id: &str) -> Value {
    let described = acknowledged(|| client.describe(workflow_id))
        .await
        .expect("it is known");
    let memo = described
        .workflow_execution_info
        .and_then(|it| it.memo)
        .unwrap_or_default();
    let fields = memo.fields.into_iter().map(|(name, payload)| {
        let value = serde_json::from_slice(&payload.data).expect("it is JSON");
        (name, value)
    });
    Value::Object(fields.collect())
}
