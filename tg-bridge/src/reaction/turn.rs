//! One decision while it is being made: what it may look at and the effects it has gathered.

use super::{Audit, Deed, Effect, Forgotten, HelpDesk, OkdeskCall, Rules, Status, Timer};
use crate::report::args::FilterArgs;
use crate::telegram::{
    About, Action, Button, CAPTION_LIMIT, ChatId, Keyboard, Language, MESSAGE_LIMIT, MessageId,
    Outgoing, RemoteFile, Report, Rich, Send, UserId,
};
use crate::text::{Texts, Words};
use okdesk_sdk::model::{CommentId, IssueId, Timestamp};

/// After this long without a further part, an album or a split text is whole.
pub(super) const QUIET: i64 = 2_000;
/// An hour.
pub(super) const HOUR: i64 = 3_600_000;
/// A day.
pub(super) const DAY: i64 = 24 * HOUR;

pub(super) struct Turn<'a> {
    pub now: i64,
    pub rules: &'a Rules,
    pub texts: &'a Texts,
    pub nonce: u128,
    pub effects: Vec<Effect>,
    pub audit: Vec<Audit>,
    pub forgotten: Option<Forgotten>,
}

/// A message before it is cut to Telegram's size.
#[derive(Default)]
pub(super) struct Post {
    text: Rich,
    keyboard: Option<Keyboard>,
    about: Option<About>,
    protected: bool,
    silent: bool,
}

impl From<Rich> for Post {
    fn from(text: Rich) -> Self {
        Self {
            text,
            ..Self::default()
        }
    }
}

impl Post {
    pub(super) fn rows(mut self, rows: Vec<Vec<Button>>) -> Self {
        self.keyboard = (!rows.is_empty()).then_some(Keyboard::Inline(rows));
        self
    }

    pub(super) fn keyboard(mut self, keyboard: Keyboard) -> Self {
        self.keyboard = Some(keyboard);
        self
    }

    pub(super) fn about(mut self, issue: IssueId) -> Self {
        self.about = Some(About {
            issue,
            comment: None,
        });
        self
    }

    pub(super) fn comment(mut self, comment: CommentId) -> Self {
        if let Some(about) = &mut self.about {
            about.comment = Some(comment);
        }
        self
    }

    pub(super) fn protected(mut self) -> Self {
        self.protected = true;
        self
    }

    pub(super) fn silent(mut self, silent: bool) -> Self {
        self.silent = silent;
        self
    }

    fn outgoing(self, text: Rich) -> Outgoing {
        Outgoing {
            html: text.html(),
            keyboard: self.keyboard,
            reply_to: None,
            silent: self.silent,
            protected: self.protected,
        }
    }
}

