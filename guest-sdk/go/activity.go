package workflow

import (
	"context"
	"fmt"
	"time"

	"mainspring.dev/workflow/internal/contract"
	"mainspring.dev/workflow/internal/host"
)

// ActivityOptions say how an activity is called. One of StartToClose and ScheduleToClose must be set.
type ActivityOptions struct {
	// ScheduleToClose limits all attempts together, StartToClose each of them, ScheduleToStart the time in the queue,
	// Heartbeat the time between two signs of life.
	ScheduleToClose, StartToClose, ScheduleToStart, Heartbeat time.Duration
	// RetryPolicy is the host's if there is none: after 1 s, then twice as long each time, without end.
	RetryPolicy *RetryPolicy
	// TaskQueue is the workflow's own if it is empty.
	TaskQueue string
	// ActivityID is how people and tools name it; the host finds a name if it is empty.
	ActivityID string
	// Cancellation says what comes of it when the context ends.
	Cancellation CancellationType
	// Local prefers a worker inside the host's process.
	Local bool
	// Summary is a line of text that tools show.
	Summary string
}

// CancellationType says what the caller sees of an activity whose context has ended.
type CancellationType uint8

const (
	// TryCancel asks, and reports the activity cancelled at once.
	TryCancel CancellationType = iota
	// WaitCancellationCompleted asks, and reports whatever then comes of it.
	WaitCancellationCompleted
	// Abandon does not ask; it reports the activity cancelled at once.
	Abandon
)

// RetryPolicy says when the host tries again.
type RetryPolicy struct {
	// InitialInterval comes before the second attempt; 1 s if it is 0.
	InitialInterval time.Duration
	// BackoffCoefficient is how many times the one before each interval is; 2 if it is 0.
	BackoffCoefficient float64
	// MaximumInterval is 100 times the first if it is 0.
	MaximumInterval time.Duration
	// MaximumAttempts counts the first one; 0 is no limit.
	MaximumAttempts uint32
	// NonRetryableTypes are final.
	NonRetryableTypes []string
}

func (p *RetryPolicy) command() *contract.RetryPolicy {
	if p == nil {
		return nil
	}
	made := contract.RetryPolicy{
		InitialInterval:    millis(p.InitialInterval),
		BackoffCoefficient: p.BackoffCoefficient,
		MaximumInterval:    optionalMillis(p.MaximumInterval),
		MaximumAttempts:    p.MaximumAttempts,
		NonRetryableKinds:  p.NonRetryableTypes,
	}
	if made.InitialInterval == 0 {
		made.InitialInterval = 1000
	}
	if made.BackoffCoefficient == 0 {
		made.BackoffCoefficient = 2
	}
	return &made
}

// Future is the outcome of an operation, once it is there.
type Future[T any] struct {
	what      string
	operation *operation
}

// ExecuteActivity schedules an activity now, and gives its outcome when that is there: an ActivityError whose cause says what
// the worker reported, or a CancelledError if the context had ended before.
func ExecuteActivity[T any](ctx context.Context, name string, options ActivityOptions, arguments ...any) Future[T] {
	what := fmt.Sprintf("activity %q", name)
	command := contract.Activity{
		ActivityType:    name,
		ActivityID:      optionalText(options.ActivityID),
		TaskQueue:       optionalText(options.TaskQueue),
		Input:           payloadsOf(what, arguments),
		ScheduleToClose: optionalMillis(options.ScheduleToClose),
		ScheduleToStart: optionalMillis(options.ScheduleToStart),
		StartToClose:    optionalMillis(options.StartToClose),
		Heartbeat:       optionalMillis(options.Heartbeat),
		RetryPolicy:     options.RetryPolicy.command(),
		Cancellation:    uint8(options.Cancellation),
		Local:           options.Local,
		Metadata:        metadataOf(options.Summary),
	}
	return Future[T]{what, begin(ctx, false, func() contract.OperationID {
		return host.Current.ScheduleActivity(&command)
	})}
}

// Done is closed when the outcome is there, for a select.
func (f Future[T]) Done() <-chan struct{} { return f.operation.done }

// Get waits for the outcome. A result that does not fit T is a bug, and panics.
func (f Future[T]) Get() (T, error) {
	<-f.operation.done
	var result T
	if f.operation.err != nil {
		return result, f.operation.err
	}
	if output := f.operation.output; output != nil {
		if err := decode(*output, &result); err != nil {
			panic(fmt.Sprintf("the result of %s: %v", f.what, err))
		}
	}
	return result, nil
}
