package contract

type Activity struct {
	ActivityType    string
	ActivityID      *string
	TaskQueue       *string
	Input           []Payload
	Headers         PayloadMap
	ScheduleToClose *Duration
	ScheduleToStart *Duration
	StartToClose    *Duration
	Heartbeat       *Duration
	RetryPolicy     *RetryPolicy
	Cancellation    uint8
	Local           bool
	Priority        *Priority
	Metadata        UserMetadata
}

type Child struct {
	WorkflowType      string
	WorkflowID        *string
	TaskQueue         *string
	Input             []Payload
	Headers           PayloadMap
	Timeouts          WorkflowTimeouts
	RetryPolicy       *RetryPolicy
	CronSchedule      string
	ParentClosePolicy uint8
	IDReusePolicy     uint8
	Cancellation      uint8
	Memo              PayloadMap
	SearchAttributes  PayloadMap
	Priority          *Priority
	Metadata          UserMetadata
}

type Continuation struct {
	WorkflowType     *string
	TaskQueue        *string
	Input            []Payload
	Headers          PayloadMap
	Timeouts         WorkflowTimeouts
	RetryPolicy      *RetryPolicy
	Memo             *PayloadMap
	SearchAttributes *PayloadMap
	Backoff          *Duration
}
