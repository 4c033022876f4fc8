// Package workflow is for Mainspring workflows in Go.
//
// A workflow is a function, with goroutines, channels and select as they are; what it waits for survives the host:
//
//	func init() {
//		workflow.Register("processOrder", ProcessOrder)
//	}
//
//	func ProcessOrder(ctx context.Context, orderID string) (Receipt, error) {
//		charge, err := workflow.ExecuteActivity[Charge](ctx, "chargeCard", options, orderID).Get()
//		if err != nil {
//			return Receipt{}, err
//		}
//		select {
//		case <-workflow.SignalChannel[string]("approve"):
//		case <-workflow.After(ctx, 24*time.Hour):
//			return Receipt{}, workflow.NewApplicationError("TooLate", "nobody approved")
//		}
//		return Receipt{charge.ID}, nil
//	}
//
//	func main() {}
//
// An error that is returned fails the run. A panic is a bug: it blocks the run with its message and stack until a module
// comes that has it mended.
//
// The README says what makes a workflow in Go repeat itself, and what an author must know of that.
package workflow
