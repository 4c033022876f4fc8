package workflow

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"mainspring.dev/workflow/internal/abi"
	"mainspring.dev/workflow/internal/contract"
)

// How failures made here name their maker.
const source = "mainspring-go"

// InvalidArguments is the type of the application error that refuses arguments which do not fit.
const InvalidArguments = "InvalidArguments"

// Failure is what all failures have that reach a workflow or leave it. Use errors.As with the types that embed it:
// ActivityError, ApplicationError, CancelledError, TimeoutError, ChildWorkflowError and OtherError.
type Failure struct {
	// Message is this layer's own.
	Message string
	// Source is the SDK or system that made this layer.
	Source string
	// StackTrace is where it was made, as its maker tells it.
	StackTrace string
	// Cause is the layer beneath, if there is one.
	Cause error

	encodedAttributes *Payload
}

// Error is all messages, the outermost first.
func (f *Failure) Error() string {
	if f.Cause == nil {
		return f.Message
	}
	return f.Message + ": " + f.Cause.Error()
}

func (f *Failure) Unwrap() error { return f.Cause }

// ApplicationError is a failure that the code of a workflow or an activity made.
type ApplicationError struct {
	Failure
	// Type is what callers and retry policies go by.
	Type string
	// NonRetryable forbids another attempt.
	NonRetryable bool
	// Benign says that it was to be expected, and is no error to those who watch logs and metrics.
	Benign bool
	// NextRetryDelay replaces the delay that the retry policy would give, unless it is 0.
	NextRetryDelay time.Duration

	details []Payload
}

// NewApplicationError makes a failure of the workflow's own. It may be changed before it is returned.
func NewApplicationError(kind, message string, details ...any) *ApplicationError {
	return &ApplicationError{
		Failure: Failure{Message: message, Source: source},
		Type:    kind,
		details: payloadsOf("a failure", details),
	}
}

// NewNonRetryableError makes one that is not tried again.
func NewNonRetryableError(kind, message string, details ...any) *ApplicationError {
	made := NewApplicationError(kind, message, details...)
	made.NonRetryable = true
	return made
}

// Details reads what its maker added, in order.
func (e *ApplicationError) Details(into ...any) error {
	return readDetails(e.details, into)
}

// CancelledError is what operations end with that are cancelled. It is also context.Canceled.
type CancelledError struct {
	Failure
	details []Payload
}

func (e *CancelledError) Is(target error) bool { return target == context.Canceled }

// Details reads what its maker added, in order.
func (e *CancelledError) Details(into ...any) error {
	return readDetails(e.details, into)
}

// TimeoutKind says which time limit was exceeded.
type TimeoutKind uint8

const (
	StartToClose TimeoutKind = iota
	ScheduleToStart
	ScheduleToClose
	Heartbeat
)

// TimeoutError says that a time limit was exceeded.
type TimeoutError struct {
	Failure
	Kind TimeoutKind

	lastHeartbeat []Payload
}

// LastHeartbeat reads the details of the activity's last heartbeat.
func (e *TimeoutError) LastHeartbeat(into ...any) error {
	return readDetails(e.lastHeartbeat, into)
}

// RetryState says why there was no further attempt.
type RetryState uint8

const (
	RetryStateUnspecified RetryState = iota
	RetryStateInProgress
	RetryStateNonRetryableFailure
	RetryStateTimeout
	RetryStateMaximumAttemptsReached
	RetryStateRetryPolicyNotSet
	RetryStateInternalServerError
	RetryStateCancelRequested
)

// ActivityError says which activity failed; its cause says why.
type ActivityError struct {
	Failure
	ActivityType string
	ActivityID   string
	// Identity is who ran the last attempt.
	Identity   string
	RetryState RetryState
}

// ChildWorkflowError says which child failed; its cause says why.
type ChildWorkflowError struct {
	Failure
	WorkflowType string
	WorkflowID   string
	RunID        string
	RetryState   RetryState
}

// OtherError is a failure of another kind: a run that was terminated, a failure of the host.
type OtherError struct {
	Failure
	info contract.FailureInfo
}

// Terminated says whether somebody has terminated the run.
func (e *OtherError) Terminated() bool { return e.info.Terminated != nil }

func readDetails(details []Payload, into []any) error {
	for i, target := range into {
		if i >= len(details) {
			return fmt.Errorf("there is no detail %d", i+1)
		}
		if err := decode(details[i], target); err != nil {
			return fmt.Errorf("detail %d: %w", i+1, err)
		}
	}
	return nil
}

