package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"mainspring.dev/workflow"
)

// failure tells what it finds in an activity's failure, and fails with one of its own around it.
func failure(ctx context.Context) error {
	_, err := workflow.ExecuteActivity[string](ctx, "fails", options).Get()
	var activity *workflow.ActivityError
	var application *workflow.ApplicationError
	if !errors.As(err, &activity) || !errors.As(err, &application) {
		return fmt.Errorf("not what was expected: %w", err)
	}
	found := workflow.NewNonRetryableError("Found", activity.ActivityType+" said "+application.Type, 42)
	found.Cause = err
	return found
}

// cleanup undoes what it did when it is cancelled.
func cleanup(ctx context.Context) error {
	err := workflow.Sleep(ctx, time.Hour)
	if !errors.Is(err, context.Canceled) {
		return err
	}
	if _, err := workflow.ExecuteActivity[any](context.WithoutCancel(ctx), "noop", options, 1).Get(); err != nil {
		return err
	}
	return err
}

// deadline gives an activity no more than a moment, and contexts derived from the run's, too.
func deadline(ctx context.Context) (string, error) {
	limited, cancel := workflow.WithTimeout(ctx, time.Second/4)
	defer cancel()
	// Whoever reports often hears soon that it is cancelled. Longer than the limit: that one is to end it.
	watched := options
	watched.Heartbeat = time.Second
	_, err := workflow.ExecuteActivity[string](limited, "slow", watched).Get()
	return fmt.Sprint(errors.Is(err, context.Canceled), " ", context.Cause(limited)), nil
}

func panics(context.Context) error {
	var nothing map[string]int
	nothing["x"] = 1
	return nil
}

// panicsAside panics where no function of the SDK is on the stack.
func panicsAside(ctx context.Context) error {
	go func() { panic(fmt.Sprint("a goroutine ", "of its own")) }()
	return workflow.Sleep(ctx, time.Hour)
}

func exits(context.Context) error {
	os.Exit(3)
	return nil
}
