package workflow

import (
	"context"
	"time"

	"mainspring.dev/workflow/internal/contract"
	"mainspring.dev/workflow/internal/host"
)

// Now is the run's time: that of the event which it last heard of.
func Now() time.Time {
	return time.UnixMilli(int64(currentRun().now)).UTC()
}

// Sleep waits for seconds or years, through restarts of the host. Fractions of a millisecond are rounded up.
// Cancelling the context ends it, with a CancelledError.
func Sleep(ctx context.Context, duration time.Duration) error {
	it := newTimer(ctx, duration, "")
	<-it.done
	return it.err
}

// After is a channel that gets the time once the duration is over, for a select. If the context ends first, it gets nothing:
// select on ctx.Done(), too. The timer goes on when nobody waits for it any more; NewTimer makes one that can be stopped.
func After(ctx context.Context, duration time.Duration) <-chan time.Time {
	return NewTimer(ctx, duration).C
}

// Timer is a durable timer.
type Timer struct {
	// C gets the time when it fires.
	C <-chan time.Time

	operation *operation
}

// NewTimer starts a timer. It never fires if the context ends first.
func NewTimer(ctx context.Context, duration time.Duration) *Timer {
	fired := make(chan time.Time, 1)
	it := newTimer(ctx, duration, "")
	it.ended = func(err error) {
		if err == nil {
			fired <- Now()
		}
	}
	return &Timer{C: fired, operation: it}
}

// Stop stops it, and says whether it had still been running.
func (t *Timer) Stop() bool {
	r := currentRun()
	r.stopIfClosed()
	if t.operation.isDone() {
		return false
	}
	r.cancel(t.operation, "the workflow needs it no more")
	return true
}

func newTimer(ctx context.Context, duration time.Duration, summary string) *operation {
	return begin(ctx, true, func() contract.OperationID {
		metadata := metadataOf(summary)
		return host.Current.StartTimer(millis(duration), &metadata)
	})
}
