module mainspring.dev/examples/order

go 1.25

require mainspring.dev/workflow v0.1.0

replace mainspring.dev/workflow => ../../../guest-sdk/go
