// Package contract has the types of /wit as Go structs, field by field in its order; package abi says how they
// correspond. What their fields mean is said there.
package contract

import "mainspring.dev/workflow/internal/abi"

type (
	Timestamp   = uint64
	Duration    = uint64
	OperationID = uint64
)

// Pair is a tuple<string, T>.
type Pair[T any] struct {
	Name  string
	Value T
}

type Payload struct {
	Metadata []Pair[[]byte]
	Data     []byte
}

type PayloadMap = []Pair[Payload]

type FailureLayer struct {
	Message           string
	Source            string
	StackTrace        string
	EncodedAttributes *Payload
	Info              FailureInfo
}

type FailureInfo struct {
	abi.Variant
	Application   *ApplicationFailure
	Cancelled     *[]Payload
	Terminated    *abi.Unit
	Timeout       *TimeoutFailure
	Server        *bool
	Activity      *ActivityFailure
	ChildWorkflow *ChildWorkflowFailure
	Unspecified   *abi.Unit
}

type ApplicationFailure struct {
	Kind           string
	NonRetryable   bool
	Benign         bool
	Details        []Payload
	NextRetryDelay *Duration
}

type TimeoutFailure struct {
	Kind                 uint8
	LastHeartbeatDetails []Payload
}

type ActivityFailure struct {
	ActivityType string
	ActivityID   string
	Identity     string
	RetryState   uint8
}

type ChildWorkflowFailure struct {
	WorkflowType string
	WorkflowID   string
	RunID        string
	RetryState   uint8
}

type RetryPolicy struct {
	InitialInterval    Duration
	BackoffCoefficient float64
	MaximumInterval    *Duration
	MaximumAttempts    uint32
	NonRetryableKinds  []string
}

type Priority struct {
	Key            uint32
	FairnessKey    string
	FairnessWeight float32
}

type UserMetadata struct {
	Summary *Payload
	Details *Payload
}

type Execution struct {
	WorkflowID string
	RunID      string
}

type WorkflowTimeouts struct {
	Execution *Duration
	Run       *Duration
	Task      *Duration
}
