package workflow

import "mainspring.dev/workflow/internal/contract"

// ContinueAsNewError is what a workflow returns to be followed by a new run of the same workflow id. It is no failure.
type ContinueAsNewError struct {
	continuation contract.Continuation
}

func (*ContinueAsNewError) Error() string { return "the run continues as a new one" }

// ContinueAsNew makes one: the same workflow with these arguments.
func ContinueAsNew(arguments ...any) *ContinueAsNewError {
	return ContinueAs("", arguments...)
}

// ContinueAs makes one that goes on as another workflow type.
func ContinueAs(workflowType string, arguments ...any) *ContinueAsNewError {
	return &ContinueAsNewError{contract.Continuation{
		WorkflowType: optionalText(workflowType),
		Input:        payloadsOf("the next run", arguments),
	}}
}
