// Small workflows in Go, good and bad, for the host's integration tests.
package main

import (
	"context"
	"time"

	"mainspring.dev/workflow"
)

func init() {
	workflow.Register("go_race", race, workflow.Description("An activity against a timer."))
	workflow.Register("go_approval", approval, workflow.Signals("approve", "note"), workflow.Queries("notes", "stuck", "broken"))
	workflow.Register("go_fan_out", fanOut)
	workflow.Register("go_chance", chance)
	workflow.Register("go_failure", failure)
	workflow.Register("go_cleanup", cleanup)
	workflow.Register("go_deadline", deadline)
	workflow.Register("go_panic", panics)
	workflow.Register("go_panic_aside", panicsAside)
	workflow.Register("go_exit", exits)
	workflow.Register("go_parent", parent)
	workflow.Register("go_countdown", countdown)
	workflow.Register("go_garbage", garbage)
	workflow.Register("go_steps", steps)
}

func main() {}

var options = workflow.ActivityOptions{
	StartToClose: 30 * time.Second,
	RetryPolicy:  &workflow.RetryPolicy{MaximumAttempts: 1},
}

// steps calls one activity after the other.
func steps(ctx context.Context, count uint32) (uint32, error) {
	for i := range count {
		if _, err := workflow.ExecuteActivity[uint32](ctx, "noop", options, i).Get(); err != nil {
			return i, err
		}
	}
	return count, nil
}
