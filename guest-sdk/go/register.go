package workflow

import (
	"context"
	"fmt"
	"reflect"

	"mainspring.dev/workflow/internal/contract"
)

// The workflows of this module, in the order in which they were registered.
var registered []definition

type definition struct {
	function function
	manifest contract.WorkflowDefinition
}

// Option says more of a workflow that is registered.
type Option func(*contract.WorkflowDefinition)

// Description is a text for people.
func Description(text string) Option {
	return func(it *contract.WorkflowDefinition) { it.Description = text }
}

// Signals lists names of signals that it takes, for people: others are taken as well.
func Signals(names ...string) Option {
	return func(it *contract.WorkflowDefinition) { it.Signals = append(it.Signals, handlers(names)...) }
}

// Queries lists names of queries that it answers, for people.
func Queries(names ...string) Option {
	return func(it *contract.WorkflowDefinition) { it.Queries = append(it.Queries, handlers(names)...) }
}

func handlers(names []string) []contract.HandlerDefinition {
	listed := make([]contract.HandlerDefinition, len(names))
	for i, name := range names {
		listed[i] = contract.HandlerDefinition{Name: &name}
	}
	return listed
}

// Register adds a workflow to this module, to be called from an init function:
//
//	func(context.Context, A, B, …) (T, error)    or    func(context.Context, A, B, …) error
//
// An argument that is missing reads as nil if its type has that, so that a pointer can be added at the end later.
func Register(name string, workflow any, options ...Option) {
	for _, known := range registered {
		if *known.manifest.Name == name {
			panic(fmt.Sprintf("two workflows are registered as %q", name))
		}
	}
	made := definition{
		function: inspect(fmt.Sprintf("workflow %q", name), workflow, true),
		manifest: contract.WorkflowDefinition{Name: &name},
	}
	for _, option := range options {
		option(&made.manifest)
	}
	registered = append(registered, made)
}

func manifest() contract.Manifest {
	all := contract.Manifest{SDK: source + "/" + version}
	for _, it := range registered {
		all.Workflows = append(all.Workflows, it.manifest)
	}
	return all
}

// A function of an author's, called with payloads.
type function struct {
	value     reflect.Value
	inputs    []reflect.Type
	hasOutput bool
}

var (
	errorType   = reflect.TypeFor[error]()
	contextType = reflect.TypeFor[context.Context]()
)

// inspect takes a function in, or panics with what is wrong about it.
func inspect(what string, it any, withContext bool) function {
	value := reflect.ValueOf(it)
	if !value.IsValid() || value.Kind() != reflect.Func || value.IsNil() {
		panic(fmt.Sprintf("%s is not a function but %T", what, it))
	}
	t := value.Type()
	made := function{value: value, hasOutput: t.NumOut() == 2}
	if t.IsVariadic() {
		panic(what + " takes a variable number of arguments; give it a slice")
	}
	if t.NumOut() < 1 || t.NumOut() > 2 || t.Out(t.NumOut()-1) != errorType {
		panic(fmt.Sprintf("%s must return error, or a value and error; it is %s", what, t))
	}
	first := 0
	if withContext {
		if t.NumIn() == 0 || t.In(0) != contextType {
			panic(fmt.Sprintf("%s must take a context.Context first; it is %s", what, t))
		}
		first = 1
	}
	for i := first; i < t.NumIn(); i++ {
		made.inputs = append(made.inputs, t.In(i))
	}
	return made
}

// arguments decodes the input. The error refuses the call.
func (f *function) arguments(input []Payload) ([]reflect.Value, error) {
	arguments := make([]reflect.Value, len(f.inputs))
	for i, t := range f.inputs {
		into := reflect.New(t)
		arguments[i] = into.Elem()
		if i >= len(input) {
			switch t.Kind() {
			case reflect.Pointer, reflect.Interface, reflect.Map, reflect.Slice:
				continue
			}
			return nil, NewNonRetryableError(InvalidArguments, fmt.Sprintf("argument %d (%s) is missing", i+1, t))
		}
		if err := decode(input[i], into.Interface()); err != nil {
			return nil, NewNonRetryableError(InvalidArguments, fmt.Sprintf("argument %d: %v", i+1, err))
		}
	}
	return arguments, nil
}

// call calls it; what it returns has a payload form, or that is a bug.
func (f *function) call(arguments []reflect.Value) (Payload, error) {
	results := f.value.Call(arguments)
	if err, _ := results[len(results)-1].Interface().(error); err != nil {
		return Payload{}, err
	}
	if !f.hasOutput {
		return null(), nil
	}
	output, err := payloadOf(results[0].Interface())
	if err != nil {
		panic(fmt.Sprintf("the result has no payload form: %v", err))
	}
	return output, nil
}
