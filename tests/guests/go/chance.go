package main

import (
	"context"
	crand "crypto/rand"
	"encoding/hex"
	"math/rand/v2"
	"time"

	"mainspring.dev/workflow"
)

// Chances is all in Go that goes by chance or by the clock.
type Chances struct {
	MapOrder []int
	Selected []int
	Global   uint64
	Seeded   uint64
	UUID     string
	Secret   string
	Now      int64
	Slept    time.Duration
}

// chance tells an activity what it saw, so that a replay which saw something else would be found out.
func chance(ctx context.Context) (Chances, error) {
	began := time.Now()
	if err := workflow.Sleep(ctx, 1500*time.Millisecond); err != nil {
		return Chances{}, err
	}
	seen := Chances{
		Global: rand.Uint64() >> 12,
		Seeded: workflow.Rand().Uint64() >> 12,
		UUID:   workflow.UUID(),
		Now:    time.Now().UnixMilli() - workflow.Now().UnixMilli(),
		Slept:  time.Since(began).Round(100 * time.Millisecond),
	}
	for key := range map[int]bool{1: true, 2: true, 3: true, 4: true, 5: true, 6: true, 7: true, 8: true, 9: true} {
		seen.MapOrder = append(seen.MapOrder, key)
	}
	one, two := make(chan int, 16), make(chan int, 16)
	for i := range 8 {
		one <- i
		two <- 10 + i
	}
	for range 16 {
		select {
		case number := <-one:
			seen.Selected = append(seen.Selected, number)
		case number := <-two:
			seen.Selected = append(seen.Selected, number)
		}
	}
	secret := make([]byte, 8)
	crand.Read(secret)
	seen.Secret = hex.EncodeToString(secret)
	return workflow.ExecuteActivity[Chances](ctx, "noop", options, seen).Get()
}
