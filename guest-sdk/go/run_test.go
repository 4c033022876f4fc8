package workflow

import (
	"context"
	"fmt"
	"reflect"
	"runtime"
	"runtime/metrics"
	"slices"
	"strings"
	"testing"
	"time"

	"mainspring.dev/workflow/internal/abi"
	"mainspring.dev/workflow/internal/contract"
	"mainspring.dev/workflow/internal/host"
)

// recorder is a host that notes what it is asked.
type recorder struct {
	last     contract.OperationID
	commands []string
}

func (r *recorder) next(format string, arguments ...any) contract.OperationID {
	r.last++
	r.note("%d: "+format, append([]any{r.last}, arguments...)...)
	return r.last
}

func (r *recorder) note(format string, arguments ...any) {
	r.commands = append(r.commands, fmt.Sprintf(format, arguments...))
}

func (r *recorder) ScheduleActivity(it *contract.Activity) contract.OperationID {
	return r.next("activity %s", it.ActivityType)
}
func (r *recorder) StartTimer(after contract.Duration, _ *contract.UserMetadata) contract.OperationID {
	return r.next("timer %d", after)
}
func (r *recorder) StartChild(it *contract.Child) contract.OperationID {
	return r.next("child %s, cancellation %d", it.WorkflowType, it.Cancellation)
}
func (r *recorder) SignalExternal(id, name string, _ []contract.Payload) contract.OperationID {
	return r.next("signal %s %s", id, name)
}
func (r *recorder) CancelExternal(id, reason string) contract.OperationID {
	return r.next("ask %s to cancel: %s", id, reason)
}
func (r *recorder) Cancel(id contract.OperationID, reason string)          { r.note("cancel %d %s", id, reason) }
func (r *recorder) FailUpdate(id string, _ []contract.FailureLayer)        { r.note("refuse %s", id) }
func (r *recorder) Complete(output *contract.Payload)                      { r.note("complete %s", output.Data) }
func (r *recorder) Fail(it []contract.FailureLayer)                        { r.note("fail %s", it[0].Message) }
func (r *recorder) Cancelled()                                             { r.note("cancelled") }
func (r *recorder) ContinueAsNew(it *contract.Continuation)                { r.note("again %s", it.Input[0].Data) }
func (r *recorder) Patched(string, bool) bool                              { return true }
func (r *recorder) Log(_ uint8, message string, _ []contract.Pair[string]) { r.note("log %s", message) }
func (r *recorder) SetClock(contract.Timestamp)                            {}
func (r *recorder) SetSeed(contract.RandomSeed)                            {}

// Settle asks Go's scheduler, which with one processor knows exactly.
func (r *recorder) Settle() {
	runnable := []metrics.Sample{{Name: "/sched/goroutines/runnable:goroutines"}}
	for {
		runtime.Gosched()
		if metrics.Read(runnable); runnable[0].Value.Uint64() == 0 {
			return
		}
	}
}

// play runs a workflow through some jobs, one activation each, and compares what it asks for.
func play(t *testing.T, it any, jobs []contract.Job, expected ...string) {
	t.Helper()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	noted := &recorder{}
	host.Current, registered = noted, nil
	Register("it", it)
	activate(contract.Activation{Now: 1000, Jobs: []contract.Job{{Start: &contract.Start{WorkflowType: "it"}}}})
	for i, job := range jobs {
		activate(contract.Activation{Now: uint64(2000 + i), Jobs: []contract.Job{job}})
	}
	if !reflect.DeepEqual(noted.commands, expected) {
		t.Errorf("it asked for\n%s\nand not for\n%s", strings.Join(noted.commands, "\n"), strings.Join(expected, "\n"))
	}
	// Goroutines that are still there get no further.
	current.closed = true
}

func fired(id uint64) contract.Job { return contract.Job{TimerFired: &id} }

func completed(id uint64, value any) contract.Job {
	payload := &payloadsOf("", []any{value})[0]
	return contract.Job{ActivityResolved: &contract.Resolved{Operation: id, Resolution: contract.Resolution{Completed: &payload}}}
}

func cancelRequested() contract.Job { return contract.Job{CancelRequested: pointerTo("enough")} }

func signalled(name string, values ...any) contract.Job {
	return contract.Job{SignalReceived: &contract.Signal{Name: name, Input: payloadsOf("", values)}}
}

func TestASelectBetweenAnActivityAndATimer(t *testing.T) {
	race := func(ctx context.Context) (string, error) {
		charge := ExecuteActivity[string](ctx, "charge", ActivityOptions{})
		timer := NewTimer(ctx, time.Second)
		select {
		case <-charge.Done():
			timer.Stop()
			return charge.Get()
		case at := <-timer.C:
			return at.String(), nil
		}
	}
	play(t, race, []contract.Job{completed(1, "paid")},
		"1: activity charge", "2: timer 1000", "cancel 2 the workflow needs it no more", `complete "paid"`)
	play(t, race, []contract.Job{fired(2)},
		"1: activity charge", "2: timer 1000", `complete "1970-01-01 00:00:02 +0000 UTC"`)
}

