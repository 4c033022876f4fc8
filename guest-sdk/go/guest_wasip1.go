package workflow

import (
	"runtime/debug"

	"mainspring.dev/workflow/internal/abi"
	"mainspring.dev/workflow/internal/contract"
	"mainspring.dev/workflow/internal/host"
)

// The exports, as the canonical ABI flattens them; see package host for the imports. What they return stays where it is until
// the host calls the next time, and what they got may go by then.

var returned host.Memory

// A run at rest is what it has ever written to, and Go would let the heap grow to 4 MB before it collects anything at all.
func init() { debug.SetGCPercent(25) }

//go:wasmexport mainspring:workflow/guest@0.1.0#describe
func exportDescribe() uint32 {
	all := manifest()
	return abi.Lower(&returned, &all)
}

//go:wasmexport mainspring:workflow/guest@0.1.0#activate
func exportActivate(now, historyLength, historyBytes uint64, suggested, jobs, jobsLength uint32) {
	activation := contract.Activation{
		Now:                    now,
		HistoryLength:          historyLength,
		HistoryBytes:           historyBytes,
		ContinueAsNewSuggested: suggested != 0,
		Jobs:                   abi.LiftList[contract.Job](&host.Received, jobs, jobsLength),
	}
	host.Received.Release()
	activate(activation)
}

//go:wasmexport mainspring:workflow/guest@0.1.0#query
func exportQuery(name, nameLength, input, inputLength, _, _ uint32) uint32 {
	text := abi.LiftString(&host.Received, name, nameLength)
	arguments := abi.LiftList[contract.Payload](&host.Received, input, inputLength)
	host.Received.Release()
	returned.Release()
	answer := answer(text, arguments)
	return abi.Lower(&returned, &answer)
}

//go:wasmexport mainspring:workflow/guest@0.1.0#validate-update
func exportValidateUpdate(_, _, name, nameLength, _, _, _, _, _, _ uint32) uint32 {
	text := abi.LiftString(&host.Received, name, nameLength)
	host.Received.Release()
	returned.Release()
	refused := layersOf(unknown("update", text, nil))
	return abi.Lower(&returned, &contract.Verdict{Refused: &refused})
}
