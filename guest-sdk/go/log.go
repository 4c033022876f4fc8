package workflow

import (
	"context"
	"log/slog"

	"mainspring.dev/workflow/internal/contract"
	"mainspring.dev/workflow/internal/host"
)

// In a module, package log/slog writes to the run's log, which the host keeps silent while it replays; so does package log.
func init() {
	if host.Current != nil {
		slog.SetDefault(slog.New(runLog{}))
	}
}

// Level is that of finest detail, below slog's own.
const LevelTrace = slog.LevelDebug - 4

type runLog struct {
	fields []contract.Pair[string]
	prefix string
}

func (runLog) Enabled(context.Context, slog.Level) bool { return true }

func (l runLog) Handle(_ context.Context, record slog.Record) error {
	fields := l.fields[:len(l.fields):len(l.fields)]
	record.Attrs(func(attribute slog.Attr) bool {
		fields = l.add(fields, attribute)
		return true
	})
	host.Current.Log(level(record.Level), record.Message, fields)
	return nil
}

func (l runLog) WithAttrs(attributes []slog.Attr) slog.Handler {
	fields := l.fields[:len(l.fields):len(l.fields)]
	for _, attribute := range attributes {
		fields = l.add(fields, attribute)
	}
	return runLog{fields, l.prefix}
}

func (l runLog) WithGroup(name string) slog.Handler {
	return runLog{l.fields, l.prefix + name + "."}
}

func (l runLog) add(fields []contract.Pair[string], attribute slog.Attr) []contract.Pair[string] {
	return append(fields, contract.Pair[string]{Name: l.prefix + attribute.Key, Value: attribute.Value.Resolve().String()})
}

func level(level slog.Level) uint8 {
	switch {
	case level < slog.LevelDebug:
		return 0
	case level < slog.LevelInfo:
		return 1
	case level < slog.LevelWarn:
		return 2
	case level < slog.LevelError:
		return 3
	default:
		return 4
	}
}
