// Package host is the host as a workflow meets it: commands out, and the time at which nothing moves any more.
//
// In a module they are the imports of /wit. Natively there is no host but the one that a test puts here.
package host

import "mainspring.dev/workflow/internal/contract"

// Host takes commands. What they mean is said in /wit.
type Host interface {
	ScheduleActivity(activity *contract.Activity) contract.OperationID
	StartTimer(after contract.Duration, metadata *contract.UserMetadata) contract.OperationID
	StartChild(child *contract.Child) contract.OperationID
	SignalExternal(workflowID, name string, input []contract.Payload) contract.OperationID
	CancelExternal(workflowID, reason string) contract.OperationID
	Cancel(operation contract.OperationID, reason string)
	FailUpdate(id string, failure []contract.FailureLayer)
	Complete(output *contract.Payload)
	Fail(failure []contract.FailureLayer)
	Cancelled()
	ContinueAsNew(continuation *contract.Continuation)
	Patched(id string, deprecated bool) bool
	Log(level uint8, message string, fields []contract.Pair[string])

	// Settle returns when every other goroutine is blocked.
	Settle()
	// SetClock moves Go's own clock to the run's.
	SetClock(now contract.Timestamp)
	// SetSeed gives Go's own source of randomness the run's seed.
	SetSeed(seed contract.RandomSeed)
}

// Current is the host of this instance.
var Current Host
