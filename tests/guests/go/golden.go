package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"mainspring.dev/workflow"
)

// The workflows of the golden histories, as `tests/guests/src/golden` has them in Rust: the same histories, event by event.
// What is here is added to, and never does anything else than it did. What has updates, a memo, search attributes or priorities
// is missing, and what takes all signals that have come: the SDK has none of these, and a channel gives one signal at a time.

func init() {
	workflow.Register("golden_activity", goldenActivity)
	workflow.Register("golden_activities", goldenActivities)
	workflow.Register("golden_steps", goldenSteps)
	workflow.Register("golden_timers", goldenTimers)
	workflow.Register("golden_race", goldenRace)
	workflow.Register("golden_signals", goldenSignals)
	workflow.Register("golden_leaf", goldenLeaf)
	workflow.Register("golden_parent", goldenParent)
	workflow.Register("golden_sender", goldenSender)
	workflow.Register("golden_cleanup", goldenCleanup)
	workflow.Register("golden_versions", goldenVersions)
	workflow.Register("golden_chance", goldenChance)
	workflow.Register("golden_scopes", goldenScopes)
	workflow.Register("golden_local", goldenLocal)
	workflow.Register("golden_brood", goldenBrood)
}

// work calls the activity of that name.
func work[T any](ctx context.Context, arguments ...any) workflow.Future[T] {
	return workflow.ExecuteActivity[T](ctx, "work", workflow.ActivityOptions{StartToClose: time.Minute}, arguments...)
}

// activityCase is how an activity is called; times are in milliseconds.
type activityCase struct {
	ScheduleToStart, ScheduleToClose, StartToClose, Heartbeat int
	Attempts                                                  uint32
	Cancellation                                              string
	CancelAfter                                               *int
}

func (c *activityCase) UnmarshalJSON(text []byte) error {
	type plain activityCase
	it := struct {
		plain
		StartToClose *int
	}{plain: plain{Attempts: 1}}
	limit := 60_000
	it.StartToClose = &limit
	if err := json.Unmarshal(text, &it); err != nil {
		return err
	}
	*c = activityCase(it.plain)
	if it.StartToClose != nil {
		c.StartToClose = *it.StartToClose
	}
	return nil
}

func millis(count int) time.Duration { return time.Duration(count) * time.Millisecond }

