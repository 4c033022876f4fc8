package workflow

import (
	"context"
	"slices"

	"mainspring.dev/workflow/internal/contract"
	"mainspring.dev/workflow/internal/host"
)

// An operation in the host's hands.
type operation struct {
	id  contract.OperationID
	ctx context.Context
	// Nothing more comes from the host after a request to cancel, so that it ends here (timers).
	silent bool
	// The host was asked to cancel it.
	asked bool

	// Closed when it has ended, after the other two were set.
	done   chan struct{}
	output *Payload
	err    error

	// Called when it ends, if it is set.
	ended func(err error)
	// Of a child that has begun.
	started func(contract.Execution)
}

// begin starts an operation that ends when the context does. One that is cancelled already starts nothing.
func begin(ctx context.Context, silent bool, ask func() contract.OperationID) *operation {
	r := currentRun()
	r.stopIfClosed()
	it := &operation{ctx: ctx, silent: silent, done: make(chan struct{})}
	if ctx.Err() != nil {
		it.finish(nil, cancelledError(ctx))
		return it
	}
	it.id = ask()
	r.operations = append(r.operations, it)
	return it
}

// stopIfClosed parks the goroutine for good if the run is over.
func (r *run) stopIfClosed() {
	if r.closed {
		select {}
	}
}

func (it *operation) finish(output *Payload, err error) {
	it.output, it.err = output, err
	close(it.done)
	if it.ended != nil {
		it.ended(err)
	}
}

func (it *operation) isDone() bool {
	select {
	case <-it.done:
		return true
	default:
		return false
	}
}

// take finds a pending operation, and lists it no more. There may be none: it was stopped meanwhile.
func (r *run) take(id contract.OperationID) *operation {
	// Ids only grow, and so does the list.
	at, found := slices.BinarySearchFunc(r.operations, id, func(it *operation, id contract.OperationID) int {
		return int(it.id) - int(id)
	})
	if !found {
		return nil
	}
	it := r.operations[at]
	r.operations = slices.Delete(r.operations, at, at+1)
	return it
}

func (r *run) resolve(resolved *contract.Resolved) {
	it := r.take(resolved.Operation)
	if it == nil {
		return
	}
	switch resolution := resolved.Resolution; {
	case resolution.Completed != nil:
		it.finish(*resolution.Completed, nil)
	case resolution.Failed != nil:
		it.finish(nil, errorOf(*resolution.Failed))
	case resolution.Cancelled != nil:
		it.finish(nil, errorOf(*resolution.Cancelled))
	}
}

// cancelOperations asks the host to cancel all operations whose context has ended, in the order in which they began.
func (r *run) cancelOperations() {
	if r.closed {
		return
	}
	for _, it := range slices.Clone(r.operations) {
		if it.needsCancelling() {
			r.cancel(it, r.reason(it.ctx))
		}
	}
}

// reason is why the context has ended.
func (r *run) reason(ctx context.Context) string {
	cause := context.Cause(ctx)
	if cause == context.Canceled && r.context.err != nil {
		return r.context.reason
	}
	return cause.Error()
}

func (r *run) hasCancelled() bool {
	return slices.ContainsFunc(r.operations, (*operation).needsCancelling)
}

func (it *operation) needsCancelling() bool {
	return !it.asked && it.ctx.Err() != nil
}

func (r *run) cancel(it *operation, reason string) {
	if it.asked || it.isDone() {
		return
	}
	it.asked = true
	host.Current.Cancel(it.id, reason)
	if it.silent {
		r.take(it.id)
		it.finish(nil, cancelledError(it.ctx))
	}
}
