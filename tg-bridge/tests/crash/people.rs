//! Who talks: clients, newcomers and staff. Everything they say carries a word that nobody says twice, and everything
//! they say is noted before it is said.

use super::world::World;
use okdesk_sdk::model::IssueId;
use std::sync::Arc;
use std::time::Duration;
use tg_bridge::demo::bot_api::{Chat, MessageView, User};
use tokio::sync::watch;
use tokio::time::Instant;

/// Nobody gives up while processes are killed; how long they wait afterwards is the run's to say.
const PATIENCE: Duration = Duration::from_secs(3 * 3600);

/// Words of a client.
#[derive(Debug, Clone)]
pub(crate) struct Said {
    pub(crate) chat: i64,
    pub(crate) word: String,
    /// The issue it belongs to; none if it makes one.
    pub(crate) issue: Option<u64>,
    pub(crate) file: Option<String>,
}

/// Words of staff.
#[derive(Debug, Clone)]
pub(crate) struct Told {
    pub(crate) issue: u64,
    pub(crate) chat: i64,
    pub(crate) word: String,
    pub(crate) public: bool,
    pub(crate) file: Option<String>,
}

/// Who can be commented to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known {
    pub(crate) issue: IssueId,
    pub(crate) chat: i64,
}

fn word(rng: &mut fastrand::Rng) -> String {
    format!("w{:012x}", rng.u64(..) >> 16)
}

async fn pause(rng: &mut fastrand::Rng, milliseconds: std::ops::Range<u64>) {
    tokio::time::sleep(Duration::from_millis(rng.u64(milliseconds))).await;
}

/// A client with an issue: comments, files, now and then a new issue. Returns what was waited for in vain.
pub(crate) async fn client(
    world: Arc<World>,
    known: Known,
    seed: u64,
    stop: watch::Receiver<bool>,
) -> Vec<String> {
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut issue = known.issue;
    let user = world.telegram.user(known.chat, "Анна");
    user.send_text("/menu");
    let menu = user.chat().wait_for(offers("new"), PATIENCE).await;
    let Ok(menu) = menu else {
        return vec![format!("{}: no menu", known.chat)];
    };
    while !*stop.borrow() {
        pause(&mut rng, world.pace.clone()).await;
        let said = Said {
            chat: known.chat,
            word: word(&mut rng),
            issue: Some(issue.get()),
            file: None,
        };
        match rng.u8(..10) {
            0..=5 => {
                world.said.lock().unwrap().push(said.clone());
                user.press_data(menu.id, &format!("comment:{issue}"));
                user.send_text(&said.word);
            }
            6 | 7 => {
                let name = format!("{}.bin", word(&mut rng));
                let said = Said {
                    file: Some(name.clone()),
                    ..said
                };
                world.said.lock().unwrap().push(said.clone());
                user.press_data(menu.id, &format!("comment:{issue}"));
                let content = name.repeat(rng.usize(1..400));
                user.caption(&said.word).send_document(
                    &name,
                    "application/octet-stream",
                    content.into_bytes(),
                );
            }
            _ => {
                let said = Said {
                    issue: None,
                    ..said
                };
                world.said.lock().unwrap().push(said.clone());
                match submit(&user, menu.id, &said.word).await {
                    Ok(made) => {
                        issue = made;
                        world.known.lock().unwrap().push(Known {
                            issue,
                            chat: known.chat,
                        });
                    }
                    Err(what) => return vec![format!("{}: {what}", known.chat)],
                }
            }
        }
    }
    Vec::new()
}

/// Writes a new issue and waits until the bot says that it is made.
async fn submit(user: &User, menu: i64, word: &str) -> Result<IssueId, String> {
    let chat = user.chat().from_now();
    user.press_data(menu, "new");
    user.send_text(word);
    let offer = chat
        .wait_for(
            |message| message.text.contains(word) && message.has_callback("submit"),
            PATIENCE,
        )
        .await
        .map_err(|_| format!("{word} is not offered to be sent"))?;
    user.press_on(offer.id, "submit")
        .map_err(|e| e.to_string())?;
    let made = chat
        .wait_for(
            |message| message.text.contains(word) && created(message).is_some(),
            PATIENCE,
        )
        .await
        .map_err(|_| format!("{word} is not made an issue"))?;
    created(&made).ok_or_else(|| "no number".into())
}

