//! One call to Telegram, and what its answer means.

use crate::bot::{BotApi, network};
use crate::log::unquoted;
use crate::metrics::Metrics;
use crate::telegram::{Button, ChatId, Keyboard, MessageId, Outgoing, ReplyButton, plain};
use serde::Deserialize;
use std::time::Duration;
use teloxide::payloads::{
    AnswerCallbackQuerySetters as _, EditMessageReplyMarkupSetters as _,
    EditMessageTextSetters as _, SendMessageSetters as _,
};
use teloxide::prelude::Requester as _;
use teloxide::types::{
    ButtonRequest, CallbackQueryId, ChatId as TgChatId, InlineKeyboardButton, InlineKeyboardMarkup,
    KeyboardButton, KeyboardMarkup, KeyboardRemove, LinkPreviewOptions, MessageId as TgMessageId,
    ParseMode, ReplyMarkup, ReplyParameters,
};
use teloxide::{ApiError, RequestError};

/// Why a call did not do what was wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Trouble {
    /// Too often; this long nothing more goes to this chat.
    Wait(Duration),
    /// The group has another id now.
    Moved(ChatId),
    /// Nobody is there to read it.
    Unreachable(String),
    /// What was to be changed is not there any more.
    Gone,
    /// Telegram cannot read the formatting.
    Formatting(String),
    /// It will never be taken like this.
    Refused(String),
    /// It may pass. `uncertain`: it may also have been done.
    Failed {
        /// Why.
        error: String,
        /// Whether it may have been done.
        uncertain: bool,
    },
}

/// What became of a call: the ids of the messages it made.
pub(crate) type Called = Result<Vec<MessageId>, Trouble>;

/// Sends a message; once more as plain text if Telegram does not like the formatting.
pub(crate) async fn message(
    api: &BotApi,
    metrics: &Metrics,
    chat: ChatId,
    message: &Outgoing,
) -> Called {
    match send(api, chat, &message.html, true, message).await {
        Err(Trouble::Formatting(error)) => {
            tracing::warn!(error = unquoted(&error), "a message goes as plain text");
            metrics.unformatted();
            send(api, chat, &plain(&message.html), false, message).await
        }
        other => other,
    }
}

async fn send(api: &BotApi, chat: ChatId, text: &str, html: bool, message: &Outgoing) -> Called {
    let mut call = api
        .quick()
        .send_message(TgChatId(chat.0), text)
        .link_preview_options(no_preview())
        .disable_notification(message.silent)
        .protect_content(message.protected);
    if html {
        call = call.parse_mode(ParseMode::Html);
    }
    if let Some(keyboard) = &message.keyboard {
        call = call.reply_markup(markup(keyboard)?);
    }
    if let Some(reply_to) = message.reply_to {
        call = call.reply_parameters(reply(reply_to)?);
    }
    made(call.await.map(|sent| vec![MessageId(sent.id.0.into())]))
}

/// Changes a message; sends it anew if it is gone.
pub(crate) async fn edit(
    api: &BotApi,
    metrics: &Metrics,
    chat: ChatId,
    id: MessageId,
    to: &Outgoing,
) -> Called {
    let edited = match rewrite(api, chat, id, &to.html, true, to).await {
        Err(Trouble::Formatting(error)) => {
            tracing::warn!(error = unquoted(&error), "a message goes as plain text");
            metrics.unformatted();
            rewrite(api, chat, id, &plain(&to.html), false, to).await
        }
        other => other,
    };
    match edited {
        Err(Trouble::Gone) => message(api, metrics, chat, to).await,
        other => other,
    }
}

async fn rewrite(
    api: &BotApi,
    chat: ChatId,
    id: MessageId,
    text: &str,
    html: bool,
    to: &Outgoing,
) -> Called {
    let mut call = api
        .quick()
        .edit_message_text(TgChatId(chat.0), message_id(id)?, text)
        .link_preview_options(no_preview());
    if html {
        call = call.parse_mode(ParseMode::Html);
    }
    // Telegram edits inline keyboards only; any other keyboard stays with the message that brought it.
    if let Some(Keyboard::Inline(rows)) = &to.keyboard {
        call = call.reply_markup(inline(rows)?);
    }
    made(call.await.map(|sent| vec![MessageId(sent.id.0.into())]))
        .or_else(|trouble| not_modified(trouble, id))
}

