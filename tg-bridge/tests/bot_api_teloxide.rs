//! The stand-in through the client the bridge uses: teloxide over HTTP, nothing in-process.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]

use std::time::Duration;

use serde_json::json;
use teloxide::net::Download;
use teloxide::payloads::{
    AnswerCallbackQuerySetters, GetUpdatesSetters, SendMediaGroupSetters, SendMessageSetters,
    SendPhotoSetters, SetWebhookSetters,
};
use teloxide::prelude::*;
use teloxide::types::{
    AllowedUpdate, BotCommand, ButtonRequest, ChatAction, ChatId, FileId, InlineKeyboardButton,
    InlineKeyboardMarkup, InputFile, InputMedia, InputMediaDocument, InputMediaPhoto,
    KeyboardButton, KeyboardMarkup, MediaKind, MessageId, MessageKind, ParseMode, ReactionType,
    ReplyParameters, Seconds, UpdateKind,
};
use teloxide::{ApiError, RequestError};
use tg_bridge::demo::bot_api::{Attachment, BotApi, Fault, FaultRule};

const PATIENCE: Duration = Duration::from_secs(10);

/// Header bytes of a PNG of 800 × 600 with something of its own behind them.
fn png(seed: u8) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x03\x20\0\0\x02\x58\x08\x02\0\0\0".to_vec();
    bytes.extend([seed; 64]);
    bytes
}

async fn start() -> (BotApi, Bot) {
    let api = BotApi::start().await.unwrap();
    let bot = Bot::new(api.token()).set_api_url(api.url().clone());
    (api, bot)
}

#[tokio::test]
async fn get_me_names_the_bot() {
    let (api, bot) = start().await;
    let me = bot.get_me().await.unwrap();
    assert_eq!(me.username(), "support_bot");
    assert!(!me.can_read_all_group_messages);
    assert!(api.violations().is_empty(), "{:?}", api.violations());
}

#[tokio::test]
async fn long_polling_delivers_and_offset_confirms() {
    let (api, bot) = start().await;
    let user = api.user(7, "Анна");
    let waiting = tokio::spawn({
        let bot = bot.clone();
        async move {
            bot.get_updates()
                .timeout(10)
                .allowed_updates([AllowedUpdate::Message])
                .await
                .unwrap()
        }
    });
    api.wait_for_call(|call| call.method == "getUpdates", PATIENCE)
        .await
        .unwrap();
    user.send_text("/start код");
    let updates = waiting.await.unwrap();
    let UpdateKind::Message(message) = &updates[0].kind else {
        panic!("{updates:?}")
    };
    assert_eq!(
        (message.text(), message.chat.id),
        (Some("/start код"), ChatId(7))
    );
    assert_eq!(message.from.as_ref().unwrap().first_name, "Анна");

    // Not confirmed: it comes again. Confirmed: it is gone.
    assert_eq!(bot.get_updates().await.unwrap()[0].id, updates[0].id);
    let next = i32::try_from(updates[0].id.0 + 1).unwrap();
    assert!(bot.get_updates().offset(next).await.unwrap().is_empty());
    assert_eq!(api.pending_updates(), 0);
    assert!(api.violations().is_empty(), "{:?}", api.violations());
}

#[tokio::test]
async fn a_second_poller_sends_the_first_away() {
    let (api, bot) = start().await;
    let first = tokio::spawn({
        let bot = bot.clone();
        async move { bot.get_updates().timeout(10).await }
    });
    api.wait_for_call(|call| call.method == "getUpdates", PATIENCE)
        .await
        .unwrap();
    let second = tokio::spawn(async move { bot.get_updates().timeout(10).await });
    let error = first.await.unwrap().unwrap_err();
    assert!(
        matches!(
            error,
            RequestError::Api(ApiError::TerminatedByOtherGetUpdates)
        ),
        "{error:?}"
    );
    api.user(1, "A").send_text("x");
    assert_eq!(second.await.unwrap().unwrap().len(), 1);
}