impl<'a> Turn<'a> {
    pub(super) fn words(&self, language: Language) -> Words<'a> {
        self.texts.speak(language)
    }

    /// The words staff read: in the language of the desk.
    pub(super) fn staff_words(&self) -> Words<'a> {
        self.texts.speak(Language::default())
    }

    fn telegram(&mut self, chat: ChatId, send: Send, about: Option<About>) {
        self.effects.push(Effect::Telegram { chat, send, about });
    }

    /// Sends a message, in parts if it is long; the buttons stand under the last.
    pub(super) fn say(&mut self, chat: ChatId, post: impl Into<Post>) {
        let mut post = post.into();
        let mut parts = std::mem::take(&mut post.text).split(MESSAGE_LIMIT);
        let Some(last) = parts.pop() else { return };
        for part in parts {
            let send = Send::Message(Outgoing {
                html: part.html(),
                protected: post.protected,
                silent: post.silent,
                ..Outgoing::default()
            });
            self.telegram(chat, send, post.about);
        }
        let about = post.about;
        self.telegram(chat, Send::Message(post.outgoing(last)), about);
    }

    /// Shows a message in place of an earlier one, or as a new one.
    pub(super) fn show(&mut self, chat: ChatId, at: Option<MessageId>, post: impl Into<Post>) {
        let mut post = post.into();
        let Some(message) = at else {
            return self.say(chat, post);
        };
        let text = std::mem::take(&mut post.text).shorten(MESSAGE_LIMIT);
        let about = post.about;
        self.telegram(
            chat,
            Send::Edit {
                message,
                to: post.outgoing(text),
            },
            about,
        );
    }

    /// Puts other buttons under an earlier message.
    pub(super) fn buttons(&mut self, chat: ChatId, message: MessageId, keyboard: Vec<Vec<Button>>) {
        self.telegram(chat, Send::EditKeyboard { message, keyboard }, None);
    }

    /// Stops the spinner of a pressed button.
    pub(super) fn answer(&mut self, chat: ChatId, callback: &str, note: Option<String>) {
        let note = note.map(|note| note.chars().take(200).collect());
        self.telegram(
            chat,
            Send::AnswerCallback {
                callback: callback.to_owned(),
                note,
            },
            None,
        );
    }

    pub(super) fn files(
        &mut self,
        chat: ChatId,
        issue: IssueId,
        files: Vec<RemoteFile>,
        caption: Rich,
        silent: bool,
    ) {
        if !files.is_empty() {
            let caption = caption.shorten(CAPTION_LIMIT).html();
            let about = Some(About {
                issue,
                comment: None,
            });
            self.telegram(
                chat,
                Send::Files {
                    issue,
                    files,
                    caption,
                    silent,
                },
                about,
            );
        }
    }

    pub(super) fn report(
        &mut self,
        chat: ChatId,
        what: Report,
        filter: FilterArgs,
        language: Language,
    ) {
        let send = Send::Report {
            what,
            filter,
            language,
        };
        self.telegram(chat, send, None);
    }

    /// Leaves a group.
    pub(super) fn leave_group(&mut self, chat: ChatId) {
        self.telegram(chat, Send::Leave, None);
    }

    /// Writes down what somebody with a role did, or somebody without it tried.
    pub(super) fn did(&mut self, by: UserId, deed: Deed) {
        self.audit.push(Audit {
            at: self.now,
            by,
            deed,
        });
    }

    pub(super) fn okdesk(&mut self, chat: ChatId, call: OkdeskCall) {
        // What only Okdesk could keep stays here.
        if self.one_way() {
            return;
        }
        self.effects.push(Effect::Okdesk { chat, call });
    }

    /// Whether the help desk tells but takes nothing.
    pub(super) fn one_way(&self) -> bool {
        self.rules.desk == HelpDesk::Zenlix
    }

    /// The name of a status. Okdesk gives it; ZENLIX has codes only.
    pub(super) fn status_name(&self, language: Language, status: &Status) -> String {
        let words = self.words(language);
        match (self.rules.desk, status.code.as_str()) {
            (HelpDesk::Zenlix, "free") => words.zenlix_free(),
            (HelpDesk::Zenlix, "lock") => words.zenlix_lock(),
            (HelpDesk::Zenlix, "waitsuccess") => words.zenlix_waitsuccess(),
            (HelpDesk::Zenlix, "success") => words.zenlix_success(),
            _ => status.name.clone(),
        }
    }

    /// Looks at the chat again after a while.
    pub(super) fn look_again(&mut self, chat: ChatId, after: i64) {
        self.effects.push(Effect::Timer {
            at: self.now + after,
            timer: Timer::Quiet(chat),
        });
    }

    /// A moment as people read it, in the configured zone.
    pub(super) fn moment(&self, language: Language, moment: jiff::Timestamp) -> String {
        let format = self.words(language).moment_format();
        let moment = moment.to_zoned(self.rules.zone.clone());
        jiff::fmt::strtime::format(&format, &moment)
            .unwrap_or_else(|_| moment.strftime("%Y-%m-%d %H:%M").to_string())
    }

    pub(super) fn timestamp(
        &self,
        language: Language,
        moment: Option<&Timestamp>,
    ) -> Option<String> {
        Some(self.moment(language, self.instant(moment?)?))
    }

    /// When that was. A time that names no zone is one of the zone times are shown in.
    pub(super) fn instant(&self, moment: &Timestamp) -> Option<jiff::Timestamp> {
        if !moment.is_zoneless() {
            return moment.to_jiff();
        }
        let civil: jiff::civil::DateTime = moment.as_str().trim().parse().ok()?;
        let there = civil.to_zoned(self.rules.zone.clone()).ok()?;
        Some(there.timestamp())
    }

    pub(super) fn now(&self, language: Language) -> String {
        self.moment(language, self.zoned().timestamp())
    }

    /// Now, by the clock of the configured zone.
    pub(super) fn zoned(&self) -> jiff::Zoned {
        jiff::Timestamp::from_millisecond(self.now)
            .unwrap_or_default()
            .to_zoned(self.rules.zone.clone())
    }

    /// Where the portal shows an issue.
    pub(super) fn portal_issue(&self, issue: IssueId) -> Option<String> {
        let mut url = self.rules.portal_url.clone()?;
        url.path_segments_mut()
            .ok()?
            .pop_if_empty()
            .extend(["issues", &issue.to_string()]);
        Some(url.into())
    }
}

pub(super) fn button(label: String, action: Action) -> Button {
    Button::Action { label, action }
}

pub(super) fn link(label: String, url: String) -> Button {
    Button::Link { label, url }
}