func TestACancellationReachesOperationsInTheirOrder(t *testing.T) {
	asked := []string{"1: timer 60000"}
	var cancelled []string
	for id := range 10 {
		if id > 0 {
			asked = append(asked, fmt.Sprintf("%d: timer 3600000", id+1))
		}
		cancelled = append(cancelled, fmt.Sprintf("cancel %d enough", id+1))
	}
	play(t, func(ctx context.Context) error {
		first := NewTimer(ctx, time.Minute)
		for range 9 {
			derived, cancel := context.WithCancel(ctx)
			defer cancel()
			After(derived, time.Hour)
		}
		select {
		case <-first.C:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}, []contract.Job{cancelRequested()}, append(append(asked, cancelled...), "cancelled")...)
}

// They would hear of it by the order of a map if the run's context were one of package context's.
func TestContextsHearOfACancellationInTheirOrder(t *testing.T) {
	run := newRunContext()
	var heard []int
	for i := range 20 {
		stop := run.AfterFunc(func() { heard = append(heard, i) })
		if i%2 == 1 && !stop() {
			t.Error("it was there")
		}
	}
	derived, cancel := context.WithCancel(run)
	defer cancel()
	run.cancel("enough")
	if !slices.Equal(heard, []int{0, 2, 4, 6, 8, 10, 12, 14, 16, 18}) || derived.Err() == nil {
		t.Error(heard, derived.Err())
	}
}

func TestSignalsWaitForWhoeverReceivesThem(t *testing.T) {
	play(t, func(ctx context.Context) (string, error) {
		if err := Sleep(ctx, time.Second); err != nil {
			return "", err
		}
		all, added := "", SignalChannel[string]("add")
		for len(all) < 4 {
			all += <-added
		}
		return all, nil
	}, []contract.Job{signalled("add", "a"), signalled("add", "b"), fired(1), signalled("add", 1), signalled("add", "c"), signalled("add", "d")},
		"1: timer 1000", `complete "abcd"`)
}

func TestWhoAsksAgainInACancelledRunGetsNothing(t *testing.T) {
	play(t, func(ctx context.Context) error {
		first := Sleep(ctx, time.Second)
		second := Sleep(ctx, time.Second)
		if first == nil || second == nil {
			return nil
		}
		return second
	}, []contract.Job{cancelRequested()},
		"1: timer 1000", "cancel 1 enough", "cancelled")
}

func TestWhatStillRunsWhenTheRunEndsGetsNoFurther(t *testing.T) {
	play(t, func(ctx context.Context) (int, error) {
		go func() {
			runtime.Gosched()
			Sleep(ctx, time.Second)
		}()
		return 1, nil
	}, []contract.Job{fired(1)}, "complete 1")
}

func TestContinueAsNew(t *testing.T) {
	play(t, func(context.Context) error { return ContinueAsNew(7) }, nil, "again 7")
}

func TestAChild(t *testing.T) {
	parent := func(ctx context.Context) (string, error) {
		child := ExecuteChild[string](ctx, "child", ChildOptions{})
		begun, err := child.Started()
		if err != nil {
			return "", err
		}
		said, err := child.Get()
		return begun.WorkflowID + " " + said, err
	}
	begun := contract.Job{ChildStarted: &contract.ChildStarted{Operation: 1, Started: contract.StartResolution{
		Started: &contract.Execution{WorkflowID: "id", RunID: "run"},
	}}}
	ended := contract.Job{ChildResolved: completed(1, "bye").ActivityResolved}
	play(t, parent, []contract.Job{begun, ended}, "1: child child, cancellation 1", `complete "id bye"`)
	taken := contract.Job{ChildStarted: &contract.ChildStarted{Operation: 1, Started: contract.StartResolution{
		AlreadyStarted: &abi.Unit{},
	}}}
	play(t, parent, []contract.Job{taken}, "1: child child, cancellation 1", "fail another run holds the child's workflow id")
}

func TestAChildIsGivenUpAsItsOptionsSay(t *testing.T) {
	inOrder := []ChildCancellationType{ChildTryCancel, ChildWaitCancellationCompleted, ChildWaitCancellationRequested, ChildAbandon}
	for number, cancellation := range inOrder {
		play(t, func(ctx context.Context) error {
			_, err := ExecuteChild[any](ctx, "child", ChildOptions{Cancellation: cancellation}).Get()
			return err
		}, []contract.Job{cancelRequested()}, fmt.Sprintf("1: child child, cancellation %d", number), "cancel 1 enough")
	}
}

func TestMessagesToOtherWorkflows(t *testing.T) {
	arrived := func(id uint64) contract.Job {
		return contract.Job{ExternalResolved: &contract.ExternalResolved{Operation: id, Delivered: contract.Delivered{OK: &abi.Unit{}}}}
	}
	lost := contract.Job{ExternalResolved: &contract.ExternalResolved{Operation: 2, Delivered: contract.Delivered{
		Failed: &[]contract.FailureLayer{{Message: "there is no such workflow", Info: contract.FailureInfo{Unspecified: &abi.Unit{}}}},
	}}}
	play(t, func(ctx context.Context) error {
		if err := SignalWorkflow(ctx, "other", "item", 1); err != nil {
			return err
		}
		return CancelWorkflow(ctx, "other", "enough")
	}, []contract.Job{arrived(1), lost},
		"1: signal other item", "2: ask other to cancel: enough", "fail there is no such workflow")
}
