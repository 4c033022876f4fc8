package host

import (
	"time"
	"unsafe"

	"mainspring.dev/workflow/internal/abi"
	"mainspring.dev/workflow/internal/contract"
)

// The imports, as the canonical ABI flattens them: a string or a list is its address and its length, an option a number
// that says whether it is there and then what it would hold; what would have more than 16 of these is stored, and its address
// is passed.

//go:wasmimport mainspring:workflow/activities@0.1.0 schedule
func activitiesSchedule(activity uint32) uint64

//go:wasmimport mainspring:workflow/timers@0.1.0 start
func timersStart(after uint64,
	hasSummary, summaryMetadata, summaryMetadataLength, summaryData, summaryDataLength uint32,
	hasDetails, detailsMetadata, detailsMetadataLength, detailsData, detailsDataLength uint32) uint64

//go:wasmimport mainspring:workflow/children@0.1.0 start
func childrenStart(child uint32) uint64

//go:wasmimport mainspring:workflow/external-workflows@0.1.0 signal
func externalSignal(workflowID, workflowIDLength, hasRunID, runID, runIDLength, childOnly, name, nameLength, input,
	inputLength, headers, headersLength uint32) uint64

//go:wasmimport mainspring:workflow/external-workflows@0.1.0 request-cancel
func externalRequestCancel(workflowID, workflowIDLength, hasRunID, runID, runIDLength, childOnly, reason,
	reasonLength uint32) uint64

//go:wasmimport mainspring:workflow/operations@0.1.0 cancel
func operationsCancel(operation uint64, reason, reasonLength uint32)

//go:wasmimport mainspring:workflow/updates@0.1.0 fail
func updatesFail(id, idLength, failure, failureLength uint32)

//go:wasmimport mainspring:workflow/outcome@0.1.0 complete
func outcomeComplete(hasOutput, metadata, metadataLength, data, dataLength uint32)

//go:wasmimport mainspring:workflow/outcome@0.1.0 fail
func outcomeFail(failure, failureLength uint32)

//go:wasmimport mainspring:workflow/outcome@0.1.0 cancelled
func outcomeCancelled(details, detailsLength uint32)

//go:wasmimport mainspring:workflow/outcome@0.1.0 continue-as-new
func outcomeContinueAsNew(continuation uint32)

//go:wasmimport mainspring:workflow/versions@0.1.0 patched
func versionsPatched(id, idLength, deprecated uint32) uint32

//go:wasmimport mainspring:workflow/log@0.1.0 write
func logWrite(level, message, messageLength, fields, fieldsLength uint32)

// What the adapter has beyond WASI; see adapter/wasi_snapshot_preview1.wat.

//go:wasmimport wasi_snapshot_preview1 mainspring_set_clock
func adapterSetClock(nanoseconds uint64)

//go:wasmimport wasi_snapshot_preview1 mainspring_set_seed
func adapterSetSeed(s0, s1 uint64)

//go:wasmimport wasi_snapshot_preview1 mainspring_report_exit
func adapterReportExit(failure, text, textCapacity uint32)

func init() {
	Current = imports{}
	prepareExit()
}

type imports struct{}

// The commands of a call are made one after the other, and each is read by the host before it returns.
var sent Memory

func (imports) ScheduleActivity(activity *contract.Activity) contract.OperationID {
	defer sent.Release()
	return activitiesSchedule(abi.Lower(&sent, activity))
}

func (imports) StartTimer(after contract.Duration, metadata *contract.UserMetadata) contract.OperationID {
	defer sent.Release()
	has, metadataAt, metadataLength, dataAt, dataLength := flatOption(metadata.Summary)
	return timersStart(after, has, metadataAt, metadataLength, dataAt, dataLength, 0, 0, 0, 0, 0)
}

func (imports) StartChild(child *contract.Child) contract.OperationID {
	defer sent.Release()
	return childrenStart(abi.Lower(&sent, child))
}

func (imports) SignalExternal(workflowID, name string, input []contract.Payload) contract.OperationID {
	defer sent.Release()
	idAt, idLength := flatString(workflowID)
	nameAt, nameLength := flatString(name)
	inputAt, inputLength := abi.LowerList(&sent, input)
	return externalSignal(idAt, idLength, 0, 0, 0, 0, nameAt, nameLength, inputAt, inputLength, 8, 0)
}

func (imports) CancelExternal(workflowID, reason string) contract.OperationID {
	defer sent.Release()
	idAt, idLength := flatString(workflowID)
	at, length := flatString(reason)
	return externalRequestCancel(idAt, idLength, 0, 0, 0, 0, at, length)
}

func (imports) Cancel(operation contract.OperationID, reason string) {
	defer sent.Release()
	at, length := flatString(reason)
	operationsCancel(operation, at, length)
}

func (imports) FailUpdate(id string, failure []contract.FailureLayer) {
	defer sent.Release()
	idAt, idLength := flatString(id)
	at, length := abi.LowerList(&sent, failure)
	updatesFail(idAt, idLength, at, length)
}

func (imports) Complete(output *contract.Payload) {
	defer sent.Release()
	outcomeComplete(flatOption(output))
}

func (imports) Fail(failure []contract.FailureLayer) {
	defer sent.Release()
	outcomeFail(abi.LowerList(&sent, failure))
}

func (imports) Cancelled() {
	outcomeCancelled(8, 0)
}

func (imports) ContinueAsNew(continuation *contract.Continuation) {
	defer sent.Release()
	outcomeContinueAsNew(abi.Lower(&sent, continuation))
}

func (imports) Patched(id string, deprecated bool) bool {
	defer sent.Release()
	at, length := flatString(id)
	var flag uint32
	if deprecated {
		flag = 1
	}
	return versionsPatched(at, length, flag) != 0
}

func (imports) Log(level uint8, message string, fields []contract.Pair[string]) {
	defer sent.Release()
	at, length := flatString(message)
	fieldsAt, fieldsLength := abi.LowerList(&sent, fields)
	logWrite(uint32(level), at, length, fieldsAt, fieldsLength)
}

// The adapter's clock stands still until Go's scheduler has nothing to run and asks to be woken at the next timer: only
// then does this timer fire, which is due in a nanosecond. So Go itself says that all is quiet, exactly, and at the price of
// one turn of its scheduler.
func (imports) Settle() {
	time.Sleep(1)
}

func (imports) SetClock(now contract.Timestamp) {
	adapterSetClock(now * 1_000_000)
}

func (imports) SetSeed(seed contract.RandomSeed) {
	adapterSetSeed(seed.S0, seed.S1)
}

func flatString(text string) (address, length uint32) {
	if text == "" {
		return 1, 0
	}
	return sent.Place(unsafe.Slice(unsafe.StringData(text), len(text))), uint32(len(text))
}

func flatOption(payload *contract.Payload) (has, metadata, metadataLength, data, dataLength uint32) {
	if payload == nil {
		return 0, 0, 0, 0, 0
	}
	metadata, metadataLength = abi.LowerList(&sent, payload.Metadata)
	data, dataLength = flatString(unsafe.String(unsafe.SliceData(payload.Data), len(payload.Data)))
	return 1, metadata, metadataLength, data, dataLength
}
