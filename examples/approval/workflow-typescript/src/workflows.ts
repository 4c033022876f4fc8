/** An order that somebody has to approve within a week. */

import {
  CancellationScope,
  condition,
  defineQuery,
  defineSignal,
  isCancellation,
  proxyActivities,
  setHandler,
} from "@mainspring/workflow";

/** How it was decided. */
export interface Decision {
  orderId: string;
  approved: boolean;
  approver: string | null;
}

/** Approves the order. The first one counts; it comes too late when the week is over. */
export const approve = defineSignal<[{ approver: string }]>("approve");

/** `waiting`, `approved by …` or `cancelled`. */
export const status = defineQuery<string>("status");

const { cancelOrder } = proxyActivities<{ cancelOrder(orderId: string): Promise<void> }>({
  startToCloseTimeout: "30 seconds",
  retry: { initialInterval: "1 second", backoffCoefficient: 2 },
});

/** Waits up to seven days for somebody to approve an order, and cancels the order otherwise. */
export async function approveOrder(orderId: string): Promise<Decision> {
  let approver: string | null = null;
  let cancelled = false;
  setHandler(approve, (approval) => {
    if (!cancelled) {
      approver ??= approval.approver;
    }
  });
  setHandler(status, () => (approver !== null ? `approved by ${approver}` : cancelled ? "cancelled" : "waiting"));

  const cancel = async (): Promise<void> => {
    cancelled = true;
    await cancelOrder(orderId);
  };
  try {
    if (!(await condition(() => approver !== null, "7 days"))) {
      await cancel();
    }
  } catch (error) {
    if (isCancellation(error)) {
      await CancellationScope.nonCancellable(cancel);
    }
    throw error;
  }
  return { orderId, approved: approver !== null, approver };
}
