/** The order of every tutorial: validate, charge, ship, update the stock, tell the customer. */

import { log, proxyActivities } from "@mainspring/workflow";

import type * as activities from "../../typescript/src/activities.js";

/** What comes of an order. */
export interface Receipt {
  orderId: string;
  chargeId: string;
  trackingNumber: string;
}

const { validateOrder, chargeCard, createShipment, updateInventory, sendConfirmation } = proxyActivities<
  typeof activities
>({
  startToCloseTimeout: "30 seconds",
  retry: { initialInterval: "1 second", backoffCoefficient: 2, maximumAttempts: 5 },
});

/** Takes an order from the click to the parcel. */
export async function processOrder(orderId: string): Promise<Receipt> {
  const order = await validateOrder(orderId);
  const { chargeId, amountCents } = await chargeCard(order);
  log.info(`charged ${amountCents} cents`, { chargeId });

  const { trackingNumber } = await createShipment(order);
  await updateInventory(order.items);
  await sendConfirmation({ orderId, customer: order.customer, chargeId, trackingNumber });
  return { orderId, chargeId, trackingNumber };
}
