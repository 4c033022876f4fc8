package main

import (
	"context"

	"mainspring.dev/workflow"
)

// parent waits for a child that counts down.
func parent(ctx context.Context) (string, error) {
	child := workflow.ExecuteChild[string](ctx, "go_countdown", workflow.ChildOptions{WorkflowID: "the-child"}, 2)
	begun, err := child.Started()
	if err != nil {
		return "", err
	}
	said, err := child.Get()
	return begun.WorkflowID + " " + said, err
}

// countdown continues as new until there is nothing left.
func countdown(ctx context.Context, left int) (string, error) {
	if left > 0 {
		return "", workflow.ContinueAsNew(left - 1)
	}
	return "liftoff", nil
}
