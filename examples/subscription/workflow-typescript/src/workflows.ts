/** A subscription: charged every period, changed and cancelled from outside, for years. */

import {
  allHandlersFinished,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  defineUpdate,
  proxyActivities,
  setHandler,
} from "@mainspring/workflow";

import type * as activities from "../../typescript/src/activities.js";

/** After so many periods, the run is followed by another one with a short history. */
const PERIODS_PER_RUN = 12;

const MONTH_SECONDS = 30 * 24 * 3600;

export interface Subscription {
  customer: string;
  amountCents: number;
  periodSeconds: number;
  paidPeriods: number;
}

/** What a subscription begins with. */
export type Order = Pick<Subscription, "customer" | "amountCents"> & Partial<Subscription>;

/** Ends it with the period that is paid. */
export const cancel = defineSignal("cancel");

/** Another price from the next period on; gives the old one. */
export const changeAmount = defineUpdate<number, [number]>("changeAmount");

/** The subscription as it is. */
export const status = defineQuery<Subscription>("status");

const { welcome, charge, farewell } = proxyActivities<typeof activities>({ startToCloseTimeout: "30 seconds" });

/** Charges a customer every period until it is cancelled. */
export async function subscription(order: Order): Promise<Subscription> {
  const current: Subscription = { periodSeconds: MONTH_SECONDS, paidPeriods: 0, ...order };
  let cancelled = false;
  setHandler(cancel, () => {
    cancelled = true;
  });
  setHandler(status, () => current);
  setHandler(
    changeAmount,
    (amountCents) => {
      const before = current.amountCents;
      current.amountCents = amountCents;
      return before;
    },
    {
      validator: (amountCents) => {
        if (amountCents <= 0) {
          throw new Error("the amount must be more than nothing");
        }
      },
    },
  );

  if (current.paidPeriods === 0) {
    await welcome(current.customer);
  }
  for (let period = 0; period < PERIODS_PER_RUN; period += 1) {
    await charge(current.customer, current.amountCents);
    current.paidPeriods += 1;
    if (await condition(() => cancelled, current.periodSeconds * 1000)) {
      await farewell(current.customer);
      return current;
    }
  }
  // What came meanwhile is handled before the next run takes over.
  await condition(allHandlersFinished);
  return await continueAsNew<typeof subscription>(current);
}
