//! Reports on their way: counted when they are sent, so that a late one is still right, and drawn off the threads that
//! everything else runs on.

use super::plan::FILE_LIMIT;
use super::telegram::{self, Called, Trouble, made};
use crate::bot::BotApi;
use crate::metrics::Metrics;
use crate::report::args::FilterArgs;
use crate::report::{self, Record, chart, export, gather, stats};
use crate::store::Store;
use crate::telegram::{ChatId, Language, MessageId, Outgoing, Report, Rich};
use crate::text::Texts;
use jiff::tz::TimeZone;
use std::sync::Arc;
use teloxide::payloads::SendDocumentSetters as _;
use teloxide::prelude::Requester as _;
use teloxide::types::{ChatId as TgChatId, InputFile};
use url::Url;

/// Makes reports and sends them.
#[derive(Clone)]
pub(crate) struct Reporter {
    pub(crate) texts: Arc<Texts>,
    pub(crate) zone: TimeZone,
    /// Address of the Okdesk account, for the links of a table, where there is one.
    pub(crate) account: Option<Url>,
}

/// A report that is ready to be sent.
enum Made {
    Text(String),
    Chart(Vec<u8>),
    Table {
        file: Vec<u8>,
        name: String,
        caption: String,
    },
}

impl Reporter {
    /// Sends one report by one call.
    pub(super) async fn send(
        &self,
        api: &BotApi,
        metrics: &Metrics,
        store: &dyn Store,
        (chat, language): (ChatId, Language),
        what: Report,
        filter: &FilterArgs,
    ) -> Called {
        let records = gather(store, self.account.as_ref())
            .await
            .map_err(|e| Trouble::Failed {
                error: e.to_string(),
                uncertain: false,
            })?;
        let (maker, filter) = (self.clone(), filter.clone());
        let made_of = move || maker.make(&records, what, &filter, language);
        let ready = tokio::task::spawn_blocking(made_of)
            .await
            .map_err(|e| Trouble::Refused(e.to_string()))?
            .map_err(|e| Trouble::Refused(e.to_string()))?;
        let to = TgChatId(chat.0);
        let sent = match ready {
            Made::Text(text) => {
                let message = Outgoing {
                    html: Rich::text(&text).html(),
                    ..Outgoing::default()
                };
                return telegram::message(api, metrics, chat, &message).await;
            }
            Made::Chart(picture) => {
                let picture = InputFile::memory(picture).file_name("stats.png");
                api.patient().send_photo(to, picture).await
            }
            Made::Table {
                file,
                name,
                caption,
            } => {
                let file = InputFile::memory(file).file_name(name);
                api.patient().send_document(to, file).caption(caption).await
            }
        };
        made(sent.map(|sent| vec![MessageId(sent.id.0.into())]))
    }

    fn make(
        &self,
        records: &[Record],
        what: Report,
        filter: &FilterArgs,
        language: Language,
    ) -> Result<Made, report::Error> {
        let words = self.texts.speak(language);
        // Its days were settled when it was asked for.
        let now = jiff::Timestamp::UNIX_EPOCH.to_zoned(self.zone.clone());
        let days = filter.period;
        let filter = filter.filter(&now);
        Ok(match what {
            Report::Text => Made::Text(stats(records, &filter, words)),
            Report::Chart => Made::Chart(chart(records, &filter, words)?),
            Report::Table => {
                let mut file = Vec::new();
                let rows = export(records, &filter, words, &mut file)?;
                if file.len() as u64 > FILE_LIMIT {
                    return Ok(Made::Text(words.export_too_large(rows)));
                }
                Made::Table {
                    file,
                    name: format!("issues-{days}.csv"),
                    caption: words.export_caption(report::period(words, filter.days), rows),
                }
            }
        })
    }
}