// errorOf makes the error of a failure's layers.
func errorOf(layers []contract.FailureLayer) error {
	if len(layers) == 0 {
		return nil
	}
	layer := &layers[0]
	base := Failure{layer.Message, layer.Source, layer.StackTrace, errorOf(layers[1:]), layer.EncodedAttributes}
	switch info := layer.Info; {
	case info.Application != nil:
		it := info.Application
		made := &ApplicationError{base, it.Kind, it.NonRetryable, it.Benign, 0, it.Details}
		if it.NextRetryDelay != nil {
			made.NextRetryDelay = time.Duration(*it.NextRetryDelay) * time.Millisecond
		}
		return made
	case info.Cancelled != nil:
		return &CancelledError{base, *info.Cancelled}
	case info.Timeout != nil:
		return &TimeoutError{base, TimeoutKind(info.Timeout.Kind), info.Timeout.LastHeartbeatDetails}
	case info.Activity != nil:
		it := info.Activity
		return &ActivityError{base, it.ActivityType, it.ActivityID, it.Identity, RetryState(it.RetryState)}
	case info.ChildWorkflow != nil:
		it := info.ChildWorkflow
		return &ChildWorkflowError{base, it.WorkflowType, it.WorkflowID, it.RunID, RetryState(it.RetryState)}
	default:
		return &OtherError{base, info}
	}
}

// layersOf is the way back. Errors of other types become application failures, named by their Go type, one for each that
// wraps another; what is beneath them keeps what it is.
func layersOf(err error) []contract.FailureLayer {
	var layers []contract.FailureLayer
	for ; err != nil; err = errors.Unwrap(err) {
		layers = append(layers, layerOf(err))
	}
	return layers
}

func layerOf(err error) contract.FailureLayer {
	switch it := err.(type) {
	case *ApplicationError:
		info := contract.ApplicationFailure{
			Kind: it.Type, NonRetryable: it.NonRetryable, Benign: it.Benign, Details: it.details,
		}
		if it.NextRetryDelay != 0 {
			info.NextRetryDelay = pointerTo(millis(it.NextRetryDelay))
		}
		return it.layer(contract.FailureInfo{Application: &info})
	case *CancelledError:
		return it.layer(contract.FailureInfo{Cancelled: &it.details})
	case *TimeoutError:
		return it.layer(contract.FailureInfo{Timeout: &contract.TimeoutFailure{
			Kind: uint8(it.Kind), LastHeartbeatDetails: it.lastHeartbeat,
		}})
	case *ActivityError:
		return it.layer(contract.FailureInfo{Activity: &contract.ActivityFailure{
			ActivityType: it.ActivityType, ActivityID: it.ActivityID, Identity: it.Identity,
			RetryState: uint8(it.RetryState),
		}})
	case *ChildWorkflowError:
		return it.layer(contract.FailureInfo{ChildWorkflow: &contract.ChildWorkflowFailure{
			WorkflowType: it.WorkflowType, WorkflowID: it.WorkflowID, RunID: it.RunID, RetryState: uint8(it.RetryState),
		}})
	case *OtherError:
		return it.layer(it.info)
	}
	made := Failure{Message: err.Error(), Source: source}
	if err == context.Canceled {
		return made.layer(contract.FailureInfo{Cancelled: new([]Payload)})
	}
	info := contract.ApplicationFailure{Kind: typeName(err)}
	// What forbids retries goes on doing so when more is said about it.
	var application *ApplicationError
	if errors.As(err, &application) {
		info.NonRetryable = application.NonRetryable
	}
	return made.layer(contract.FailureInfo{Application: &info})
}

func (f *Failure) layer(info contract.FailureInfo) contract.FailureLayer {
	if info == (contract.FailureInfo{}) {
		info.Unspecified = &abi.Unit{}
	}
	return contract.FailureLayer{
		Message: f.Message, Source: f.Source, StackTrace: f.StackTrace, EncodedAttributes: f.encodedAttributes, Info: info,
	}
}

func typeName(err error) string {
	t := reflect.TypeOf(err)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Name()
}

// isCancellation says whether the error is a cancellation, or an activity or a child that reports its own.
func isCancellation(err error) bool {
	for {
		switch it := err.(type) {
		case *ActivityError:
			err = it.Cause
		case *ChildWorkflowError:
			err = it.Cause
		case *CancelledError:
			return true
		default:
			return err == context.Canceled
		}
	}
}
