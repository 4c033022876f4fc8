/** What workflows, activities and clients have in common. */

export const taskQueue = 'shop';

export interface Order {
  orderId: string;
  customer: string;
  sku: string;
  amountCents: number;
}

export interface ApprovalRequest {
  orderId: string;
  approver: string;
}