#[tokio::test]
async fn texts_keyboards_buttons_and_toasts() {
    let (api, bot) = start().await;
    let user = api.user(7, "Анна");
    user.send_text("/start");
    let keyboard = InlineKeyboardMarkup::new([[InlineKeyboardButton::callback("Открыть", "t:1")]]);
    let sent = bot
        .send_message(
            ChatId(7),
            "<b>Заявка</b> &lt;1&gt; <a href=\"https://okdesk.ru\">сайт</a>",
        )
        .parse_mode(ParseMode::Html)
        .reply_markup(keyboard.clone())
        .await
        .unwrap();
    assert_eq!(sent.text(), Some("Заявка <1> сайт"));
    let seen = user.chat().from_bot().pop().unwrap();
    assert!(
        seen.html
            .starts_with("<b>Заявка</b> &lt;1&gt; <a href=\"https://okdesk.ru/\""),
        "{}",
        seen.html
    );
    assert_eq!(
        seen.button("Открыть").unwrap().callback_data.as_deref(),
        Some("t:1")
    );

    user.press("Открыть").unwrap();
    let updates = bot.get_updates().await.unwrap();
    let UpdateKind::CallbackQuery(query) = &updates[1].kind else {
        panic!("{updates:?}")
    };
    assert_eq!(query.data.as_deref(), Some("t:1"));
    assert_eq!(query.regular_message().unwrap().id, sent.id);
    assert_eq!(api.waiting_queries(), 1);
    bot.answer_callback_query(query.id.clone())
        .text("Готово")
        .await
        .unwrap();
    assert_eq!(user.chat().toasts(), ["Готово"]);
    assert_eq!(api.waiting_queries(), 0);

    let edited = bot
        .edit_message_text(ChatId(7), sent.id, "Новый текст")
        .await
        .unwrap();
    assert_eq!(edited.text(), Some("Новый текст"));
    assert!(
        user.chat().from_bot().pop().unwrap().buttons.is_empty(),
        "an edit without a keyboard removes it"
    );
    let error = bot
        .edit_message_text(ChatId(7), sent.id, "Новый текст")
        .await
        .unwrap_err();
    assert!(
        matches!(error, RequestError::Api(ApiError::MessageNotModified)),
        "{error:?}"
    );
    bot.edit_message_reply_markup(ChatId(7), sent.id)
        .reply_markup(keyboard)
        .await
        .unwrap();
    bot.set_message_reaction(ChatId(7), MessageId(100))
        .reaction([ReactionType::Emoji {
            emoji: "👍".into()
        }])
        .await
        .unwrap();
    assert_eq!(user.chat().messages()[0].reactions, ["👍"]);
    bot.delete_message(ChatId(7), sent.id).await.unwrap();
    assert!(user.chat().from_bot().is_empty());
    let error = bot.delete_message(ChatId(7), sent.id).await.unwrap_err();
    assert!(
        matches!(error, RequestError::Api(ApiError::MessageToDeleteNotFound)),
        "{error:?}"
    );
    assert!(api.violations().is_empty(), "{:?}", api.violations());
}

