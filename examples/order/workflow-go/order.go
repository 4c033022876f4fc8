// The order of every tutorial: validate, charge, ship, update the stock, tell the customer.
//
// The activities are in ../python and ../typescript; the shapes of their data are in ../README.md.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"mainspring.dev/workflow"
)

// Order is what validateOrder knows of an order.
type Order struct {
	OrderID     string `json:"orderId"`
	Customer    string `json:"customer"`
	AmountCents uint64 `json:"amountCents"`
	Items       []Item `json:"items"`
}

type Item struct {
	SKU      string `json:"sku"`
	Quantity uint32 `json:"quantity"`
}

type Charge struct {
	ChargeID    string `json:"chargeId"`
	AmountCents uint64 `json:"amountCents"`
}

type Shipment struct {
	TrackingNumber string `json:"trackingNumber"`
}

// Confirmation is what the customer is told.
type Confirmation struct {
	OrderID        string `json:"orderId"`
	Customer       string `json:"customer"`
	ChargeID       string `json:"chargeId"`
	TrackingNumber string `json:"trackingNumber"`
}

// Receipt is what comes of an order.
type Receipt struct {
	OrderID        string `json:"orderId"`
	ChargeID       string `json:"chargeId"`
	TrackingNumber string `json:"trackingNumber"`
}

var options = workflow.ActivityOptions{
	StartToClose: 30 * time.Second,
	RetryPolicy: &workflow.RetryPolicy{
		InitialInterval:    time.Second,
		BackoffCoefficient: 2,
		MaximumAttempts:    5,
	},
}

// ProcessOrder takes an order from the click to the parcel. One that the shop does not know fails as UnknownOrder, and is not
// tried again.
func ProcessOrder(ctx context.Context, orderID string) (Receipt, error) {
	order, err := workflow.ExecuteActivity[Order](ctx, "validateOrder", options, orderID).Get()
	if err != nil {
		return Receipt{}, err
	}
	charge, err := workflow.ExecuteActivity[Charge](ctx, "chargeCard", options, order).Get()
	if err != nil {
		return Receipt{}, err
	}
	slog.Info(fmt.Sprintf("charged %d cents", charge.AmountCents), "chargeId", charge.ChargeID)

	shipment, err := workflow.ExecuteActivity[Shipment](ctx, "createShipment", options, order).Get()
	if err != nil {
		return Receipt{}, err
	}
	if _, err := workflow.ExecuteActivity[any](ctx, "updateInventory", options, order.Items).Get(); err != nil {
		return Receipt{}, err
	}
	told := Confirmation{orderID, order.Customer, charge.ChargeID, shipment.TrackingNumber}
	if _, err := workflow.ExecuteActivity[any](ctx, "sendConfirmation", options, told).Get(); err != nil {
		return Receipt{}, err
	}
	return Receipt{orderID, charge.ChargeID, shipment.TrackingNumber}, nil
}

func init() {
	workflow.Register("processOrder", ProcessOrder, workflow.Description("Takes an order from the click to the parcel."))
}

func main() {}
