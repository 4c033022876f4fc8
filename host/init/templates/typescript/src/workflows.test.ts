/** The workflow itself, on a server that skips time: a day is over at once. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTimeSkipping } from '@mainspring/testing';
import { Worker } from '@temporalio/worker';

test('a reminder is sent after a day', async () => {
  const env = await createTimeSkipping('src/workflows.ts');
  try {
    const reminded: string[] = [];
    const activities = {
      sendReminder: async (whom: string) => {
        reminded.push(whom);
        return 'sent';
      },
    };
    const worker = await Worker.create({ connection: env.nativeConnection, taskQueue: 'reminders', activities });
    const start = { args: ['Ada'], workflowId: 'ada', taskQueue: 'reminders' };
    assert.equal(await worker.runUntil(env.client.workflow.execute('remind', start)), 'sent');
    assert.deepEqual(reminded, ['Ada']);
  } finally {
    await env.teardown();
  }
});
