//! What the reaction goes by: the settings, and Okdesk's own word on which statuses are final, looked up now and then.

use crate::bot::BotApi;
use crate::config::Config;
use crate::health::Health;
use crate::reaction::{HelpDesk, Policy, Rules, react};
use crate::store::{Decide, Store};
use crate::text::Texts;
use crate::worker::pause;
use okdesk_sdk::Client;
use okdesk_sdk::model::StatusCode;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use teloxide::prelude::Requester as _;
use tokio::sync::watch;

/// How often Okdesk is asked, which also tells whether it can be reached.
const EVERY: Duration = Duration::from_secs(120);
/// How often it is asked while it cannot.
const PATIENCE: Duration = Duration::from_secs(30);
/// Okdesk's word on its statuses, as it was heard last.
const FINALS: &str = "okdesk.finals";

/// The rules as the settings have them.
pub(crate) fn initial(config: &Config) -> Rules {
    let mut completed = config.completed_statuses.clone();
    if config.helpdesk == HelpDesk::Zenlix {
        completed.insert(StatusCode::from_static("success"));
    }
    Rules {
        desk: config.helpdesk,
        zone: config.time_zone.clone(),
        portal_url: config.portal_url.clone(),
        policy: Policy {
            version: config.policy_version.clone(),
            url: config.policy_url.clone(),
        },
        completed,
        close_to: config.close_status.clone(),
        reopen_to: config.reopen_status.clone(),
        comment_days: config.comment_days,
        rating_attribute: config.rating_attribute.clone(),
        download_limit: config.download_limit,
        admin_chat: config.admin_chat,
        roles: config.roles.clone(),
        company_view: config.company_view,
        invite_hours: config.invite_hours,
        working_time: config.working_time.clone(),
        ..Rules::default()
    }
}

/// The decision by these rules, in these words.
pub(crate) fn decision(rules: watch::Receiver<Arc<Rules>>, texts: Arc<Texts>) -> Decide {
    Arc::new(move |scene, event| {
        let rules = rules.borrow().clone();
        react(scene, event, &rules, &texts)
    })
}

/// What Okdesk said last of its statuses, before it can be asked: an event that waits must not be misjudged.
pub(crate) async fn remembered(store: &dyn Store) -> BTreeMap<StatusCode, bool> {
    let known = store.meta(FINALS).await.ok().flatten();
    known
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default()
}

async fn remember(store: &dyn Store, finals: &BTreeMap<StatusCode, bool>) {
    let Ok(text) = serde_json::to_string(finals) else {
        return;
    };
    if store.meta(FINALS).await.ok().flatten().as_ref() == Some(&text) {
        return;
    }
    if let Err(e) = store.advance(FINALS, text, Vec::new()).await {
        tracing::warn!(error = %e, "Okdesk's statuses are not written down");
    }
}

/// Asks Telegram for the bot's name until it is known.
pub(crate) async fn name(
    api: BotApi,
    rules: watch::Sender<Arc<Rules>>,
    mut stop: watch::Receiver<bool>,
) {
    let mut wait = Duration::from_secs(2);
    while !*stop.borrow() {
        let asked = tokio::select! {
            asked = api.quick().get_me() => asked,
            _ = stop.changed() => return,
        };
        if let Ok(me) = asked {
            let bot_name = me.username().to_owned();
            return rules.send_modify(|rules| {
                *rules = Arc::new(Rules {
                    bot_name: Some(bot_name),
                    ..Rules::clone(rules)
                })
            });
        }
        pause(&mut stop, wait).await;
        wait = (wait * 2).min(EVERY);
    }
}

/// Keeps the dictionary of statuses fresh.
pub(crate) async fn refresh(
    client: Client,
    store: Arc<dyn Store>,
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
                let finals: BTreeMap<_, _> = statuses
                    .into_iter()
                    .filter_map(|s| Some((s.code, s.is_final?)))
                    .collect();
                remember(&*store, &finals).await;
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
