//! Telling a service manager that the bridge is ready, alive, and stopping. Without one nothing is told.

use crate::store::Store;
use sd_notify::NotifyState;
use std::sync::Arc;

fn tell(state: NotifyState<'_>) {
    if let Err(e) = sd_notify::notify(&[state]) {
        tracing::warn!(error = %e, "the service manager is not told");
    }
}

/// Webhooks can be sent now.
pub(crate) fn ready() {
    tell(NotifyState::Ready);
}

/// The end has begun.
pub(crate) fn stopping() {
    tell(NotifyState::Stopping);
}

/// Feeds the watchdog as long as the store answers, be it with an error: a full disk does not get better by a new start, but
/// a store that hangs may. Never ends.
pub(crate) async fn feed_watchdog(store: Arc<dyn Store>) {
    let Some(patience) = sd_notify::watchdog_enabled() else {
        return std::future::pending().await;
    };
    loop {
        let _ = store.probe().await;
        tell(NotifyState::Watchdog);
        tokio::time::sleep(patience / 3).await;
    }
}
