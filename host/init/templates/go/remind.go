// Sends a reminder when its time has come.
package main

import (
	"context"
	"time"

	"mainspring.dev/workflow"
)

var options = workflow.ActivityOptions{StartToClose: 30 * time.Second}

// Remind waits for a day, and reminds somebody then. What workflows cannot do themselves, activities/worker.py does.
func Remind(ctx context.Context, whom string) (string, error) {
	if err := workflow.Sleep(ctx, 24*time.Hour); err != nil {
		return "", err
	}
	return workflow.ExecuteActivity[string](ctx, "send_reminder", options, whom).Get()
}

func init() {
	workflow.Register("remind", Remind, workflow.Description("Waits for a day, and reminds somebody then."))
}

func main() {}