// goldenActivity calls `work` once, and gives what it gives.
func goldenActivity(ctx context.Context, it activityCase) (any, error) {
	cancellations := map[string]workflow.CancellationType{
		"wait":    workflow.WaitCancellationCompleted,
		"abandon": workflow.Abandon,
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	activity := workflow.ExecuteActivity[any](ctx, "work", workflow.ActivityOptions{
		ScheduleToStart: millis(it.ScheduleToStart),
		ScheduleToClose: millis(it.ScheduleToClose),
		StartToClose:    millis(it.StartToClose),
		Heartbeat:       millis(it.Heartbeat),
		RetryPolicy:     &workflow.RetryPolicy{MaximumAttempts: it.Attempts},
		Cancellation:    cancellations[it.Cancellation],
	}, "input")
	if it.CancelAfter != nil {
		if err := workflow.Sleep(ctx, millis(*it.CancelAfter)); err != nil {
			return nil, err
		}
		cancel()
	}
	return activity.Get()
}

// goldenActivities calls `work` so many times at once, and gives the results in the order of the calls.
func goldenActivities(ctx context.Context, n int) ([]int, error) {
	calls := make([]workflow.Future[int], n)
	for number := range calls {
		calls[number] = work[int](ctx, number)
	}
	results := make([]int, n)
	for number, call := range calls {
		result, err := call.Get()
		if err != nil {
			return nil, err
		}
		results[number] = result
	}
	return results, nil
}

// goldenSteps calls `work` with 0, 1 … n - 1, one after the other, and gives n.
func goldenSteps(ctx context.Context, n int) (int, error) {
	for number := range n {
		if _, err := work[int](ctx, number).Get(); err != nil {
			return 0, err
		}
	}
	return n, nil
}

// goldenTimers starts a timer of a second, one of two, and one of an hour; calls `work` with the name of each of the two that
// fire, and gives the third up.
func goldenTimers(ctx context.Context) error {
	hour := workflow.NewTimer(ctx, time.Hour)
	ended := make(chan error)
	fired := func(name string, timer *workflow.Timer) {
		<-timer.C
		_, err := work[any](ctx, name).Get()
		ended <- err
	}
	// The timers begin here: goroutines do not begin in the order in which they were made.
	go fired("first", workflow.NewTimer(ctx, time.Second))
	go fired("second", workflow.NewTimer(ctx, 2*time.Second))
	for range 2 {
		select {
		case err := <-ended:
			if err != nil {
				return err
			}
		case <-hour.C:
			return nil
		}
	}
	hour.Stop()
	return nil
}

// goldenRace is `work` against a timer of a second; it gives who was first.
func goldenRace(ctx context.Context) (string, error) {
	activity := work[string](ctx, "race")
	timer := workflow.NewTimer(ctx, time.Second)
	first := "timer"
	select {
	case <-activity.Done():
		result, err := activity.Get()
		if err != nil {
			return "", err
		}
		first = "activity " + result
	case <-timer.C:
	}
	if _, err := work[any](ctx, first).Get(); err != nil {
		return "", err
	}
	timer.Stop()
	return first, nil
}

// goldenSignals calls `work`, and then receives two signals `item`, which may have come before.
func goldenSignals(ctx context.Context) ([]string, error) {
	if _, err := work[any](ctx, "before").Get(); err != nil {
		return nil, err
	}
	var items []string
	for range 2 {
		select {
		case item := <-workflow.SignalChannel[string]("item"):
			items = append(items, item)
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return items, nil
}

// goldenLeaf ends in the way it is told: `completes`, `fails`, `waits` for ever, is `stubborn` when it is asked to cancel,
// `continues` as one that completes, or `tries` until its second attempt.
func goldenLeaf(ctx context.Context, way string) (string, error) {
	switch {
	case way == "fails":
		return "", workflow.NewApplicationError("Leaf", "asked to fail", 7)
	case way == "waits":
		<-ctx.Done()
		return "", ctx.Err()
	case way == "stubborn":
		<-ctx.Done()
		reason, _ := workflow.CancelRequested()
		return reason, nil
	case way == "continues":
		return "", workflow.ContinueAsNew("completes")
	case way == "tries" && workflow.GetInfo().Attempt < 2:
		return "", workflow.NewApplicationError("Leaf", "not yet")
	}
	return "done", nil
}

// childCase is how a child is called; times are in milliseconds.
type childCase struct {
	Way, Cancellation, Policy string
	CancelAfter               *int
	Retries, Leaves           bool
}

// goldenParent has a `golden_leaf` as its child, with the workflow id `child`, and gives what it gives.
func goldenParent(ctx context.Context, it childCase) (*string, error) {
	cancellations := map[string]workflow.ChildCancellationType{
		"abandon":        workflow.ChildAbandon,
		"try":            workflow.ChildTryCancel,
		"wait-requested": workflow.ChildWaitCancellationRequested,
	}
	policies := map[string]workflow.ParentClosePolicy{
		"abandon":        workflow.ParentCloseAbandon,
		"request-cancel": workflow.ParentCloseRequestCancel,
	}
	options := workflow.ChildOptions{
		WorkflowID:        "child",
		ParentClosePolicy: policies[it.Policy],
		Cancellation:      cancellations[it.Cancellation],
	}
	if it.Retries {
		options.RetryPolicy = &workflow.RetryPolicy{}
	}
	if it.Way == "" {
		it.Way = "completes"
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	child := workflow.ExecuteChild[string](ctx, "golden_leaf", options, it.Way)
	if _, err := child.Started(); err != nil || it.Leaves {
		return nil, err
	}
	if it.CancelAfter != nil {
		if err := workflow.Sleep(ctx, millis(*it.CancelAfter)); err != nil {
			return nil, err
		}
		cancel()
	}
	result, err := child.Get()
	return &result, err
}

// goldenSender signals the workflow `other`, and then asks it to cancel; it gives what came of both.
func goldenSender(ctx context.Context) ([]string, error) {
	tell := func(err error) string {
		if err != nil {
			return err.Error()
		}
		return "arrived"
	}
	signalled := tell(workflow.SignalWorkflow(ctx, "other", "item", "item"))
	return []string{signalled, tell(workflow.CancelWorkflow(ctx, "other", "enough"))}, nil
}

// goldenCleanup waits for an hour. Asked to cancel, it calls `work` to clean up, and something that nobody can cancel.
func goldenCleanup(ctx context.Context) error {
	waited := workflow.Sleep(ctx, time.Hour)
	if waited != nil {
		shielded := context.WithoutCancel(ctx)
		if err := workflow.Sleep(shielded, time.Second); err != nil {
			return err
		}
		if _, err := work[any](shielded, "cleanup").Get(); err != nil {
			return err
		}
	}
	return waited
}

// goldenVersions takes a path that is new, one that no run takes otherwise any more, and says what it took.
func goldenVersions(ctx context.Context) (bool, error) {
	isNew := workflow.Patched("new")
	workflow.DeprecatePatch("old")
	if _, err := work[any](ctx, isNew).Get(); err != nil {
		return false, err
	}
	return isNew && workflow.Patched("new"), nil
}

// goldenChance calls `work` with what differs between runs, and is the same at a replay.
func goldenChance(ctx context.Context) error {
	_, err := work[any](ctx, workflow.Now().Unix(), workflow.Rand().Uint32(), workflow.UUID()).Get()
	return err
}

// goldenScopes sleeps in a context within a context. The first signal `item` cancels the inner one, the second the outer one;
// `work` is called after each.
func goldenScopes(ctx context.Context) ([]string, error) {
	outer, cancelOuter := context.WithCancel(ctx)
	defer cancelOuter()
	inner, cancelInner := context.WithCancel(outer)
	defer cancelInner()
	items := workflow.SignalChannel[string]("item")
	go func() {
		<-items
		cancelInner()
		<-items
		cancelOuter()
	}()
	cleanup := func(name string, slept error) (string, error) {
		_, err := work[any](context.WithoutCancel(ctx), name).Get()
		return fmt.Sprintf("%s %t", name, slept != nil), err
	}
	first, err := cleanup("inner", workflow.Sleep(inner, time.Hour))
	if err != nil {
		return nil, err
	}
	second, err := cleanup("outer", workflow.Sleep(outer, 2*time.Hour))
	return []string{first, second}, err
}

// goldenLocal calls `work` where it may be done in the host's process.
func goldenLocal(ctx context.Context) (any, error) {
	options := workflow.ActivityOptions{StartToClose: time.Minute, Local: true}
	return workflow.ExecuteActivity[any](ctx, "work", options, "local").Get()
}

// goldenBrood has so many children at once, with the workflow ids `child-0`, `child-1` …
func goldenBrood(ctx context.Context, n int) ([]string, error) {
	children := make([]*workflow.Child[string], n)
	for number := range children {
		options := workflow.ChildOptions{WorkflowID: fmt.Sprintf("child-%d", number)}
		children[number] = workflow.ExecuteChild[string](ctx, "golden_leaf", options, "completes")
	}
	results := make([]string, n)
	for number, child := range children {
		result, err := child.Get()
		if err != nil {
			return nil, err
		}
		results[number] = result
	}
	return results, nil
}
