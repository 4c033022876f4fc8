//! The engine inside a program: activities are functions of this process.
//!
//! `cargo run -p mainspring --example embedded -- path/to/order_workflow.wasm`

use mainspring::embedded::non_retryable_failure;
use mainspring::{Failure, Mainspring, Settings};
use serde_json::{Value, json};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let module = std::env::args().nth(1).ok_or("usage: embedded ORDER_WORKFLOW.wasm")?;
    let mainspring = Mainspring::open(Settings::ephemeral()).await?;
    mainspring.load_module("order", module).await?;

    mainspring.activity("orders", "validateOrder", async |_, order_id: String| {
        match order_id.starts_with("o-") {
            true => Ok(json!({
                "orderId": order_id, "customer": "Ada", "amountCents": 4200, "items": [{"sku": "tea", "quantity": 2}],
            })),
            false => Err(non_retryable_failure(
                "UnknownOrder",
                format!("there is no order {order_id}"),
            )),
        }
    });
    mainspring.activity("orders", "chargeCard", async |_, order: Value| {
        Ok::<_, Failure>(json!({ "chargeId": "ch-1", "amountCents": order["amountCents"] }))
    });
    mainspring.activity("orders", "createShipment", async |_, _order: Value| {
        Ok::<_, Failure>(json!({ "trackingNumber": "track-1" }))
    });
    mainspring.activity("orders", "updateInventory", async |_, _items: Value| {
        Ok::<_, Failure>(())
    });
    mainspring.activity("orders", "sendConfirmation", async |_, _confirmation: Value| {
        Ok::<_, Failure>(())
    });

    let order = mainspring
        .workflow("processOrder", "order-1")
        .task_queue("orders")
        .start(&"o-1")
        .await?;
    println!("{}", order.result::<Value>().await?);

    let unknown = mainspring
        .workflow("processOrder", "order-2")
        .task_queue("orders")
        .start(&"unknown-2")
        .await?;
    println!(
        "{}",
        unknown.result::<Value>().await.expect_err("an unknown order fails")
    );
    mainspring.shut_down().await;
    Ok(())
}