#[tokio::test]
async fn uploads_arrive_whole_and_downloads_too() {
    let (api, bot) = start().await;
    let user = api.user(7, "Анна");
    user.send_text("/start");
    let caption = "<i>подпись</i>";
    bot.send_photo(ChatId(7), InputFile::memory(png(1)).file_name("a.png"))
        .caption(caption)
        .parse_mode(ParseMode::Html)
        .await
        .unwrap();
    bot.send_document(
        ChatId(7),
        InputFile::memory(&b"%PDF-1.7 x"[..]).file_name("Счёт.pdf"),
    )
    .await
    .unwrap();
    bot.send_video(
        ChatId(7),
        InputFile::memory(&b"video"[..]).file_name("v.mp4"),
    )
    .await
    .unwrap();
    bot.send_audio(
        ChatId(7),
        InputFile::memory(&b"audio"[..]).file_name("a.mp3"),
    )
    .await
    .unwrap();
    bot.send_voice(ChatId(7), InputFile::memory(&b"voice"[..]))
        .await
        .unwrap();
    bot.send_animation(ChatId(7), InputFile::memory(&b"gif"[..]).file_name("a.mp4"))
        .await
        .unwrap();
    bot.send_sticker(ChatId(7), InputFile::memory(&b"webp"[..]))
        .await
        .unwrap();
    bot.send_location(ChatId(7), 55.75, 37.61).await.unwrap();
    let kinds: Vec<_> = user
        .chat()
        .from_bot()
        .iter()
        .map(|message| message.kind.clone())
        .collect();
    assert_eq!(
        kinds,
        [
            "photo",
            "document",
            "video",
            "audio",
            "voice",
            "animation",
            "sticker",
            "location"
        ]
    );
    let seen = user.chat().from_bot();
    assert_eq!(seen[0].files[0].bytes, png(1));
    assert_eq!(
        (seen[0].html.as_str(), seen[0].files[0].width),
        ("<i>подпись</i>", 800)
    );
    assert_eq!(seen[1].files[0].name.as_deref(), Some("Счёт.pdf"));
    assert_eq!(seen[1].files[0].mime.as_deref(), Some("application/pdf"));

    // Sent again by its id: same content, same kind only.
    let id = FileId(seen[1].files[0].file_id.clone());
    bot.send_document(ChatId(7), InputFile::file_id(id.clone()))
        .await
        .unwrap();
    assert_eq!(
        user.chat().from_bot().pop().unwrap().files[0].bytes,
        &b"%PDF-1.7 x"[..]
    );
    api.forget_violations();
    assert!(api.calls().iter().all(|call| call.is_ok()));
    let wrong = bot
        .send_photo(ChatId(7), InputFile::file_id(id))
        .await
        .unwrap_err();
    assert!(
        wrong
            .to_string()
            .contains("can't use file of type Document as Photo"),
        "{wrong}"
    );
    api.forget_violations();

    // A user's photo comes in sizes; the last is the best.
    user.caption("вот").send_photo(png(2));
    user.send_document("отчёт.txt", "text/plain", "строка\n");
    let updates = bot.get_updates().await.unwrap();
    let UpdateKind::Message(photo) = &updates[1].kind else {
        panic!()
    };
    assert_eq!(photo.caption(), Some("вот"));
    let sizes = photo.photo().unwrap();
    assert_eq!(
        (sizes.len(), sizes[1].width, sizes[1].height),
        (2, 800, 600)
    );
    let mut picture = Vec::new();
    let file = bot.get_file(sizes[1].file.id.clone()).await.unwrap();
    bot.download_file(&file.path, &mut picture).await.unwrap();
    assert_eq!(picture, png(2));
    let UpdateKind::Message(document) = &updates[2].kind else {
        panic!()
    };
    let document = document.document().unwrap();
    assert_eq!(document.file_name.as_deref(), Some("отчёт.txt"));
    let file = bot.get_file(document.file.id.clone()).await.unwrap();
    let mut text = Vec::new();
    bot.download_file(&file.path, &mut text).await.unwrap();
    assert_eq!(String::from_utf8(text).unwrap(), "строка\n");
    assert!(api.violations().is_empty(), "{:?}", api.violations());
}

