package workflow

import (
	"context"
	"fmt"
	"log/slog"
	"reflect"

	"mainspring.dev/workflow/internal/contract"
	"mainspring.dev/workflow/internal/host"
)

// An inbox keeps the signals of one name until somebody receives them. The host bounds the length of a history, and so this.
type inbox struct {
	name    string
	waiting [][]Payload
	// A chan T for the T of the first who asked, nil before.
	channel reflect.Value
	// Has room for one: who feeds the channel looks again.
	wake chan struct{}
}

func (r *run) inbox(name string) *inbox {
	it, ok := r.inboxes[name]
	if !ok {
		it = &inbox{name: name, wake: make(chan struct{}, 1)}
		r.inboxes[name] = it
	}
	return it
}

func (b *inbox) receive(input []Payload) {
	b.waiting = append(b.waiting, input)
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// SignalChannel is a channel that gets the signals of a name, in order; those that came before anybody asked are not lost. It is
// the same one each time, and never closed.
//
// A signal that does not carry a T is a mistake of its sender: it is logged and passed over.
func SignalChannel[T any](name string) <-chan T {
	box := currentRun().inbox(name)
	if box.channel.IsValid() {
		channel, ok := box.channel.Interface().(chan T)
		if !ok {
			panic(fmt.Sprintf("signal %q is received as %s elsewhere", name, box.channel.Type().Elem()))
		}
		return channel
	}
	channel := make(chan T)
	box.channel = reflect.ValueOf(channel)
	go func() {
		for {
			for len(box.waiting) == 0 {
				<-box.wake
			}
			input := box.waiting[0]
			box.waiting = box.waiting[1:]
			if value, ok := read[T](name, input); ok {
				channel <- value
			}
		}
	}()
	return channel
}

func read[T any](name string, input []Payload) (value T, ok bool) {
	if len(input) == 0 {
		return value, true
	}
	if err := decode(input[0], &value); err != nil {
		slog.Warn(fmt.Sprintf("signal %q was passed over: %v", name, err))
		return value, false
	}
	return value, true
}

// SignalWorkflow sends a signal to the present run of another workflow, and waits until it is there.
func SignalWorkflow(ctx context.Context, workflowID, name string, arguments ...any) error {
	input := payloadsOf(fmt.Sprintf("signal %q", name), arguments)
	it := begin(ctx, false, func() contract.OperationID {
		return host.Current.SignalExternal(workflowID, name, input)
	})
	<-it.done
	return it.err
}

// CancelWorkflow asks the present run of another workflow to cancel, and waits until it has the request.
func CancelWorkflow(ctx context.Context, workflowID, reason string) error {
	it := begin(ctx, false, func() contract.OperationID {
		return host.Current.CancelExternal(workflowID, reason)
	})
	<-it.done
	return it.err
}
