package workflow

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"mainspring.dev/workflow/internal/contract"
	"mainspring.dev/workflow/internal/host"
)

// The SDK's version; it is the host's.
const version = "0.1.0"

// The one run that this instance carries.
var current *run

type run struct {
	definition   *definition
	context      *runContext
	workflowType string
	info         contract.RunInfo

	now                    contract.Timestamp
	historyLength          uint64
	continueAsNewSuggested bool

	random     generator
	operations []*operation
	inboxes    map[string]*inbox
	queries    map[string]function
	closed     bool
}

func currentRun() *run {
	if current == nil {
		panic("this works only inside of a workflow")
	}
	return current
}

// activate takes what happened, and goes on as far as it leads.
//
// One event after the other: whoever waits for the first has gone on as far as it could before the second is there. So
// which one came first is never left to chance, not even in a select that waits for both.
func activate(activation contract.Activation) {
	if len(activation.Jobs) > 0 && activation.Jobs[0].Start != nil {
		current = newRun(activation.Jobs[0].Start)
	}
	r := currentRun()
	if r.closed {
		return
	}
	host.Current.SetClock(activation.Now)
	r.now = activation.Now
	r.historyLength = activation.HistoryLength
	r.continueAsNewSuggested = activation.ContinueAsNewSuggested
	for i := range activation.Jobs {
		r.deliver(&activation.Jobs[i])
		r.settle()
		if r.closed {
			return
		}
	}
}

func newRun(start *contract.Start) *run {
	is := func(it definition) bool { return *it.manifest.Name == start.WorkflowType }
	at := slices.IndexFunc(registered, is)
	if at < 0 {
		panic(fmt.Sprintf("this module has no workflow %q", start.WorkflowType))
	}
	return &run{
		definition:   &registered[at],
		context:      newRunContext(),
		workflowType: start.WorkflowType,
		info:         start.Info,
		inboxes:      map[string]*inbox{},
		queries:      map[string]function{},
	}
}

func (r *run) deliver(job *contract.Job) {
	switch {
	case job.Start != nil:
		r.reseed(job.Start.RandomSeed)
		r.begin(job.Start.Input)
	case job.ActivityResolved != nil:
		r.resolve(job.ActivityResolved)
	case job.ChildResolved != nil:
		r.resolve(job.ChildResolved)
	case job.TimerFired != nil:
		if it := r.take(*job.TimerFired); it != nil {
			it.finish(nil, nil)
		}
	case job.SignalReceived != nil:
		r.inbox(job.SignalReceived.Name).receive(job.SignalReceived.Input)
	case job.UpdateRequested != nil:
		host.Current.FailUpdate(job.UpdateRequested.ID, layersOf(unknown("update", job.UpdateRequested.Name, nil)))
	case job.ChildStarted != nil:
		r.childStarted(job.ChildStarted)
	case job.ExternalResolved != nil:
		if it := r.take(job.ExternalResolved.Operation); it != nil {
			var err error
			if failed := job.ExternalResolved.Delivered.Failed; failed != nil {
				err = errorOf(*failed)
			}
			it.finish(nil, err)
		}
	case job.CancelRequested != nil:
		r.context.cancel(*job.CancelRequested)
	case job.RandomReseeded != nil:
		r.reseed(*job.RandomReseeded)
	}
}

func (r *run) reseed(seed contract.RandomSeed) {
	r.random = newGenerator(seed)
	host.Current.SetSeed(seed)
}

func (r *run) begin(input []Payload) {
	arguments, err := r.definition.function.arguments(input)
	if err != nil {
		r.close(Payload{}, err)
		return
	}
	var ctx context.Context = r.context
	arguments = slices.Insert(arguments, 0, reflect.ValueOf(ctx))
	go func() {
		output, err := r.definition.function.call(arguments)
		if !r.closed {
			r.close(output, err)
		}
	}()
}

// settle returns when nothing moves any more: all goroutines wait, and no context is cancelled whose operations have not
// heard of it.
func (r *run) settle() {
	for {
		r.cancelOperations()
		host.Current.Settle()
		if r.closed || !r.hasCancelled() {
			return
		}
	}
}

// close ends the run. Goroutines that are still there get no further: a closed run takes no commands.
func (r *run) close(output Payload, err error) {
	r.closed = true
	if err == nil {
		host.Current.Complete(&output)
		return
	}
	if it, ok := err.(*ContinueAsNewError); ok {
		host.Current.ContinueAsNew(&it.continuation)
		return
	}
	if r.context.Err() != nil && isCancellation(err) {
		host.Current.Cancelled()
		return
	}
	host.Current.Fail(layersOf(err))
}

// unknown is the answer to a question for which there is no handler.
func unknown(what, name string, known []string) error {
	has := "none"
	if len(known) > 0 {
		has = strings.Join(known, ", ")
	}
	kind := "Unknown" + strings.ToUpper(what[:1]) + what[1:]
	return NewNonRetryableError(kind, fmt.Sprintf("this workflow has no %s %q; it has: %s", what, name, has))
}
