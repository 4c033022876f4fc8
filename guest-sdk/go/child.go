package workflow

import (
	"context"
	"fmt"

	"mainspring.dev/workflow/internal/contract"
	"mainspring.dev/workflow/internal/host"
)

// WorkflowAlreadyStarted is the type of the application error of a child whose workflow id is taken.
const WorkflowAlreadyStarted = "WorkflowExecutionAlreadyStarted"

// ParentClosePolicy says what becomes of a child when its parent closes.
type ParentClosePolicy uint8

const (
	ParentCloseTerminate ParentClosePolicy = iota
	ParentCloseAbandon
	ParentCloseRequestCancel
)

// ChildCancellationType says what the parent sees of a child whose context has ended.
type ChildCancellationType uint8

const (
	// ChildWaitCancellationCompleted asks, and reports whatever then comes of it.
	ChildWaitCancellationCompleted ChildCancellationType = iota
	// ChildTryCancel asks, and reports the child cancelled at once.
	ChildTryCancel
	// ChildWaitCancellationRequested asks, and reports the child cancelled when it has been told.
	ChildWaitCancellationRequested
	// ChildAbandon does not ask; it reports the child cancelled at once.
	ChildAbandon
)

func (t ChildCancellationType) command() uint8 {
	switch t {
	case ChildTryCancel:
		return 0
	case ChildWaitCancellationRequested:
		return 2
	case ChildAbandon:
		return 3
	}
	return 1
}

// ChildOptions say how a child is started.
type ChildOptions struct {
	// WorkflowID is derived by the host if it is empty.
	WorkflowID string
	// TaskQueue is the parent's if it is empty.
	TaskQueue         string
	RetryPolicy       *RetryPolicy
	ParentClosePolicy ParentClosePolicy
	// Cancellation says what comes of it when the context ends.
	Cancellation ChildCancellationType
	// Summary is a line of text that tools show.
	Summary string
}

// Child is a child workflow.
type Child[T any] struct {
	Future[T]
	begun     chan struct{}
	execution Execution
}

// ExecuteChild starts a child workflow now. Its failure is a ChildWorkflowError.
func ExecuteChild[T any](ctx context.Context, workflowType string, options ChildOptions, arguments ...any) *Child[T] {
	what := fmt.Sprintf("child %q", workflowType)
	command := contract.Child{
		WorkflowType:      workflowType,
		WorkflowID:        optionalText(options.WorkflowID),
		TaskQueue:         optionalText(options.TaskQueue),
		Input:             payloadsOf(what, arguments),
		RetryPolicy:       options.RetryPolicy.command(),
		ParentClosePolicy: uint8(options.ParentClosePolicy),
		Cancellation:      options.Cancellation.command(),
		Metadata:          metadataOf(options.Summary),
	}
	it := &Child[T]{begun: make(chan struct{})}
	it.Future = Future[T]{what, begin(ctx, false, func() contract.OperationID { return host.Current.StartChild(&command) })}
	it.operation.started = func(execution contract.Execution) {
		it.execution = Execution(execution)
		close(it.begun)
	}
	return it
}

// Started waits until it has begun, or never will.
func (c *Child[T]) Started() (Execution, error) {
	select {
	case <-c.begun:
		return c.execution, nil
	default:
	}
	select {
	case <-c.begun:
		return c.execution, nil
	case <-c.operation.done:
		return Execution{}, c.operation.err
	}
}

func (r *run) childStarted(job *contract.ChildStarted) {
	if begun := job.Started.Started; begun != nil {
		for _, it := range r.operations {
			if it.id == job.Operation {
				it.started(*begun)
			}
		}
		return
	}
	it := r.take(job.Operation)
	if it == nil {
		return
	}
	switch started := job.Started; {
	case started.Failed != nil:
		it.finish(nil, errorOf(*started.Failed))
	case started.Cancelled != nil:
		it.finish(nil, errorOf(*started.Cancelled))
	default:
		it.finish(nil, NewNonRetryableError(WorkflowAlreadyStarted, "another run holds the child's workflow id"))
	}
}