/// Puts other buttons under a message. A message that is gone has no buttons, which is what was wanted.
pub(crate) async fn edit_keyboard(
    api: &BotApi,
    chat: ChatId,
    id: MessageId,
    rows: &[Vec<Button>],
) -> Called {
    let mut call = api
        .quick()
        .edit_message_reply_markup(TgChatId(chat.0), message_id(id)?);
    if !rows.is_empty() {
        call = call.reply_markup(inline(rows)?);
    }
    match made(call.await.map(|_| Vec::new())) {
        Err(Trouble::Gone) => Ok(Vec::new()),
        other => other.or_else(|trouble| not_modified(trouble, id)),
    }
}

/// Stops the spinner of a button. It stops by itself after a while, so being late is no failure.
pub(crate) async fn answer_callback(api: &BotApi, callback: &str, note: Option<&str>) -> Called {
    let mut call = api
        .quick()
        .answer_callback_query(CallbackQueryId(callback.to_owned()));
    if let Some(note) = note {
        call = call.text(note);
    }
    match made(call.await.map(|_| Vec::new())) {
        Err(Trouble::Refused(words))
            if says(&words, &["query is too old", "query id is invalid"]) =>
        {
            Ok(Vec::new())
        }
        other => other,
    }
}

/// Leaves a group. Whoever is out already has left.
pub(crate) async fn leave(api: &BotApi, chat: ChatId) -> Called {
    let call = api.quick().leave_chat(TgChatId(chat.0));
    match made(call.await.map(|_| Vec::new())) {
        Err(Trouble::Unreachable(_)) => Ok(Vec::new()),
        other => other,
    }
}

fn not_modified(trouble: Trouble, id: MessageId) -> Called {
    match trouble {
        Trouble::Refused(words) if says(&words, &["message is not modified"]) => Ok(vec![id]),
        other => Err(other),
    }
}

/// The meaning of an answer. Known texts are found by their words: the client's own list of errors is matched whole, and
/// the server has since changed some.
pub(crate) fn made(result: Result<Vec<MessageId>, RequestError>) -> Called {
    let error = match result {
        Ok(ids) => return Ok(ids),
        Err(error) => error,
    };
    Err(match error {
        RequestError::RetryAfter(seconds) => {
            Trouble::Wait(Duration::from_secs(u64::from(seconds.seconds()).max(1)))
        }
        RequestError::MigrateToChatId(chat) => Trouble::Moved(ChatId(chat.0)),
        RequestError::Network(e) => Trouble::Failed {
            error: network(&*e),
            uncertain: !e.is_connect(),
        },
        RequestError::Io(e) => Trouble::Failed {
            error: e.to_string(),
            uncertain: false,
        },
        RequestError::InvalidJson { raw, .. } => match ids(&raw) {
            // It was done; only the typed client cannot read what Telegram says about it.
            Some(ids) => return Ok(ids),
            None => Trouble::Failed {
                error: "an answer that is not Telegram's".into(),
                uncertain: true,
            },
        },
        // What the client has no name for it would quote, and a quotation is left out of logs.
        RequestError::Api(ApiError::Unknown(words)) => told(words),
        RequestError::Api(error) => told(error.to_string()),
    })
}

fn told(words: String) -> Trouble {
    const NOBODY: &[&str] = &[
        "bot was blocked",
        "user is deactivated",
        "chat not found",
        "bot was kicked",
        "bot is not a member",
        "can't initiate conversation",
        "peer_id_invalid",
        "group is deactivated",
        "group chat was deactivated",
        "no rights to send",
        "not enough rights",
        "chat_write_forbidden",
    ];
    if says(&words, NOBODY) {
        Trouble::Unreachable(words)
    } else if says(&words, &["can't parse entities", "can't find end"]) {
        Trouble::Formatting(words)
    } else if says(
        &words,
        &[
            "message to edit not found",
            "message can't be edited",
            "message_id_invalid",
        ],
    ) {
        Trouble::Gone
    } else if says(&words, &["too many requests"]) {
        Trouble::Wait(Duration::from_secs(5))
    } else if says(
        &words,
        &[
            "internal server error",
            "bad gateway",
            "gateway time",
            "service unavailable",
            "restart",
        ],
    ) {
        Trouble::Failed {
            error: words,
            uncertain: true,
        }
    } else if says(&words, &["unauthorized"]) {
        // The token was changed: somebody has to come and see, and then everything goes on.
        Trouble::Failed {
            error: words,
            uncertain: false,
        }
    } else {
        Trouble::Refused(words)
    }
}

