//! `temporal.api.testservice.v1`: how Temporal's test environments steer the clock of a server. It is there only where the
//! clock can be steered.

use super::convert::{duration_from_wire, timestamp_from_wire, timestamp_to_wire};
use crate::engine::{NotLocked, TimeSkipping};
use mainspring_api::protobuf::Empty;
use mainspring_api::temporal::testservice::v1::{
    GetCurrentTimeResponse, LockTimeSkippingRequest, LockTimeSkippingResponse, SleepRequest, SleepResponse,
    SleepUntilRequest, UnlockTimeSkippingRequest, UnlockTimeSkippingResponse,
};
use mainspring_api::test_service::TestService;
use tonic::{Request, Response, Status};

/// Of one engine's clock.
pub(super) struct TestFront(pub(super) TimeSkipping);

type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl TestService for TestFront {
    async fn lock_time_skipping(&self, _: Request<LockTimeSkippingRequest>) -> Answer<LockTimeSkippingResponse> {
        self.0.lock();
        Ok(Response::new(LockTimeSkippingResponse {}))
    }

    async fn unlock_time_skipping(&self, _: Request<UnlockTimeSkippingRequest>) -> Answer<UnlockTimeSkippingResponse> {
        self.0.unlock().map_err(not_locked)?;
        Ok(Response::new(UnlockTimeSkippingResponse {}))
    }

    async fn sleep(&self, request: Request<SleepRequest>) -> Answer<SleepResponse> {
        let duration = duration_from_wire("duration", request.into_inner().duration)?.unwrap_or_default();
        self.0.sleep_until(self.0.now().after(duration)).await;
        Ok(Response::new(SleepResponse {}))
    }

    async fn sleep_until(&self, request: Request<SleepUntilRequest>) -> Answer<SleepResponse> {
        let moment = timestamp_from_wire("timestamp", request.into_inner().timestamp)?;
        self.0.sleep_until(moment.unwrap_or_default()).await;
        Ok(Response::new(SleepResponse {}))
    }

    async fn unlock_time_skipping_with_sleep(&self, request: Request<SleepRequest>) -> Answer<SleepResponse> {
        let duration = duration_from_wire("duration", request.into_inner().duration)?.unwrap_or_default();
        self.0.unlock_and_sleep(duration).await.map_err(not_locked)?;
        Ok(Response::new(SleepResponse {}))
    }

    async fn get_current_time(&self, _: Request<Empty>) -> Answer<GetCurrentTimeResponse> {
        Ok(Response::new(GetCurrentTimeResponse {
            time: Some(timestamp_to_wire(self.0.now())),
        }))
    }
}

fn not_locked(error: NotLocked) -> Status {
    Status::failed_precondition(error.to_string())
}
