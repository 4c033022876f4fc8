package workflow

import (
	"time"

	"mainspring.dev/workflow/internal/host"
)

// Execution is one execution of a workflow.
type Execution struct{ WorkflowID, RunID string }

// Info is what a run knows of itself.
type Info struct {
	Execution
	WorkflowType, Namespace, TaskQueue string
	StartTime                          time.Time
	// Attempt is 1 for the first try of a workflow that has a retry policy.
	Attempt uint32
	// Parent is nil for a run that nobody's workflow started.
	Parent *Execution
	// ContinuedFromRunID is empty for a run that begins its chain.
	ContinuedFromRunID string
	// HistoryLength counts the events so far.
	HistoryLength uint64
	// ContinueAsNewSuggested is the host's advice.
	ContinueAsNewSuggested bool
}

// GetInfo is what is known now.
func GetInfo() Info {
	r := currentRun()
	made := Info{
		Execution:              Execution(r.info.Execution),
		WorkflowType:           r.workflowType,
		Namespace:              r.info.Namespace,
		TaskQueue:              r.info.TaskQueue,
		StartTime:              time.UnixMilli(int64(r.info.StartTime)).UTC(),
		Attempt:                r.info.Attempt,
		HistoryLength:          r.historyLength,
		ContinueAsNewSuggested: r.continueAsNewSuggested,
	}
	if parent := r.info.Parent; parent != nil {
		made.Parent = pointerTo(Execution(*parent))
	}
	if from := r.info.ContinuedFromRunID; from != nil {
		made.ContinuedFromRunID = *from
	}
	return made
}

// Patched says whether this run takes the changed path: it is new here, or has taken it before. The answer stays the same
// for the rest of the run.
func Patched(id string) bool {
	r := currentRun()
	r.stopIfClosed()
	return host.Current.Patched(id, false)
}

// DeprecatePatch says that no run takes the old path any more.
func DeprecatePatch(id string) {
	r := currentRun()
	r.stopIfClosed()
	host.Current.Patched(id, true)
}
