module mainspring.dev/tests/guests

go 1.25

require mainspring.dev/workflow v0.1.0

replace mainspring.dev/workflow => ../../../guest-sdk/go
