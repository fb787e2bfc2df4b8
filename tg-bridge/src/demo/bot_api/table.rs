//! Every method served here with its parameters, and every object a bot may send: the facts of the Bot API
//! specification, as a table. The checks in `check.rs` read nothing else.

use std::collections::HashMap;
use std::sync::LazyLock;

/// One line per method or object: its name, then `field:kind`, with `!` when required.
/// Kinds: `int`, `num`, `bool`, `str`, `id` (a number or a @username), `file`, an object by name, alternatives by `|`,
/// arrays in brackets. `@x` inserts the group `@x`.
const TABLE: &str = "
@to business_connection_id:str chat_id:id! message_thread_id:int
@options disable_notification:bool protect_content:bool allow_paid_broadcast:bool message_effect_id:str \
  reply_parameters:ReplyParameters
@send @to direct_messages_topic_id:int ephemeral_message_parameters:Any suggested_post_parameters:Any @options \
  reply_markup:InlineKeyboardMarkup|ReplyKeyboardMarkup|ReplyKeyboardRemove|ForceReply
@caption caption:str parse_mode:str caption_entities:[MessageEntity]
@above show_caption_above_media:bool
@edit business_connection_id:str chat_id:id message_id:int inline_message_id:str reply_markup:InlineKeyboardMarkup
@media type:str! media:str! @caption
@topic chat_id:id! message_thread_id:int!

getMe
close
logOut
getUpdates offset:int limit:int timeout:int allowed_updates:[str]
setWebhook url:str! certificate:file ip_address:str max_connections:int allowed_updates:[str] \
  drop_pending_updates:bool secret_token:str
deleteWebhook drop_pending_updates:bool
getWebhookInfo
sendMessage @send text:str! parse_mode:str entities:[MessageEntity] link_preview_options:LinkPreviewOptions
sendPhoto @send @caption @above photo:file! has_spoiler:bool
sendDocument @send @caption document:file! thumbnail:file disable_content_type_detection:bool
sendVideo @send @caption @above video:file! duration:int width:int height:int thumbnail:file cover:file \
  start_timestamp:int has_spoiler:bool supports_streaming:bool
sendAudio @send @caption audio:file! duration:int performer:str title:str thumbnail:file
sendVoice @send @caption voice:file! duration:int
sendAnimation @send @caption @above animation:file! duration:int width:int height:int thumbnail:file has_spoiler:bool
sendVideoNote @send video_note:file! duration:int length:int thumbnail:file
sendSticker @send sticker:file! emoji:str
sendLocation @send latitude:num! longitude:num! horizontal_accuracy:num live_period:int heading:int \
  proximity_alert_radius:int
sendMediaGroup @to direct_messages_topic_id:int @options \
  media:[InputMediaAudio|InputMediaDocument|InputMediaPhoto|InputMediaVideo]!
editMessageText @edit text:str parse_mode:str entities:[MessageEntity] link_preview_options:LinkPreviewOptions \
  rich_message:Any
editMessageCaption @edit @caption @above
editMessageReplyMarkup @edit
deleteMessage chat_id:id! message_id:int!
answerCallbackQuery callback_query_id:str! text:str show_alert:bool url:str cache_time:int
sendChatAction @to action:str!
setMyCommands commands:[BotCommand]! scope:BotCommandScope language_code:str
getMyCommands scope:BotCommandScope language_code:str
deleteMyCommands scope:BotCommandScope language_code:str
getFile file_id:str!
getChat chat_id:id!
getChatMember chat_id:id! user_id:int!
leaveChat chat_id:id!
setMessageReaction chat_id:id! message_id:int! reaction:[ReactionType] is_big:bool
createForumTopic chat_id:id! name:str! icon_color:int icon_custom_emoji_id:str
closeForumTopic @topic
reopenForumTopic @topic

MessageEntity type:str! offset:int! length:int! url:str user:Any language:str custom_emoji_id:str unix_time:int \
  date_time_format:str
LinkPreviewOptions is_disabled:bool url:str prefer_small_media:bool prefer_large_media:bool show_above_text:bool
ReplyParameters message_id:int chat_id:id ephemeral_message_id:int allow_sending_without_reply:bool quote:str \
  quote_parse_mode:str quote_entities:[MessageEntity] quote_position:int checklist_task_id:int poll_option_id:str
InlineKeyboardMarkup inline_keyboard:[[InlineKeyboardButton]]! force_reply:bool
InlineKeyboardButton text:str! icon_custom_emoji_id:str style:str url:str callback_data:str web_app:WebAppInfo \
  login_url:Any switch_inline_query:str switch_inline_query_current_chat:str switch_inline_query_chosen_chat:Any \
  copy_text:CopyTextButton callback_game:Any pay:bool disabled:Any
WebAppInfo url:str!
CopyTextButton text:str!
ReplyKeyboardMarkup keyboard:[[KeyboardButton]]! is_persistent:bool resize_keyboard:bool one_time_keyboard:bool \
  input_field_placeholder:str selective:bool force_reply:bool
KeyboardButton text:str! icon_custom_emoji_id:str style:str request_users:Any request_chat:Any \
  request_managed_bot:Any request_contact:bool request_location:bool request_poll:Any web_app:WebAppInfo
ReplyKeyboardRemove remove_keyboard:bool! selective:bool
ForceReply force_reply:bool! input_field_placeholder:str selective:bool
InputMediaPhoto @media @above has_spoiler:bool
InputMediaVideo @media @above thumbnail:str cover:str start_timestamp:int width:int height:int duration:int \
  supports_streaming:bool has_spoiler:bool