/// Whether Telegram said one of these, in whatever letters.
pub(crate) fn says(words: &str, phrases: &[&str]) -> bool {
    let words = words.to_lowercase();
    phrases.iter().any(|phrase| words.contains(phrase))
}

fn ids(raw: &str) -> Option<Vec<MessageId>> {
    #[derive(Deserialize)]
    struct Answer {
        ok: bool,
        result: Made,
    }
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Made {
        One(One),
        Many(Vec<One>),
        Nothing(serde::de::IgnoredAny),
    }
    #[derive(Deserialize)]
    struct One {
        message_id: i64,
    }
    let answer: Answer = serde_json::from_str(raw).ok()?;
    answer.ok.then(|| match answer.result {
        Made::One(one) => vec![MessageId(one.message_id)],
        Made::Many(many) => many
            .into_iter()
            .map(|one| MessageId(one.message_id))
            .collect(),
        Made::Nothing(_) => Vec::new(),
    })
}

fn message_id(id: MessageId) -> Result<TgMessageId, Trouble> {
    i32::try_from(id.0)
        .map(TgMessageId)
        .map_err(|_| Trouble::Gone)
}

fn reply(to: MessageId) -> Result<ReplyParameters, Trouble> {
    Ok(ReplyParameters::new(message_id(to)?).allow_sending_without_reply())
}

fn no_preview() -> LinkPreviewOptions {
    LinkPreviewOptions {
        is_disabled: true,
        url: None,
        prefer_small_media: false,
        prefer_large_media: false,
        show_above_text: false,
    }
}

fn markup(keyboard: &Keyboard) -> Result<ReplyMarkup, Trouble> {
    Ok(match keyboard {
        Keyboard::Inline(rows) => ReplyMarkup::InlineKeyboard(inline(rows)?),
        Keyboard::Reply(rows) => {
            let rows = rows
                .iter()
                .map(|row| row.iter().map(reply_button).collect::<Vec<_>>());
            ReplyMarkup::Keyboard(KeyboardMarkup::new(rows).resize_keyboard())
        }
        Keyboard::Remove => ReplyMarkup::KeyboardRemove(KeyboardRemove::new()),
    })
}

fn reply_button(button: &ReplyButton) -> KeyboardButton {
    let plain = KeyboardButton::new(button.label.clone());
    if button.request_contact {
        plain.request(ButtonRequest::Contact)
    } else {
        plain
    }
}

fn inline(rows: &[Vec<Button>]) -> Result<InlineKeyboardMarkup, Trouble> {
    let button = |button: &Button| match button {
        Button::Action { label, action } => Ok(InlineKeyboardButton::callback(
            label.clone(),
            action.encode(),
        )),
        Button::Link { label, url } => match url.parse() {
            Ok(url) => Ok(InlineKeyboardButton::url(label.clone(), url)),
            Err(_) => Err(Trouble::Refused("a button's address cannot be read".into())),
        },
    };
    let rows = rows
        .iter()
        .map(|row| row.iter().map(button).collect::<Result<Vec<_>, _>>())
        .collect::<Result<Vec<_>, _>>()?;
    Ok(InlineKeyboardMarkup::new(rows))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_decide_in_whatever_letters() {
        let api = |words: &str| told(words.to_owned());
        assert!(matches!(
            api("Forbidden: bot was blocked by the user"),
            Trouble::Unreachable(_)
        ));
        assert!(matches!(
            api("Unknown error: \"Bad Request: CHAT NOT FOUND\""),
            Trouble::Unreachable(_)
        ));
        assert!(matches!(
            api("Bad Request: can't parse entities: unexpected end tag"),
            Trouble::Formatting(_)
        ));
        assert_eq!(api("Bad Request: message to edit not found"), Trouble::Gone);
        assert!(matches!(
            api("Bad Request: BUTTON_DATA_INVALID"),
            Trouble::Refused(_)
        ));
        assert!(matches!(
            api("Bad Gateway"),
            Trouble::Failed {
                uncertain: true,
                ..
            }
        ));
    }

    #[test]
    fn an_answer_the_typed_client_cannot_read_is_still_a_success() {
        assert_eq!(
            ids(r#"{"ok":true,"result":{"message_id":7,"future":{}}}"#),
            Some(vec![MessageId(7)])
        );
        assert_eq!(
            ids(r#"{"ok":true,"result":[{"message_id":7},{"message_id":8}]}"#)
                .unwrap()
                .len(),
            2
        );
        assert_eq!(ids("<html>502</html>"), None);
    }
}
