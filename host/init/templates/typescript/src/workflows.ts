/** Sends a reminder when its time has come. */

import { proxyActivities, sleep } from '@mainspring/workflow';
import type * as activities from './activities.js';

const { sendReminder } = proxyActivities<typeof activities>({ startToCloseTimeout: '30 seconds' });

/** Waits for a day, and reminds somebody then. */
export async function remind(whom: string): Promise<string> {
  await sleep('1 day');
  return await sendReminder(whom);
}
