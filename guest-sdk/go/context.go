package workflow

import (
	"context"
	"slices"
	"time"
)

// runContext ends when the run is asked to cancel. It is not one of package context's because the contexts derived from it
// hear of that in the order in which they were made, where those would go by a map.
type runContext struct {
	done   chan struct{}
	err    error
	reason string
	after  []*func()
}

func newRunContext() *runContext {
	return &runContext{done: make(chan struct{})}
}

func (c *runContext) Deadline() (time.Time, bool) { return time.Time{}, false }
func (c *runContext) Done() <-chan struct{}       { return c.done }
func (c *runContext) Err() error                  { return c.err }
func (c *runContext) Value(any) any               { return nil }
func (c *runContext) String() string              { return "workflow.runContext" }

// AfterFunc is what package context asks of foreign contexts, in order to derive others from them.
func (c *runContext) AfterFunc(f func()) (stop func() bool) {
	entry := &f
	c.after = append(c.after, entry)
	return func() bool {
		at := slices.Index(c.after, entry)
		if at < 0 {
			return false
		}
		c.after = slices.Delete(c.after, at, at+1)
		return true
	}
}

func (c *runContext) cancel(reason string) {
	if c.err != nil {
		return
	}
	c.err, c.reason = context.Canceled, reason
	close(c.done)
	after := c.after
	c.after = nil
	for _, f := range after {
		(*f)()
	}
}

// CancelRequested says whether somebody has asked the run to cancel, and why.
func CancelRequested() (reason string, requested bool) {
	it := currentRun().context
	return it.reason, it.err != nil
}

// WithTimeout is context.WithTimeout on the run's time: a durable timer ends the context.
func WithTimeout(parent context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(parent)
	timer := newTimer(ctx, limit, "timeout")
	timer.ended = func(err error) {
		if err == nil {
			cancel(context.DeadlineExceeded)
		}
	}
	return ctx, func() { cancel(context.Canceled) }
}

// cancelledError is what an operation ends with whose context has ended.
func cancelledError(ctx context.Context) error {
	cause := context.Cause(ctx)
	if cause == context.Canceled {
		made := &CancelledError{Failure: Failure{Message: "the context was cancelled", Source: source}}
		if current.context.err != nil {
			made.Message = "the run was asked to cancel"
		}
		return made
	}
	return &CancelledError{Failure: Failure{Message: "the context was cancelled", Source: source, Cause: cause}}
}
