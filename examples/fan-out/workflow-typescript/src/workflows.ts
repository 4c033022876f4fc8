/** A thousand activities at once, shared out among children. */

import { executeChild, proxyActivities, workflowInfo } from "@mainspring/workflow";

import type * as activities from "../../typescript/src/activities.js";

export interface Work {
  items?: number;
  children?: number;
}

const { measure } = proxyActivities<typeof activities>({ startToCloseTimeout: "1 minute" });

/** Shares items out among children, and adds up what they find. */
export async function fanOut({ items = 1_000, children = 10 }: Work): Promise<number> {
  const size = Math.ceil(items / children);
  const parts: Promise<number>[] = [];
  for (let first = 0; first < items; first += size) {
    const options = {
      args: [first, Math.min(size, items - first)] as [number, number],
      workflowId: `${workflowInfo().workflowId}-${first}`,
    };
    parts.push(executeChild(fanOutPart, options));
  }
  return sum(await Promise.all(parts));
}

/** Measures some items, all at the same time. */
export async function fanOutPart(first: number, count: number): Promise<number> {
  const items = Array.from({ length: count }, (_, index) => first + index);
  return sum(await Promise.all(items.map((item) => measure(item))));
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
