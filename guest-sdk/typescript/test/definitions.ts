/** Types alone, which `tsc` checks: Temporal's client takes what a file of workflows defines, and sees to its arguments. */

import type { WorkflowHandle } from '@temporalio/client';
import { defineQuery, defineSignal, defineUpdate, setHandler } from '../src/index.js';

export const approve = defineSignal<[by: string]>('approve');
export const nudge = defineSignal('nudge');
export const approver = defineQuery<string | undefined>('approver');
export const votes = defineQuery<number, [option: string]>('votes');
export const raise = defineUpdate<number, [amount: number]>('raise');

export async function request(): Promise<string> {
  setHandler(approve, (by) => void by.length);
  setHandler(nudge, async () => {});
  setHandler(approver, () => 'somebody');
  setHandler(votes, (option) => option.length);
  setHandler(raise, async (amount) => amount, { validator: (amount) => void amount.toFixed() });
  // @ts-expect-error: the argument is a text.
  setHandler(approve, (by: number) => void by);
  // @ts-expect-error: the answer is a number.
  setHandler(votes, (option) => option);
  return 'approved';
}

export async function client(handle: WorkflowHandle<typeof request>): Promise<void> {
  await handle.signal(approve, 'somebody');
  await handle.signal(nudge);
  const by: string | undefined = await handle.query(approver);
  const count: number = await handle.query(votes, 'yes');
  const raised: number = await handle.executeUpdate(raise, { args: [count] });
  await handle.startUpdate(raise, { args: [raised], waitForStage: 'ACCEPTED' });
  // @ts-expect-error: it takes a text.
  await handle.signal(approve, 1);
  // @ts-expect-error: it takes nothing.
  await handle.signal(nudge, by);
  // @ts-expect-error: it takes one.
  await handle.query(votes);
  // @ts-expect-error: the answer is a number.
  const wrong: string = await handle.executeUpdate(raise, { args: [1] });
  // @ts-expect-error: a query is no signal.
  await handle.signal(approver);
  void wrong;
}
