//! Files on their way, both ways, without ever lying in memory as a whole: from Telegram through a nameless temporary
//! file, so that its length is known before Okdesk is told of it; from Okdesk straight through.

use super::okdesk::CallError;
use super::plan::{FILE_LIMIT, is_photo};
use super::telegram::{self, Called, Trouble, made, says};
use crate::bot::{BotApi, DownloadError, PATIENT};
use crate::failpoint::{Point, reach};
use crate::log::unquoted;
use crate::metrics::Metrics;
use crate::reaction::{LostFile, LostReason};
use crate::telegram::{ChatId, IncomingFile, MessageId, Outgoing, RemoteFile, escape};
use futures_util::stream;
use okdesk_sdk::model::IssueId;
use okdesk_sdk::{Client, Upload};
use std::io::{self, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use teloxide::payloads::{
    SendDocumentSetters as _, SendMediaGroupSetters as _, SendPhotoSetters as _,
};
use teloxide::prelude::Requester as _;
use teloxide::types::{
    ChatId as TgChatId, FileId, InputFile, InputMedia, InputMediaDocument, InputMediaPhoto,
    ParseMode,
};
use tokio::fs::File;
use tokio::io::AsyncSeekExt as _;
use tokio::time::Instant;
use tokio_util::io::StreamReader;

/// Brings a client's files over from Telegram. Those that cannot come are named with the reason; a passing failure is one
/// of the whole.
pub(super) async fn fetch(
    api: &BotApi,
    files: &[IncomingFile],
    limit: u64,
) -> Result<(Vec<Upload>, Vec<LostFile>), CallError> {
    let mut uploads = Vec::new();
    let mut lost = Vec::new();
    for file in files {
        match fetch_one(api, file, limit).await {
            Ok(upload) => uploads.push(upload),
            Err(Miss::Lost(reason)) => lost.push(LostFile {
                name: file.name.clone(),
                reason,
            }),
            Err(Miss::Passing(error)) => return Err(CallError::passing(error)),
        }
    }
    Ok((uploads, lost))
}

enum Miss {
    Lost(LostReason),
    Passing(String),
}

async fn fetch_one(api: &BotApi, file: &IncomingFile, limit: u64) -> Result<Upload, Miss> {
    // Telegram's own limit is told in advance; asking for more would only be refused.
    if file.size.is_some_and(|size| size > limit) {
        return Err(Miss::Lost(LostReason::TooLarge));
    }
    let found = api.quick().get_file(FileId(file.file_id.clone())).await;
    let path = match found {
        Ok(found) => found.path.clone(),
        Err(error) => {
            return Err(match super::trouble(error) {
                Trouble::Refused(words) if says(&words, &["too big", "too large"]) => {
                    Miss::Lost(LostReason::TooLarge)
                }
                Trouble::Failed { error, .. } => Miss::Passing(error),
                Trouble::Wait(_) => Miss::Passing("Telegram asks to wait".into()),
                _ => Miss::Lost(LostReason::Gone),
            });
        }
    };
    let disk = |e: io::Error| Miss::Passing(format!("no temporary file: {e}"));
    // A server of one's own answers with a place on the shared disk.
    if path.starts_with('/') && tokio::fs::try_exists(&path).await.unwrap_or(false) {
        let local = File::open(&path).await.map_err(disk)?;
        return upload(file, local).await.map_err(disk);
    }
    // The file has no name in any folder, so nothing remains of it whatever happens to this process.
    let nameless = tokio::task::spawn_blocking(tempfile::tempfile)
        .await
        .map_err(io::Error::other)
        .and_then(|made| made)
        .map_err(disk)?;
    let mut nameless = File::from_std(nameless);
    match api.download(&path, limit, &mut nameless).await {
        Ok(_) => upload(file, nameless).await.map_err(disk),
        Err(DownloadError::Gone) => Err(Miss::Lost(LostReason::Gone)),
        Err(DownloadError::TooLarge) => Err(Miss::Lost(LostReason::TooLarge)),
        Err(DownloadError::Failed(error)) => Err(Miss::Passing(error)),
    }
}

async fn upload(file: &IncomingFile, content: File) -> io::Result<Upload> {
    let length = content.metadata().await?.len();
    let content = Arc::new(content);
    let open = move || {
        let content = content.clone();
        async move {
            // Tries follow one another, so they can share the one position the file has.
            reach(Point::FileLeaving);
            let mut again = content.try_clone().await?;
            again.seek(SeekFrom::Start(0)).await?;
            Ok(again)
        }
    };
    Ok(Upload::from_factory(&file.name, length, open)
        .content_type(&file.mime)
        .public(true))
}

/// After so many tries files that Okdesk does not give, or that are too slow for Telegram, hold up their chat no longer: a
/// link to them goes instead.
const TRIES: u32 = 8;

fn name(file: &RemoteFile, link: Option<&str>) -> String {
    match link {
        Some(link) => format!("📎 <a href=\"{}\">{}</a>", escape(link), escape(&file.name)),
        None => format!("📎 {}", escape(&file.name)),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Photos,
    Documents,
}

fn media(form: Form, content: InputFile, caption: String) -> InputMedia {
    match form {
        Form::Photos => {
            let photo = InputMediaPhoto::new(content).caption(caption);
            InputMedia::Photo(photo.parse_mode(ParseMode::Html))
        }
        Form::Documents => {
            let document = InputMediaDocument::new(content).caption(caption);
            InputMedia::Document(document.parse_mode(ParseMode::Html))
        }
    }
}

/// Files of an issue on their way to a chat.
pub(super) struct Sending<'a> {
    pub(super) api: &'a BotApi,
    pub(super) metrics: &'a Metrics,
    pub(super) okdesk: &'a Client,
    pub(super) chat: ChatId,
    pub(super) issue: IssueId,
    pub(super) caption: &'a str,
    pub(super) silent: bool,
    /// Where a file can be looked at that cannot be sent.
    pub(super) link: Option<String>,
    /// How often it was tried before.
    pub(super) attempts: u32,
    /// Set once Okdesk has failed to give a file, or all of it.
    pub(super) dried_up: Arc<AtomicBool>,
}

impl Sending<'_> {
    /// Sends files by one call. What Telegram does not take is sent less beautifully, in the end as a link; so is what
    /// Okdesk does not give after some tries.
    pub(super) async fn send(&self, files: &[RemoteFile]) -> Called {
        let photos = files.iter().all(is_photo);
        let fits = files.iter().all(|file| file.size <= FILE_LIMIT);
        for form in [Form::Photos, Form::Documents] {
            if !fits || (form == Form::Photos && !photos) {
                continue;
            }
            let begun = Instant::now();
            match self.files(files, form).await {
                Err(Trouble::Refused(error)) => {
                    tracing::warn!(
                        error = unquoted(&error),
                        ?form,
                        "files are sent in another form"
                    )
                }
                // A Telegram that is away is waited for; files that do not get through in all that time never will.
                Err(Trouble::Failed { error, .. })
                    if self.attempts >= TRIES
                        && (self.dried_up.load(Ordering::Relaxed)
                            || begun.elapsed() >= PATIENT) =>
                {
                    tracing::warn!(error, "files do not get through; a link goes instead");
                    break;
                }
                other => return other,
            }
        }
        let names = files.iter().map(|file| name(file, self.link.as_deref()));
        let lines: Vec<_> = Some(self.caption.to_owned())
            .filter(|c| !c.is_empty())
            .into_iter()
            .chain(names)
            .collect();
        let message = Outgoing {
            html: lines.join("\n"),
            silent: self.silent,
            ..Outgoing::default()
        };
        telegram::message(self.api, self.metrics, self.chat, &message).await
    }

    async fn files(&self, files: &[RemoteFile], form: Form) -> Called {
        let mut given = Vec::with_capacity(files.len());
        let mut lines = Vec::new();
        lines.extend((!self.caption.is_empty()).then(|| self.caption.to_owned()));
        let mut refused = None;
        for file in files {
            match self.open(file).await {
                Ok(content) => given.push(content),
                // One that is gone is named; the others come.
                Err(Trouble::Refused(error)) => {
                    tracing::warn!(error = unquoted(&error), "a file is only named");
                    lines.push(name(file, self.link.as_deref()));
                    refused = Some(error);
                }
                Err(other) => return Err(other),
            }
        }
        let caption = lines.join("\n");
        let bot = self.api.patient();
        let chat = TgChatId(self.chat.0);
        let one = |sent: Result<teloxide::types::Message, _>| {
            made(sent.map(|sent| vec![MessageId(sent.id.0.into())]))
        };
        match (given.len(), form) {
            (0, _) => Err(Trouble::Refused(refused.unwrap_or_default())),
            (1, Form::Photos) => {
                let call = bot.send_photo(chat, given.remove(0)).caption(caption);
                let call = call.parse_mode(ParseMode::Html);
                one(call.disable_notification(self.silent).await)
            }
            (1, Form::Documents) => {
                let call = bot.send_document(chat, given.remove(0)).caption(caption);
                let call = call.parse_mode(ParseMode::Html);
                one(call.disable_notification(self.silent).await)
            }
            _ => {
                let captions = std::iter::once(caption).chain(std::iter::repeat(String::new()));
                let album = given
                    .into_iter()
                    .zip(captions)
                    .map(|(content, caption)| media(form, content, caption));
                let call = bot.send_media_group(chat, album);
                let sent = call.disable_notification(self.silent).await;
                let id = |sent: &teloxide::types::Message| MessageId(sent.id.0.into());
                made(sent.map(|sent| sent.iter().map(id).collect()))
            }
        }
    }

    /// Opens a file in Okdesk; its bytes flow as Telegram takes them.
    async fn open(&self, file: &RemoteFile) -> Result<InputFile, Trouble> {
        let opened = self
            .okdesk
            .issues()
            .download(self.issue, file.id)
            .max_bytes(FILE_LIMIT)
            .open()
            .await;
        let stream = match opened {
            Ok(opened) => opened.stream,
            Err(e)
                if e.is_not_found()
                    || e.is_forbidden()
                    || e.kind() == okdesk_sdk::ErrorKind::TooLarge =>
            {
                return Err(Trouble::Refused(format!(
                    "Okdesk does not give the file: {e}"
                )));
            }
            Err(e) => {
                self.dried_up.store(true, Ordering::Relaxed);
                return Err(Trouble::Failed {
                    error: e.to_string(),
                    uncertain: false,
                });
            }
        };
        let dried_up = self.dried_up.clone();
        let pieces = stream::unfold((stream, dried_up), |(mut stream, dried_up)| async move {
            let piece = stream.next().await?;
            reach(Point::FilePassing);
            if piece.is_err() {
                dried_up.store(true, Ordering::Relaxed);
            }
            Some((piece.map_err(io::Error::other), (stream, dried_up)))
        });
        let reader = StreamReader::new(Box::pin(pieces));
        Ok(InputFile::read(reader).file_name(file.name.clone()))
    }
}