#[tokio::test]
async fn albums_both_ways() {
    let (api, bot) = start().await;
    let user = api.user(7, "Анна");
    user.caption("две")
        .send_album([Attachment::photo(png(1)), Attachment::video("v.mp4", "v")]);
    let updates = bot.get_updates().await.unwrap();
    let albums: Vec<_> = updates
        .iter()
        .map(|update| match &update.kind {
            UpdateKind::Message(message) => (
                message.media_group_id().cloned(),
                message.caption().map(str::to_owned),
            ),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(albums.len(), 2);
    assert!(albums[0].0.is_some() && albums[0].0 == albums[1].0);
    assert_eq!(
        (albums[0].1.as_deref(), albums[1].1.as_deref()),
        (Some("две"), None)
    );

    let photo = |seed| {
        InputMedia::Photo(InputMediaPhoto::new(
            InputFile::memory(png(seed)).file_name("p.png"),
        ))
    };
    let sent = bot
        .send_media_group(ChatId(7), [photo(1), photo(2)])
        .disable_notification(true)
        .await
        .unwrap();
    assert_eq!(sent.len(), 2);
    assert!(sent[0].media_group_id().is_some());
    let seen = user.chat().from_bot();
    assert_eq!(
        seen.iter()
            .map(|message| message.files[0].bytes.clone())
            .collect::<Vec<_>>(),
        [png(1), png(2)]
    );
    assert!(seen[0].silent && seen[0].album == seen[1].album);
    assert!(api.violations().is_empty(), "{:?}", api.violations());

    let document = InputMedia::Document(InputMediaDocument::new(
        InputFile::memory(&b"d"[..]).file_name("d.txt"),
    ));
    let error = bot
        .send_media_group(ChatId(7), [photo(1), document])
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("document can't be mixed with other media types"),
        "{error}"
    );
    assert_eq!(
        user.chat().from_bot().len(),
        2,
        "an album comes whole or not at all"
    );
}

#[tokio::test]
async fn contact_by_the_keyboards_button() {
    let (api, bot) = start().await;
    let user = api.user(7, "Анна").last_name("Ким").phone("+79001234567");
    user.send_text("/start");
    let button = KeyboardButton::new("Поделиться").request(ButtonRequest::Contact);
    let asked = bot
        .send_message(ChatId(7), "Номер?")
        .reply_markup(KeyboardMarkup::new([[button]]).one_time_keyboard())
        .await
        .unwrap();
    assert!(user.chat().view().unwrap().keyboard[0][0].request_contact);
    assert_eq!(user.press("Поделиться").unwrap(), None);
    assert!(
        user.chat().view().unwrap().keyboard.is_empty(),
        "a one-time keyboard goes away"
    );
    user.share_contact_of("79005550000", "Пётр", None);
    let updates = bot.get_updates().await.unwrap();
    let contacts: Vec<_> = updates
        .iter()
        .filter_map(|update| match &update.kind {
            UpdateKind::Message(message) => message
                .contact()
                .map(|contact| (contact.clone(), message.reply_to_message())),
            _ => None,
        })
        .collect();
    assert_eq!(contacts[0].0.user_id, Some(UserId(7)));
    assert_eq!(contacts[0].0.phone_number, "+79001234567");
    assert_eq!(contacts[0].1.unwrap().id, asked.id);
    assert_eq!(contacts[1].0.user_id, None);
    assert!(api.violations().is_empty(), "{:?}", api.violations());
}

#[tokio::test]
async fn edits_blocks_and_other_kinds_of_messages() {
    let (api, bot) = start().await;
    let user = api.user(7, "Анна");
    let first = user.send_text("первый");
    user.edit(first.id, "исправленный").unwrap();
    user.reply_to(first.id).quote("исправ").send_text("ответ");
    user.send_voice("ogg");
    user.send_location(55.0, 37.0);
    user.send_raw(json!({"dice": {"emoji": "🎲", "value": 3}}));
    user.block();
    let refused = bot.send_message(ChatId(7), "эй").await.unwrap_err();
    assert!(
        matches!(refused, RequestError::Api(ApiError::BotBlocked)),
        "{refused:?}"
    );
    user.unblock();
    let updates = bot.get_updates().await.unwrap();
    let UpdateKind::EditedMessage(edited) = &updates[1].kind else {
        panic!("{:?}", updates[1])
    };
    assert_eq!(edited.text(), Some("исправленный"));
    assert!(edited.edit_date().is_some());
    let UpdateKind::Message(reply) = &updates[2].kind else {
        panic!()
    };
    assert_eq!(
        reply.reply_to_message().unwrap().id.0,
        i32::try_from(first.id).unwrap()
    );
    assert_eq!(reply.quote().unwrap().text, "исправ");
    let UpdateKind::Message(voice) = &updates[3].kind else {
        panic!()
    };
    assert!(
        matches!(&voice.kind, MessageKind::Common(common) if matches!(common.media_kind, MediaKind::Voice(_)))
    );
    let UpdateKind::Message(dice) = &updates[5].kind else {
        panic!()
    };
    assert!(matches!(dice.kind, MessageKind::Dice(_)), "{dice:?}");
    let standings: Vec<_> = updates
        .iter()
        .filter_map(|update| match &update.kind {
            UpdateKind::MyChatMember(change) => Some((
                change.old_chat_member.is_banned(),
                change.new_chat_member.is_banned(),
            )),
            _ => None,
        })
        .collect();
    assert_eq!(standings, [(false, true), (true, false)]);
    assert!(
        !updates
            .iter()
            .any(|update| matches!(update.kind, UpdateKind::Error(_)))
    );
    assert!(api.violations().is_empty(), "{:?}", api.violations());
}

#[tokio::test]
async fn groups_topics_and_migration() {
    let (api, bot) = start().await;
    let owner = api.user(7, "Анна");
    let group = api.group("Ромашка", &owner);
    let in_group = owner.in_chat(group.id());
    in_group.send_text("просто разговор");
    in_group.send_text("/link@support_bot");
    let texts: Vec<_> = bot
        .get_updates()
        .await
        .unwrap()
        .iter()
        .filter_map(|update| match &update.kind {
            UpdateKind::Message(message) => message.text().map(str::to_owned),
            _ => None,
        })
        .collect();
    assert_eq!(
        texts,
        ["/link@support_bot"],
        "privacy mode hides what is not meant for the bot"
    );
    let member = bot
        .get_chat_member(ChatId(group.id()), UserId(7))
        .await
        .unwrap();
    assert!(member.is_owner());
    assert_eq!(
        bot.get_chat(ChatId(group.id())).await.unwrap().title(),
        Some("Ромашка")
    );

    let upgraded = group.migrate(7).unwrap();
    let error = bot
        .send_message(ChatId(group.id()), "сюда?")
        .await
        .unwrap_err();
    assert!(
        matches!(error, RequestError::MigrateToChatId(new) if new.0 == upgraded.id()),
        "{error:?}"
    );
    bot.send_message(ChatId(upgraded.id()), "сюда")
        .await
        .unwrap();
    bot.leave_chat(ChatId(upgraded.id())).await.unwrap();
    let error = bot
        .send_message(ChatId(upgraded.id()), "?")
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .contains("bot is not a member of the supergroup chat"),
        "{error}"
    );

    let forum = api.forum("Поддержка", &owner).promote_bot(7);
    let topic = bot
        .create_forum_topic(ChatId(forum.id()), "Заявка 1")
        .await
        .unwrap();
    let thread = topic.thread_id;
    bot.send_message(ChatId(forum.id()), "в теме")
        .message_thread_id(thread)
        .await
        .unwrap();
    bot.close_forum_topic(ChatId(forum.id()), thread)
        .await
        .unwrap();
    bot.reopen_forum_topic(ChatId(forum.id()), thread)
        .await
        .unwrap();
    forum.delete_topic(i64::from(thread.0.0));
    let error = bot
        .send_message(ChatId(forum.id()), "в теме")
        .message_thread_id(thread)
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("message thread not found"),
        "{error}"
    );
    assert!(api.violations().is_empty(), "{:?}", api.violations());
}