/// The issue under whose announcement one can comment.
fn created(message: &MessageView) -> Option<IssueId> {
    let mut data = message.buttons.iter().flatten();
    let data = data.find_map(|button| button.callback_data.as_deref()?.strip_prefix("comment:"));
    data?.parse().ok().map(IssueId::new)
}

fn offers(data: &str) -> impl Fn(&MessageView) -> bool + '_ {
    move |message| message.has_callback(data)
}

/// Somebody who registers while everything breaks.
pub(crate) async fn newcomer(world: Arc<World>, user: User, surname: String) -> Vec<String> {
    let chat = user.chat();
    let deadline = Instant::now() + PATIENCE;
    user.send_text("/start");
    let mut done: Vec<&str> = Vec::new();
    while Instant::now() < deadline {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let said = chat.from_bot();
        let offered = |data: &str| {
            said.iter()
                .rev()
                .find(|m| m.has_callback(data))
                .map(|m| m.id)
        };
        let mut once = |step: &'static str| {
            let first = !done.contains(&step);
            done.push(step);
            first
        };
        if offered("new").is_some() {
            world.registered.lock().unwrap().push((user.id(), surname));
            return Vec::new();
        } else if said.iter().any(|m| m.text.contains("Как вас зовут")) {
            if once("name") {
                user.send_text(&format!("{surname} Мария Петровна"));
            }
        } else if wants_contact(&chat) {
            if once("contact") {
                user.share_contact();
            }
        } else if let Some(message) = offered("register:person") {
            if once("person") {
                let _ = user.press_on(message, "register:person");
            }
        } else if let Some(message) = offered("consent:1")
            && once("consent")
        {
            let _ = user.press_on(message, "consent:1");
        }
    }
    let said: Vec<_> = chat.from_bot().into_iter().map(|m| m.text).collect();
    vec![format!("{} is not registered: {said:?}", user.id())]
}

fn wants_contact(chat: &Chat) -> bool {
    chat.view().is_some_and(|view| {
        view.keyboard
            .iter()
            .flatten()
            .any(|button| button.request_contact)
    })
}

/// An employee: comments, public and internal, files, changes of status; and a help desk whose webhooks repeat, overtake
/// each other and get lost.
pub(crate) async fn employee(
    world: Arc<World>,
    name: &'static str,
    seed: u64,
    stop: watch::Receiver<bool>,
) -> Vec<String> {
    let mut rng = fastrand::Rng::with_seed(seed);
    let staff = world.okdesk.staff(name);
    while !*stop.borrow() {
        pause(&mut rng, world.desk_pace.clone()).await;
        let known = {
            let all = world.known.lock().unwrap();
            all[rng.usize(..all.len())]
        };
        match rng.u8(..100) {
            0..5 => world.okdesk.webhooks().repeat(1),
            5..7 => world.okdesk.webhooks().lose(1),
            7..9 => {
                world.okdesk.webhooks().hold();
                let okdesk = world.clone();
                tokio::spawn(async move {
                    tokio::time::sleep(Duration::from_millis(400)).await;
                    okdesk.okdesk.webhooks().release_reversed();
                });
            }
            9..14 => {
                let code = if rng.bool() { "opened" } else { "work" };
                let _ = staff.change_status(known.issue, code).send();
                continue;
            }
            _ => {}
        }
        let public = rng.u8(..10) > 0;
        let file = (rng.u8(..10) == 0).then(|| format!("{}.txt", word(&mut rng)));
        let told = Told {
            issue: known.issue.get(),
            chat: known.chat,
            word: word(&mut rng),
            public,
            file,
        };
        world.told.lock().unwrap().push(told.clone());
        let mut comment = staff.comment(known.issue, told.word.clone());
        if !public {
            comment = comment.internal();
        }
        if let Some(name) = &told.file {
            comment = comment.attach(name.clone(), name.repeat(rng.usize(1..400)).into_bytes());
        }
        if let Err(refused) = comment.send() {
            return vec![format!("{name} cannot comment: {refused}")];
        }
    }
    Vec::new()
}