InputMediaDocument @media thumbnail:str disable_content_type_detection:bool
InputMediaAudio @media thumbnail:str duration:int performer:str title:str
BotCommand command:str! description:str! is_ephemeral:bool
BotCommandScope type:str! chat_id:id user_id:int
ReactionType type:str! emoji:str custom_emoji_id:str
";

/// What a field holds.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    Integer,
    Number,
    Flag,
    Text,
    /// A number or a @username.
    Id,
    /// An upload, an `attach://` name, a file id or an address.
    File,
    /// One of the objects named, told apart by their required fields.
    Object(Vec<&'static str>),
    Array(Box<Kind>),
}

/// A parameter of a method or a field of an object.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) required: bool,
}

/// A method or an object.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) name: &'static str,
    pub(super) fields: Vec<Field>,
}

impl Entry {
    pub(super) fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

static ENTRIES: LazyLock<HashMap<&'static str, Entry>> = LazyLock::new(|| {
    let mut groups: HashMap<&'static str, Vec<Field>> = HashMap::new();
    let mut entries = HashMap::new();
    for line in TABLE.lines() {
        let mut words = line.split_whitespace();
        let Some(name) = words.next() else { continue };
        let mut fields = Vec::new();
        for word in words {
            match word.split_once(':') {
                Some((name, kind)) => {
                    let bare = kind.trim_end_matches('!');
                    fields.push(Field {
                        name,
                        kind: kind_of(bare),
                        required: bare.len() < kind.len(),
                    });
                }
                None => fields.extend(groups.get(word).cloned().unwrap_or_default()),
            }
        }
        if name.starts_with('@') {
            groups.insert(name, fields);
        } else {
            entries.insert(name, Entry { name, fields });
        }
    }
    entries
});

fn kind_of(word: &'static str) -> Kind {
    match word {
        "int" => Kind::Integer,
        "num" => Kind::Number,
        "bool" => Kind::Flag,
        "str" => Kind::Text,
        "id" => Kind::Id,
        "file" => Kind::File,
        _ => match word
            .strip_prefix('[')
            .and_then(|word| word.strip_suffix(']'))
        {
            Some(inner) => Kind::Array(Box::new(kind_of(inner))),
            None => Kind::Object(word.split('|').collect()),
        },
    }
}

/// The method, in any case of letters.
pub(super) fn method(name: &str) -> Option<&'static Entry> {
    ENTRIES
        .values()
        .find(|entry| entry.name.eq_ignore_ascii_case(name) && is_method(entry.name))
}

/// The object type, when its fields are known; `Any` is not.
pub(super) fn object(name: &str) -> Option<&'static Entry> {
    ENTRIES.get(name)
}

fn is_method(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_expanded_and_required_fields_known() {
        let send = method("SENDMESSAGE").unwrap();
        assert!(send.field("chat_id").unwrap().required && send.field("text").unwrap().required);
        assert!(!send.field("reply_markup").unwrap().required);
        assert!(send.field("disable_web_page_preview").is_none());
        assert!(method("InlineKeyboardButton").is_none());
    }

    /// Methods and objects as the published specification names them.
    const SPECIFICATION: &str = include_str!("bot-api-10.3.tsv");

    /// Fields of each name: name, types, whether required.
    fn specification() -> HashMap<&'static str, Vec<(&'static str, Vec<&'static str>, bool)>> {
        let mut all = HashMap::<_, Vec<_>>::new();
        for line in SPECIFICATION.lines().filter(|line| !line.starts_with('#')) {
            let columns: Vec<&str> = line.split('\t').collect();
            let fields = all.entry(columns[0]).or_default();
            if let [_, name, types, required] = columns[..] {
                fields.push((name, types.split('|').collect(), required == "required"));
            }
        }
        all
    }

    #[test]
    fn the_table_agrees_with_the_specification() {
        let specification = specification();
        let mut differences = Vec::new();
        for entry in ENTRIES.values() {
            // Unions of the specification are one line here.
            if ["BotCommandScope", "ReactionType"].contains(&entry.name) {
                continue;
            }
            let Some(theirs) = specification.get(entry.name) else {
                differences.push(format!("{} is not in the specification", entry.name));
                continue;
            };
            for field in &entry.fields {
                let Some((_, types, required)) =
                    theirs.iter().find(|(name, ..)| *name == field.name)
                else {
                    differences.push(format!("{}.{} is not there", entry.name, field.name));
                    continue;
                };
                if *required != field.required {
                    differences.push(format!("{}.{} required", entry.name, field.name));
                }
                let first = types[0];
                let fits = match &field.kind {
                    Kind::Integer => first == "Integer",
                    Kind::Number => first == "Float",
                    Kind::Flag => first == "Boolean",
                    Kind::Text => first == "String",
                    Kind::Id => *types == ["Integer", "String"],
                    Kind::File => first == "InputFile",
                    Kind::Array(_) => first.starts_with("Array of"),
                    Kind::Object(_) => first.starts_with(|c: char| c.is_uppercase()),
                };
                if !fits {
                    differences.push(format!("{}.{} is {first}", entry.name, field.name));
                }
            }
            for (name, ..) in theirs {
                if entry.field(name).is_none() {
                    differences.push(format!("{}.{name} is missing here", entry.name));
                }
            }
        }
        assert!(differences.is_empty(), "{differences:#?}");
    }
}
