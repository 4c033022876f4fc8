package host

import (
	_ "unsafe" // For go:linkname.

	"mainspring.dev/workflow/internal/abi"
	"mainspring.dev/workflow/internal/contract"
)

// Kept for the instance's whole life.
var (
	exit     Memory
	exitText [16 << 10]byte
)

// A panic that nobody recovers, a deadlock, a data race on a map: Go writes what it was to standard error, with the stack,
// and exits. No Go code runs any more then, so that it is the adapter which reports it: the failure is made here, and
// message and stack are put in by the adapter.
func prepareExit() {
	failure := []contract.FailureLayer{{
		Message: "the module exited without a word: os.Exit ends no workflow",
		Source:  "mainspring-go",
		Info:    contract.FailureInfo{Application: &contract.ApplicationFailure{Kind: "Panic"}},
	}}
	at, _ := abi.LowerList(&exit, failure)
	tracebackCache = tracebackSingle
	adapterReportExit(at, exit.Place(exitText[:]), uint32(len(exitText)))
}

// tracebackCache is how Go dies: the lowest bit has it abort, as it is right for a library in somebody else's process, but which
// leaves no chance to say why; the next one has it show all goroutines; from the third on it is how much of a stack is shown.
//
//go:linkname tracebackCache runtime.traceback_cache
var tracebackCache uint32

const tracebackSingle = 1 << 2
