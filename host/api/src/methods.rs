//! The methods that this server answers, of the many that Temporal's protocol has.
//!
//! The build script generates stubs for exactly these; a call to any other method is answered
//! `UNIMPLEMENTED`. To serve one more, name it here and implement it: the compiler asks for it.

/// Full name of Temporal's main service.
pub const WORKFLOW_SERVICE: &str = "temporal.api.workflowservice.v1.WorkflowService";

/// Full name of Temporal's service for operators.
pub const OPERATOR_SERVICE: &str = "temporal.api.operatorservice.v1.OperatorService";

/// Full name of the service by which Temporal's test environments steer a server's clock.
pub const TEST_SERVICE: &str = "temporal.api.testservice.v1.TestService";

/// The methods of [`WORKFLOW_SERVICE`] that are served.
pub const WORKFLOW_SERVICE_METHODS: &[&str] = &[
    // The server and its namespaces.
    "GetSystemInfo",
    "GetClusterInfo",
    "RegisterNamespace",
    "DescribeNamespace",
    "ListNamespaces",
    "UpdateNamespace",
    "DeprecateNamespace",
    // Workers.
    "PollWorkflowTaskQueue",
    "PollActivityTaskQueue",
    "RespondActivityTaskCompleted",
    "RespondActivityTaskCompletedById",
    "RespondActivityTaskFailed",
    "RespondActivityTaskFailedById",
    "RespondActivityTaskCanceled",
    "RespondActivityTaskCanceledById",
    "RecordActivityTaskHeartbeat",
    "RecordActivityTaskHeartbeatById",
    "DescribeTaskQueue",
    "UpdateTaskQueueConfig",
    "RecordWorkerHeartbeat",
    "ListWorkers",
    "CountWorkers",
    "DescribeWorker",
    "ShutdownWorker",
    // Workflows.
    "StartWorkflowExecution",
    "SignalWithStartWorkflowExecution",
    "SignalWorkflowExecution",
    "QueryWorkflow",
    "UpdateWorkflowExecution",
    "PollWorkflowExecutionUpdate",
    "ExecuteMultiOperation",
    "RequestCancelWorkflowExecution",
    "ResetWorkflowExecution",
    "TerminateWorkflowExecution",
    "DeleteWorkflowExecution",
    "PauseWorkflowExecution",
    "UnpauseWorkflowExecution",
    // Pending activities.
    "PauseActivity",
    "PauseActivityExecution",
    "UnpauseActivity",
    "UnpauseActivityExecution",
    "ResetActivity",
    "ResetActivityExecution",
    "UpdateActivityOptions",
    "UpdateActivityExecutionOptions",
    "DescribeWorkflowExecution",
    "ListWorkflowExecutions",
    "CountWorkflowExecutions",
    "GetWorkflowExecutionHistory",
    "GetWorkflowExecutionHistoryReverse",
    // Many workflows.
    "StartBatchOperation",
    "StopBatchOperation",
    "DescribeBatchOperation",
    "ListBatchOperations",
    // Schedules.
    "CreateSchedule",
    "DescribeSchedule",
    "UpdateSchedule",
    "PatchSchedule",
    "ListScheduleMatchingTimes",
    "DeleteSchedule",
    "ListSchedules",
    "CountSchedules",
];

/// The methods of [`OPERATOR_SERVICE`] that are served.
pub const OPERATOR_SERVICE_METHODS: &[&str] = &[
    "AddSearchAttributes",
    "ListSearchAttributes",
    "RemoveSearchAttributes",
    "DeleteNamespace",
];

/// The methods of [`TEST_SERVICE`] that are served, by a server whose clock can be steered: all.
pub const TEST_SERVICE_METHODS: &[&str] = &[
    "LockTimeSkipping",
    "UnlockTimeSkipping",
    "Sleep",
    "SleepUntil",
    "UnlockTimeSkippingWithSleep",
    "GetCurrentTime",
];
