//! What the service manager (systemd) is told: that the portal answers, that it is alive, and that it stops.
//!
//! Where nobody started the process with `NOTIFY_SOCKET` in its environment, nobody is told anything.

use sd_notify::NotifyState;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Tells that the portal takes requests from now on. `systemctl start` waits for it.
pub(crate) fn ready() {
    tell(&NotifyState::Ready);
}

/// Gives a sign of life twice in the time that the manager waits for one, where it does (`WatchdogSec=`), and tells
/// when the portal begins to stop. The sign asks nothing of the store, so that a slow disk gets nobody restarted.
pub(crate) async fn keep_posted(stop: CancellationToken) {
    if let Some(patience) = sd_notify::watchdog_enabled() {
        while stop.run_until_cancelled(tokio::time::sleep(pause(patience))).await.is_some() {
            tell(&NotifyState::Watchdog);
        }
    } else {
        stop.cancelled().await;
    }
    tell(&NotifyState::Stopping);
}

/// Half of the manager's patience, and never no pause at all.
fn pause(patience: Duration) -> Duration {
    (patience / 2).max(Duration::from_millis(100))
}

fn tell(state: &NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(std::slice::from_ref(state)) {
        tracing::warn!(%error, %state, "the service manager could not be told");
    }
}
