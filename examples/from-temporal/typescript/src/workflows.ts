/** An order, and its approval. */

import { ActivityFailure, condition, defineQuery, defineSignal, log, proxyActivities, setHandler } from '@temporalio/workflow';
import type * as activities from './activities';
import type { ApprovalRequest, Order } from './shared';

const { chargeCard, ship, refund } = proxyActivities<typeof activities>({
  startToCloseTimeout: '5 seconds',
  retry: {
    initialInterval: '1 second',
    maximumInterval: '2 seconds',
    backoffCoefficient: 2,
    maximumAttempts: 3,
    nonRetryableErrorTypes: ['NoSuchCustomerError', 'OutOfStockError'],
  },
});

const { notifyApprover, cancelOrder } = proxyActivities<typeof activities>({ startToCloseTimeout: '10 seconds' });

/** Charges and ships; gives the money back if there is nothing to ship. */
export async function orderWorkflow(order: Order): Promise<string> {
  const chargeId = await chargeCard(order);
  try {
    const parcel = await ship(order);
    return `${order.orderId} is on its way as ${parcel}, paid with ${chargeId}`;
  } catch (noParcel) {
    if (noParcel instanceof ActivityFailure) {
      log.error(`nothing was shipped: ${noParcel.message}`);
      await refund(chargeId);
    }
    throw noParcel;
  }
}

export const approve = defineSignal('approve');
export const reject = defineSignal<[string]>('reject');
export const getStatus = defineQuery<string>('getStatus');

/** Waits a week for somebody to say yes or no. */
export async function approvalWorkflow(request: ApprovalRequest): Promise<string> {
  let status = 'waiting';
  setHandler(approve, () => {
    status = 'approved';
  });
  setHandler(reject, (reason) => {
    status = `rejected: ${reason}`;
  });
  setHandler(getStatus, () => status);

  await notifyApprover(request);
  if (!(await condition(() => status !== 'waiting', '7 days'))) {
    status = 'too late';
  }
  if (status !== 'approved') {
    await cancelOrder(request.orderId);
  }
  return status;
}
