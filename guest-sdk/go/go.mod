module mainspring.dev/workflow

go 1.25
