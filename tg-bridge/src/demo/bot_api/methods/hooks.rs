//! `setWebhook`, `deleteWebhook`, `getWebhookInfo`.

use serde_json::{Value, json};

use super::super::limits;
use super::super::params::Params;
use super::super::refusal::Refusal;
use super::super::updates::Webhook;
use super::super::world::World;
use super::Answer;

/// `setWebhook`, and `deleteWebhook`, which is the same without an address.
pub(super) fn set(world: &mut World, name: &str, params: &Params) -> Answer {
    let url = if name == "setWebhook" {
        params.text("url")
    } else {
        None
    };
    let hook = url.map(|url| read(params, url)).transpose()?;
    remember_allowed(world, params);
    if params.flag("drop_pending_updates") {
        world.updates.queue.clear();
    }
    if hook.is_some() {
        world.updates.end_poller("terminated by setWebhook request");
    }
    for update in &mut world.updates.queue {
        (update.failures, update.not_before) = (0, None);
    }
    world.updates.webhook = hook;
    Ok(Value::Bool(true))
}

fn read(params: &Params, url: String) -> Result<Webhook, Refusal> {
    let bad = |reason: &str| Refusal::malformed(format!("bad webhook: {reason}"));
    let parsed =
        url::Url::parse(&url).map_err(|_| Refusal::malformed("invalid webhook URL specified"))?;
    let loopback = match parsed.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(domain)) => domain == "localhost",
        None => false,
    };
    // Telegram wants HTTPS; its own local server, like this one, takes plain HTTP – here on loopback only.
    match parsed.scheme() {
        "http" if loopback => {}
        "http" => return Err(bad("an HTTPS URL must be provided for webhook")),
        "https" if !matches!(parsed.port_or_known_default(), Some(443 | 80 | 88 | 8443)) => {
            return Err(bad(
                "webhook can be set up only on ports 80, 88, 443 or 8443",
            ));
        }
        "https" => return Err(bad("the stand-in delivers to plain HTTP on loopback only")),
        _ => return Err(Refusal::malformed("invalid webhook URL specified")),
    }
    let secret = params.text("secret_token");
    if let Some(secret) = &secret {
        if secret.len() > limits::SECRET {
            return Err(Refusal::malformed("secret token is too long"));
        }
        if !secret
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
        {
            return Err(Refusal::malformed(
                "secret token contains unallowed characters",
            ));
        }
    }
    let connections = params
        .integer("max_connections")
        .unwrap_or(40)
        .clamp(1, 100);
    Ok(Webhook {
        url,
        secret,
        max_connections: usize::try_from(connections).unwrap_or(1),
        last_error: None,
    })
}

/// Kinds named once hold until others are named.
pub(in super::super) fn remember_allowed(world: &mut World, params: &Params) {
    let list = params
        .json("allowed_updates", "allowed_updates")
        .ok()
        .flatten();
    if let Some(list) = list.as_ref().and_then(Value::as_array) {
        world.updates.allowed = Some(
            list.iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
        );
    }
}

/// `getWebhookInfo`.
pub(super) fn info(world: &World) -> Value {
    let updates = &world.updates;
    let mut info = json!({
        "url": updates.webhook.as_ref().map_or("", |hook| hook.url.as_str()),
        "has_custom_certificate": false,
        "pending_update_count": updates.queue.len(),
    });
    if let Some(hook) = &updates.webhook {
        info["max_connections"] = hook.max_connections.into();
        info["ip_address"] = "127.0.0.1".into();
        if let Some((date, message)) = &hook.last_error {
            info["last_error_date"] = (*date).into();
            info["last_error_message"] = message.clone().into();
        }
    }
    if let Some(allowed) = updates
        .allowed
        .as_ref()
        .filter(|allowed| !allowed.is_empty())
    {
        info["allowed_updates"] = json!(allowed);
    }
    info
}
