import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Worker } from '@temporalio/worker';
import { BuildError, createTimeSkipping } from '@mainspring/testing';

const APPROVAL = process.env['APPROVAL_WORKFLOWS'] ?? new URL('../../../examples/approval/workflow-rust', import.meta.url).pathname;
const TASK_QUEUE = 'approvals';
const WEEK_MS = 7 * 24 * 3600 * 1000;
const start = (orderId: string) => ({ args: [orderId], workflowId: `approval-${orderId}`, taskQueue: TASK_QUEUE });

test('nobody approves for a week, which is over at once', async () => {
  const env = await createTimeSkipping(APPROVAL);
  try {
    const cancelled: string[] = [];
    const activities = { cancelOrder: async (orderId: string) => void cancelled.push(orderId) };
    const worker = await Worker.create({ connection: env.nativeConnection, taskQueue: TASK_QUEUE, activities });
    const began = await env.currentTimeMs();
    const outcome = await worker.runUntil(env.client.workflow.execute('approveOrder', start('o-1')));
    assert.deepEqual(outcome, { orderId: 'o-1', approved: false, approver: null });
    assert.deepEqual(cancelled, ['o-1']);
    assert.ok((await env.currentTimeMs()) - began >= WEEK_MS);
  } finally {
    await env.teardown();
  }
});

test('somebody approves on the sixth day', async () => {
  const env = await createTimeSkipping([APPROVAL]);
  try {
    const began = await env.currentTimeMs();
    const handle = await env.client.workflow.start('approveOrder', start('o-2'));
    await env.sleep('6 days');
    assert.equal(await handle.query('status'), 'waiting');
    await handle.signal('approve', { approver: 'Grace' });
    assert.deepEqual(await handle.result(), { orderId: 'o-2', approved: true, approver: 'Grace' });
    assert.ok((await env.currentTimeMs()) - began < WEEK_MS);
  } finally {
    await env.teardown();
  }
});

test('what cannot be built is said', async () => {
  const said = (error: unknown) => error instanceof BuildError && error.message.includes('no source of workflows');
  await assert.rejects(createTimeSkipping(new URL('../package.json', import.meta.url).pathname), said);
});
