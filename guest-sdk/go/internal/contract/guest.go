package contract

import "mainspring.dev/workflow/internal/abi"

type Manifest struct {
	SDK       string
	Workflows []WorkflowDefinition
}

type WorkflowDefinition struct {
	Name        *string
	Description string
	Signals     []HandlerDefinition
	Queries     []HandlerDefinition
	Updates     []HandlerDefinition
}

type HandlerDefinition struct {
	Name        *string
	Description string
}

// Activation is a record in /wit; its fields are few enough to arrive as arguments of the call.
type Activation struct {
	Now                    Timestamp
	HistoryLength          uint64
	HistoryBytes           uint64
	ContinueAsNewSuggested bool
	Jobs                   []Job
}

type Job struct {
	abi.Variant
	Start            *Start
	ActivityResolved *Resolved
	TimerFired       *OperationID
	SignalReceived   *Signal
	UpdateRequested  *Update
	ChildStarted     *ChildStarted
	ChildResolved    *Resolved
	ExternalResolved *ExternalResolved
	CancelRequested  *string
	RandomReseeded   *RandomSeed
}

type RandomSeed struct{ S0, S1 uint64 }

type Start struct {
	WorkflowType string
	Input        []Payload
	Headers      PayloadMap
	RandomSeed   RandomSeed
	Info         RunInfo
}

type RunInfo struct {
	Namespace          string
	Execution          Execution
	TaskQueue          string
	StartTime          Timestamp
	Attempt            uint32
	Timeouts           WorkflowTimeouts
	Expiration         *Timestamp
	RetryPolicy        *RetryPolicy
	CronSchedule       string
	Parent             *Execution
	Root               *Execution
	FirstRunID         string
	OriginalRunID      string
	ContinuedFromRunID *string
	LastCompletion     *Payload
	LastFailure        *[]FailureLayer
	Memo               PayloadMap
	SearchAttributes   PayloadMap
	Priority           *Priority
}

type Resolution struct {
	abi.Variant
	Completed **Payload
	Failed    *[]FailureLayer
	Cancelled *[]FailureLayer
}

// Resolved is an activity-resolved or a child-resolved record.
type Resolved struct {
	Operation  OperationID
	Resolution Resolution
}

type Signal struct {
	Name     string
	Input    []Payload
	Headers  PayloadMap
	Identity string
}

type Update struct {
	ID       string
	Name     string
	Input    []Payload
	Headers  PayloadMap
	Identity string
}

type ChildStarted struct {
	Operation OperationID
	Started   StartResolution
}

type StartResolution struct {
	abi.Variant
	Started        *Execution
	AlreadyStarted *abi.Unit
	Failed         *[]FailureLayer
	Cancelled      *[]FailureLayer
}

type ExternalResolved struct {
	Operation OperationID
	Delivered Delivered
}

type Delivered struct {
	abi.Variant
	OK     *abi.Unit
	Failed *[]FailureLayer
}

// Answer is what a query returns.
type Answer struct {
	abi.Variant
	Output  *Payload
	Failure *[]FailureLayer
}

// Verdict is what a validation returns.
type Verdict struct {
	abi.Variant
	Accepted *abi.Unit
	Refused  *[]FailureLayer
}
