//! What the standard health service says.

use super::front::Front;
use mainspring_api::methods::WORKFLOW_SERVICE;
use tonic_health::ServingStatus;
use tonic_health::pb::health_server::{Health, HealthServer};

/// What is served once the modules are there that the server was started with. `mainspring dev` answers before they are
/// built; whoever wants to start workflows in a hurry asks for this first, as the SDKs' test environments do.
const FIRST_MODULES: &str = "mainspring.modules";

/// The service itself. It serves from the beginning; the first modules may be on their way.
pub(super) async fn service(front: &Front) -> HealthServer<impl Health + use<>> {
    let (reporter, service) = tonic_health::server::health_reporter();
    reporter
        .set_service_status(WORKFLOW_SERVICE, ServingStatus::Serving)
        .await;
    let engine = front.engine().clone();
    if engine.expects_modules() {
        reporter
            .set_service_status(FIRST_MODULES, ServingStatus::NotServing)
            .await;
    }
    let stopping = front.stopping().clone();
    tokio::spawn(async move {
        if stopping.run_until_cancelled(engine.modules_arrived()).await.is_some() {
            reporter.set_service_status(FIRST_MODULES, ServingStatus::Serving).await;
        }
    });
    service
}
