//! The menu of commands Telegram shows beside the input field: for everybody, and longer for those who may see figures.

use crate::bot::BotApi;
use crate::delivery::{Trouble, trouble};
use crate::reaction::HelpDesk;
use crate::roles::{Role, Roles};
use crate::store::Store;
use crate::telegram::{Language, UserId};
use crate::text::Texts;
use crate::worker::pause;
use std::sync::Arc;
use std::time::Duration;
use teloxide::payloads::SetMyCommandsSetters as _;
use teloxide::prelude::Requester as _;
use teloxide::types::{BotCommand, BotCommandScope, ChatId, Recipient};
use tokio::sync::watch;

/// The longest pause between two tries.
const LONGEST: Duration = Duration::from_secs(60);

/// One list of commands: who sees it, and in which language.
#[derive(Clone, Copy)]
struct Menu {
    /// Somebody with a longer list of their own; none is everybody in a private chat.
    admin: Option<UserId>,
    language: Language,
    /// Everybody whose language has no list of its own sees this one.
    fallback: bool,
}

/// Tells Telegram the lists, again and again until it has taken each of them. Nothing waits for it.
pub(crate) async fn publish(
    api: BotApi,
    texts: Arc<Texts>,
    store: Arc<dyn Store>,
    (roles, desk): (Roles, HelpDesk),
    mut stop: watch::Receiver<bool>,
) {
    let mut left = menus(&roles);
    let mut wait = Duration::from_secs(1);
    while !left.is_empty() && !*stop.borrow() {
        let mut again = Vec::new();
        for menu in left {
            // Who has not written to the bot yet has no chat to show it in.
            if let Some(UserId(id)) = menu.admin
                && !matches!(store.chat(crate::telegram::ChatId(id)).await, Ok(Some(_)))
            {
                again.push(menu);
                continue;
            }
            let set = tokio::select! {
                set = set(&api, &texts, desk, menu) => set,
                _ = stop.changed() => return,
            };
            if let Err(why) = set {
                tracing::info!(?why, "a menu of commands is not set yet");
                again.push(menu);
            }
        }
        left = again;
        if !left.is_empty() {
            pause(&mut stop, wait).await;
            wait = (wait * 2).min(LONGEST);
        }
    }
}

fn menus(roles: &Roles) -> Vec<Menu> {
    std::iter::once(None)
        .chain(roles.allowed(Role::Admin).map(Some))
        .flat_map(|admin| {
            [
                (Language::default(), true),
                (Language::Ru, false),
                (Language::En, false),
            ]
            .map(|(language, fallback)| Menu {
                admin,
                language,
                fallback,
            })
        })
        .collect()
}

async fn set(api: &BotApi, texts: &Texts, desk: HelpDesk, menu: Menu) -> Result<(), Trouble> {
    let scope = match menu.admin {
        Some(UserId(id)) => BotCommandScope::Chat {
            chat_id: Recipient::Id(ChatId(id)),
        },
        None => BotCommandScope::AllPrivateChats,
    };
    let mut call = api
        .quick()
        .set_my_commands(commands(texts, desk, menu))
        .scope(scope);
    if !menu.fallback {
        call = call.language_code(menu.language.code());
    }
    call.await.map(|_| ()).map_err(trouble)
}

fn commands(texts: &Texts, desk: HelpDesk, menu: Menu) -> Vec<BotCommand> {
    let words = texts.speak(menu.language);
    let mut commands = match desk {
        HelpDesk::Okdesk => vec![
            BotCommand::new("new", words.command_new()),
            BotCommand::new("issues", words.command_issues()),
        ],
        HelpDesk::Zenlix => vec![],
    };
    commands.extend([
        BotCommand::new("settings", words.command_settings()),
        BotCommand::new("language", words.command_language()),
        BotCommand::new("my_data", words.command_my_data()),
        BotCommand::new("delete_me", words.command_delete_me()),
        BotCommand::new("help", words.command_help()),
    ]);
    if menu.admin.is_some() {
        // Nobody claims anything where everybody comes by invitation.
        if desk == HelpDesk::Okdesk {
            commands.push(BotCommand::new("claims", words.command_claims()));
        }
        commands.push(BotCommand::new("invite", words.command_invite()));
        commands.push(BotCommand::new("user", words.command_user()));
        commands.push(BotCommand::new("stats", words.command_stats()));
        commands.push(BotCommand::new("export", words.command_export()));
    }
    commands
}
