package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"mainspring.dev/workflow"
)

// Runner is who runs, and for how long at most.
type Runner struct {
	Activity string
	Limit    time.Duration
}

// race is an activity against a timer, in Go's own select.
func race(ctx context.Context, runner Runner) (string, error) {
	activity := workflow.ExecuteActivity[string](ctx, runner.Activity, options)
	timer := workflow.NewTimer(ctx, runner.Limit)
	select {
	case <-activity.Done():
		timer.Stop()
		return activity.Get()
	case <-timer.C:
		return "too late", nil
	}
}

// approval collects notes until somebody approves.
func approval(ctx context.Context) ([]string, error) {
	var notes []string
	workflow.SetQueryHandler("notes", func() ([]string, error) { return notes, nil })
	workflow.SetQueryHandler("stuck", func() (string, error) { select {} })
	workflow.SetQueryHandler("broken", func() (string, error) { return "", errors.New("no answer") })
	approved, noted := workflow.SignalChannel[string]("approve"), workflow.SignalChannel[string]("note")
	for {
		select {
		case note := <-noted:
			notes = append(notes, note)
		case by := <-approved:
			return append(notes, "approved by "+by), nil
		case <-workflow.After(ctx, 24*time.Hour):
			return nil, workflow.NewApplicationError("TooLate", "nobody approved")
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// fanOut has many goroutines, each with an activity after a timer of its own, and puts together what they bring.
func fanOut(ctx context.Context, width int) (string, error) {
	var (
		all     sync.WaitGroup
		mutex   sync.Mutex
		arrived []int
	)
	for i := range width {
		all.Go(func() {
			if err := workflow.Sleep(ctx, time.Duration(i%3)*time.Millisecond); err != nil {
				return
			}
			number, err := workflow.ExecuteActivity[int](ctx, "noop", options, i).Get()
			if err != nil {
				return
			}
			mutex.Lock()
			defer mutex.Unlock()
			arrived = append(arrived, number)
		})
	}
	all.Wait()
	return fmt.Sprint(len(arrived)), nil
}

// garbage makes the collector run while goroutines are under way.
func garbage(ctx context.Context, rounds int) (int, error) {
	sums := make(chan int)
	for i := range 4 {
		go func() {
			sum := 0
			for round := range rounds {
				block := make([][]byte, 64)
				for j := range block {
					block[j] = make([]byte, 4<<10)
					block[j][round%1000] = byte(i)
				}
				number, err := workflow.ExecuteActivity[int](ctx, "noop", options, len(block)+round).Get()
				if err != nil {
					panic(err)
				}
				sum += number
			}
			sums <- sum
		}()
	}
	return <-sums + <-sums + <-sums + <-sums, nil
}
