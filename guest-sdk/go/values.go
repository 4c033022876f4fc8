package workflow

import "time"

// millis are the contract's durations; fractions are rounded up, so that nothing is ever shorter than asked.
func millis(duration time.Duration) uint64 {
	if duration <= 0 {
		return 0
	}
	return uint64((duration + time.Millisecond - 1) / time.Millisecond)
}

// optionalMillis is nothing for 0.
func optionalMillis(duration time.Duration) *uint64 {
	if duration == 0 {
		return nil
	}
	return pointerTo(millis(duration))
}

// optionalText is nothing for "".
func optionalText(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func pointerTo[T any](value T) *T { return &value }
