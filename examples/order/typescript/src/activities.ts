/** What an order does to the world outside. Each function stands for a call to some other system. */

import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import { ApplicationFailure } from "@temporalio/activity";

export interface Item {
  sku: string;
  quantity: number;
}

export interface Order {
  orderId: string;
  customer: string;
  amountCents: number;
  items: Item[];
}

export interface Charge {
  chargeId: string;
  amountCents: number;
}

export interface Shipment {
  trackingNumber: string;
}

export interface Confirmation {
  orderId: string;
  customer: string;
  chargeId: string;
  trackingNumber: string;
}

const stepMs = Number(process.env.ORDER_STEP_MS ?? 0);

export async function validateOrder(orderId: string): Promise<Order> {
  await takeTime();
  if (orderId.startsWith("unknown-")) {
    // Asking again will not make the order known.
    throw ApplicationFailure.nonRetryable(`there is no order ${orderId}`, "UnknownOrder");
  }
  return {
    orderId,
    customer: "ada@example.com",
    amountCents: 4_200,
    items: [
      { sku: "mainspring", quantity: 1 },
      { sku: "balance-wheel", quantity: 2 },
    ],
  };
}

export async function chargeCard(order: Order): Promise<Charge> {
  // A payment provider is also given a key, the workflow id for one, under which it charges once:
  // an attempt that has charged but could not say so is followed by another.
  await takeTime();
  return { chargeId: `ch-${shortId()}`, amountCents: order.amountCents };
}

export async function createShipment(_order: Order): Promise<Shipment> {
  await takeTime();
  return { trackingNumber: `tr-${shortId()}` };
}

export async function updateInventory(_items: Item[]): Promise<void> {
  await takeTime();
}

export async function sendConfirmation(_confirmation: Confirmation): Promise<void> {
  await takeTime();
}

/** Makes an activity take about as long as is wished, so that one can watch it, or kill something meanwhile. */
function takeTime(): Promise<void> {
  return sleep(stepMs * (0.5 + Math.random()));
}

function shortId(): string {
  return randomUUID().replaceAll("-", "").slice(0, 12);
}
