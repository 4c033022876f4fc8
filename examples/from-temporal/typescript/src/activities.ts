/** What the workflows have done by the world outside. */

import { log } from '@temporalio/activity';
import type { ApprovalRequest, Order } from './shared';

/** Asking again makes nobody a customer. */
export class NoSuchCustomerError extends Error {
  override name = 'NoSuchCustomerError';
}

/** There is none left, and none will come. */
export class OutOfStockError extends Error {
  override name = 'OutOfStockError';
}

export async function chargeCard(order: Order): Promise<string> {
  if (order.customer === 'nobody') {
    throw new NoSuchCustomerError(`${order.customer} has no account`);
  }
  log.info(`charging ${order.customer} ${order.amountCents} cents`);
  return `charge-${order.orderId}`;
}

export async function ship(order: Order): Promise<string> {
  if (order.sku === 'unobtainium') {
    throw new OutOfStockError(`there is no ${order.sku}`);
  }
  return `parcel-${order.orderId}`;
}

export async function refund(chargeId: string): Promise<string> {
  log.info(`giving back ${chargeId}`);
  return `refund of ${chargeId}`;
}

export async function notifyApprover(request: ApprovalRequest): Promise<void> {
  log.info(`${request.approver}, please approve ${request.orderId}`);
}

export async function cancelOrder(orderId: string): Promise<void> {
  log.info(`${orderId} is cancelled`);
}
