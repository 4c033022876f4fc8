//! The order of every tutorial: validate, charge, ship, update the stock, tell the customer.
//!
//! The activities are in `../python` and `../typescript`; the shapes of their data are in `../README.md`.

use mainspring_workflow::{Failure, activities, export, info, workflow};
use serde::{Deserialize, Serialize};

/// What `validateOrder` knows of an order.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Order {
    order_id: String,
    customer: String,
    amount_cents: u64,
    items: Vec<Item>,
}

#[derive(Serialize, Deserialize)]
struct Item {
    sku: String,
    quantity: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Charge {
    charge_id: String,
    amount_cents: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Shipment {
    tracking_number: String,
}

/// What the customer is told.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Confirmation<'a> {
    order_id: &'a str,
    customer: &'a str,
    charge_id: &'a str,
    tracking_number: &'a str,
}

/// What comes of an order.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Receipt {
    order_id: String,
    charge_id: String,
    tracking_number: String,
}

#[activities(
    rename_all = "camelCase",
    start_to_close = "30s",
    retry(initial = "1s", coefficient = 2.0, maximum_attempts = 5)
)]
trait Shop {
    /// An order that the shop does not know fails as `UnknownOrder`, and is not tried again.
    async fn validate_order(order_id: &str) -> Result<Order, Failure>;

    async fn charge_card(order: &Order) -> Result<Charge, Failure>;

    async fn create_shipment(order: &Order) -> Result<Shipment, Failure>;

    async fn update_inventory(items: &[Item]) -> Result<(), Failure>;

    async fn send_confirmation(confirmation: &Confirmation<'_>) -> Result<(), Failure>;
}

/// Takes an order from the click to the parcel.
#[workflow(name = "processOrder")]
async fn process_order(order_id: String) -> Result<Receipt, Failure> {
    let order = Shop::validate_order(&order_id).await?;
    let Charge {
        charge_id,
        amount_cents,
    } = Shop::charge_card(&order).await?;
    info!(charge_id = charge_id, "charged {amount_cents} cents");

    let Shipment { tracking_number } = Shop::create_shipment(&order).await?;
    Shop::update_inventory(&order.items).await?;
    Shop::send_confirmation(&Confirmation {
        order_id: &order_id,
        customer: &order.customer,
        charge_id: &charge_id,
        tracking_number: &tracking_number,
    })
    .await?;

    Ok(Receipt {
        order_id,
        charge_id,
        tracking_number,
    })
}

export!(process_order);

#[cfg(test)]
mod tests {
    use mainspring_workflow::testing::TestRun;

    use super::*;

    const ORDER: &str = r#"{"orderId":"o-1","customer":"Ada","amountCents":4200,"items":[{"sku":"pen","quantity":2}]}"#;

    fn order() -> Order {
        let items = vec![Item {
            sku: "pen".to_owned(),
            quantity: 2,
        }];
        Order {
            order_id: "o-1".to_owned(),
            customer: "Ada".to_owned(),
            amount_cents: 4200,
            items,
        }
    }

    #[test]
    fn an_order_from_the_click_to_the_parcel() {
        let mut run = TestRun::start::<process_order>(("o-1".to_owned(),));
        assert_eq!(run.commands(), [r#"1: activity validateOrder "o-1""#]);
        run.complete(1, &order());
        assert_eq!(run.commands(), [format!("2: activity chargeCard {ORDER}")]);
        run.complete(
            2,
            &Charge {
                charge_id: "c-1".to_owned(),
                amount_cents: 4200,
            },
        );
        assert_eq!(run.commands(), [format!("3: activity createShipment {ORDER}")]);
        run.complete(
            3,
            &Shipment {
                tracking_number: "t-1".to_owned(),
            },
        );
        assert_eq!(
            run.commands(),
            [r#"4: activity updateInventory [{"sku":"pen","quantity":2}]"#]
        );
        run.complete(4, &());
        let told = r#"{"orderId":"o-1","customer":"Ada","chargeId":"c-1","trackingNumber":"t-1"}"#;
        assert_eq!(run.commands(), [format!("5: activity sendConfirmation {told}")]);
        run.complete(5, &());
        assert_eq!(
            run.commands(),
            [r#"complete {"orderId":"o-1","chargeId":"c-1","trackingNumber":"t-1"}"#]
        );
    }

    #[test]
    fn an_unknown_order_fails_the_run() {
        let mut run = TestRun::start::<process_order>(("o-9".to_owned(),));
        run.fail(
            1,
            Failure::application("UnknownOrder", "there is no order o-9").non_retryable(),
        );
        assert_eq!(run.commands()[1..], ["fail UnknownOrder: there is no order o-9"]);
    }
}