#[tokio::test]
async fn the_rest_of_the_methods() {
    let (api, bot) = start().await;
    let user = api.user(7, "Анна");
    user.send_text("/start");
    bot.set_my_commands([BotCommand::new("menu", "Меню")])
        .await
        .unwrap();
    assert_eq!(bot.get_my_commands().await.unwrap()[0].command, "menu");
    assert_eq!(api.commands(7)[0]["command"], "menu");
    bot.send_chat_action(ChatId(7), ChatAction::Typing)
        .await
        .unwrap();
    assert_eq!(
        user.chat().view().unwrap().action.as_deref(),
        Some("typing")
    );
    bot.send_message(ChatId(7), "ответ")
        .reply_parameters(ReplyParameters::new(MessageId(100)))
        .await
        .unwrap();
    assert_eq!(user.chat().from_bot()[0].reply_to, Some(100));
    assert_eq!(
        user.chat().view().unwrap().action,
        None,
        "a message ends the action"
    );
    let chat = bot.get_chat(ChatId(7)).await.unwrap();
    assert_eq!(chat.first_name(), Some("Анна"));
    bot.set_webhook("http://127.0.0.1:9/hook".parse().unwrap())
        .allowed_updates([AllowedUpdate::Message])
        .await
        .unwrap();
    let info = bot.get_webhook_info().await.unwrap();
    assert_eq!(info.url.unwrap().as_str(), "http://127.0.0.1:9/hook");
    assert_eq!(info.allowed_updates, Some(vec![AllowedUpdate::Message]));
    let error = bot.get_updates().await.unwrap_err();
    assert!(error.to_string().contains("webhook is active"), "{error}");
    bot.delete_webhook().await.unwrap();
    bot.get_updates().await.unwrap();
    bot.close().await.unwrap();
    bot.log_out().await.unwrap();
    assert!(api.violations().is_empty(), "{:?}", api.violations());
}

#[tokio::test]
async fn faults_are_seen_by_the_client_and_in_the_history() {
    let (api, bot) = start().await;
    api.user(7, "Анна").send_text("/start");
    api.faults().too_many_requests("sendMessage", 7, 3, 1);
    let error = bot.send_message(ChatId(7), "раз").await.unwrap_err();
    assert!(
        matches!(error, RequestError::RetryAfter(wait) if wait == Seconds::from_seconds(3)),
        "{error:?}"
    );
    api.faults().add(
        FaultRule::new(Fault::Drop)
            .method("sendMessage")
            .times(1)
            .after_effect(),
    );
    let error = bot.send_message(ChatId(7), "два").await.unwrap_err();
    assert!(matches!(error, RequestError::Network(_)), "{error:?}");
    assert_eq!(
        api.chat(7).from_bot()[0].text,
        "два",
        "the effect is there, the answer is not"
    );
    bot.send_message(ChatId(7), "три").await.unwrap();
    let story: Vec<_> = api
        .calls_of("sendMessage")
        .iter()
        .map(|call| (call.status, call.took_effect, call.fault.is_some()))
        .collect();
    assert_eq!(
        story,
        [(429, false, true), (0, true, true), (200, true, false)]
    );
}
