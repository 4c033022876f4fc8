package workflow

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"mainspring.dev/workflow/internal/abi"
	"mainspring.dev/workflow/internal/contract"
)

func layers() []contract.FailureLayer {
	server := true
	delay := uint64(1500)
	return []contract.FailureLayer{
		{Message: "activity error", Source: "a", Info: contract.FailureInfo{Activity: &contract.ActivityFailure{
			ActivityType: "charge", ActivityID: "1", Identity: "worker", RetryState: 4,
		}}},
		{Message: "declined", StackTrace: "at shop", Info: contract.FailureInfo{Application: &contract.ApplicationFailure{
			Kind: "CardDeclined", NonRetryable: true, Details: payloadsOf("", []any{402}), NextRetryDelay: &delay,
		}}},
		{Message: "late", Info: contract.FailureInfo{Timeout: &contract.TimeoutFailure{Kind: 3}}},
		{Message: "gone", Info: contract.FailureInfo{Terminated: &abi.Unit{}}},
		{Message: "down", Info: contract.FailureInfo{Server: &server}},
		{Message: "what", Info: contract.FailureInfo{Unspecified: &abi.Unit{}}},
	}
}

func TestFailuresAreFoundByWhatTheyAre(t *testing.T) {
	err := fmt.Errorf("the order: %w", errorOf(layers()))
	var activity *ActivityError
	var application *ApplicationError
	var timeout *TimeoutError
	if !errors.As(err, &activity) || !errors.As(err, &application) || !errors.As(err, &timeout) {
		t.Fatal(err)
	}
	var code int
	if err := application.Details(&code); err != nil || code != 402 {
		t.Error(code, err)
	}
	if application.Details(&code, &code) == nil {
		t.Error("there is no second detail")
	}
	if activity.ActivityType != "charge" || activity.RetryState != RetryStateMaximumAttemptsReached ||
		timeout.Kind != Heartbeat || application.NextRetryDelay != 1500*time.Millisecond {
		t.Error(activity, timeout, application)
	}
	if err.Error() != "the order: activity error: declined: late: gone: down: what" {
		t.Error(err)
	}
}

func TestFailuresLoseNothingOnTheWay(t *testing.T) {
	if back := layersOf(errorOf(layers())); !reflect.DeepEqual(back, layers()) {
		t.Errorf("%+v", back)
	}
}

func TestErrorsOfGo(t *testing.T) {
	back := layersOf(fmt.Errorf("the order: %w", NewNonRetryableError("Unknown", "no order")))
	if len(back) != 2 || back[0].Info.Application.Kind != "wrapError" || !back[0].Info.Application.NonRetryable {
		t.Errorf("%+v", back)
	}
	if back[1].Info.Application.Kind != "Unknown" || back[1].Message != "no order" {
		t.Errorf("%+v", back)
	}
	if back := layersOf(context.Canceled); back[0].Info.Cancelled == nil {
		t.Errorf("%+v", back)
	}
}

func TestACancelledActivityIsACancellationButNotSomethingCausedByOne(t *testing.T) {
	cancelled := &CancelledError{Failure: Failure{Message: "stop"}}
	if !isCancellation(&ActivityError{Failure: Failure{Cause: cancelled}}) || !errors.Is(cancelled, context.Canceled) {
		t.Error("it is one")
	}
	cleanup := NewApplicationError("Cleanup", "left a mess")
	cleanup.Cause = cancelled
	if isCancellation(cleanup) {
		t.Error("it is none")
	}
}
