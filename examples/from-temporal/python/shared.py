"""What workflows, activities and clients have in common."""

from dataclasses import dataclass

TASK_QUEUE = "shop"


@dataclass
class Order:
    order_id: str
    customer: str
    sku: str
    amount_cents: int


@dataclass
class ApprovalRequest:
    order_id: str
    approver: str
