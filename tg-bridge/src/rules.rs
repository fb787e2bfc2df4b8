//! What the reaction goes by: the settings, and Okdesk's own word on which statuses are final, looked up now and then.

use crate::config::Config;
use crate::health::Health;
use crate::reaction::{Policy, Rules, react};
use crate::store::Decide;
use crate::text::Texts;
use crate::worker::pause;
use okdesk_sdk::Client;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// How often Okdesk is asked, which also tells whether it can be reached.
const EVERY: Duration = Duration::from_secs(120);
/// How often it is asked while it cannot.
const PATIENCE: Duration = Duration::from_secs(30);

/// The rules as the settings have them.
pub(crate) fn initial(config: &Config) -> Rules {
    Rules {
        zone: config.time_zone.clone(),
        portal_url: config.portal_url.clone(),
        policy: Policy {
            version: config.policy_version.clone(),
            url: config.policy_url.clone(),
        },
        completed: config.completed_statuses.clone(),
        close_to: config.close_status.clone(),
        reopen_to: config.reopen_status.clone(),
        comment_days: config.comment_days,
        download_limit: config.download_limit,
        admin_chat: config.admin_chat,
        ..Rules::default()
    }
}

/// The decision by these rules.
pub fn decision(rules: watch::Receiver<Arc<Rules>>) -> Decide {
    let texts = Texts::default();
    Arc::new(move |scene, event| {
        let rules = rules.borrow().clone();
        react(scene, event, &rules, &texts)
    })
}

/// Keeps the dictionary of statuses fresh.
pub(crate) async fn refresh(
    client: Client,
    rules: watch::Sender<Arc<Rules>>,
    health: Arc<Health>,
    mut stop: watch::Receiver<bool>,
) {
    let mut wait = Duration::from_secs(1);
    while !*stop.borrow() {
        let looked = tokio::select! {
            looked = client.references().issue_statuses() => looked,
            _ = stop.changed() => return,
        };
        match looked {
            Ok(statuses) => {
                health.heard_of_okdesk(Ok(()));
                let finals = statuses
                    .into_iter()
                    .filter_map(|s| Some((s.code, s.is_final?)))
                    .collect();
                rules.send_modify(|rules| {
                    *rules = Arc::new(Rules {
                        finals,
                        ..Rules::clone(rules)
                    })
                });
                wait = Duration::from_secs(1);
                pause(&mut stop, EVERY).await;
            }
            Err(e) => {
                tracing::warn!(error = %e, "Okdesk's statuses are not known for now");
                health.heard_of_okdesk(Err(e.to_string()));
                pause(&mut stop, wait).await;
                wait = (wait * 2).min(PATIENCE);
            }
        }
    }
}
