package workflow

import (
	"fmt"
	"maps"
	"slices"

	"mainspring.dev/workflow/internal/contract"
)

// SetQueryHandler answers queries of a name:
//
//	func(A, B, …) (T, error)
//
// It is called between two events, when all goroutines wait, so that it needs no locks. It may not wait for anything, and may
// not change what others see.
func SetQueryHandler(name string, handler any) {
	currentRun().queries[name] = inspect(fmt.Sprintf("the handler of query %q", name), handler, false)
}

func answer(name string, input []Payload) contract.Answer {
	output, err := currentRun().answer(name, input)
	if err != nil {
		return contract.Answer{Failure: pointerTo(layersOf(err))}
	}
	return contract.Answer{Output: &output}
}

func (r *run) answer(name string, input []Payload) (Payload, error) {
	handler, ok := r.queries[name]
	if !ok {
		return Payload{}, unknown("query", name, slices.Sorted(maps.Keys(r.queries)))
	}
	arguments, err := handler.arguments(input)
	if err != nil {
		return Payload{}, err
	}
	return handler.call(arguments)
}
