//! Figures for those who may see them: as text and picture, or as a table.

use super::turn::Turn;
use crate::report::args::FilterArgs;
use crate::report::usage;
use crate::telegram::{ChatId, Language, Report, Rich};

/// What is answered to `/stats`.
pub(super) const STATS: &[Report] = &[Report::Text, Report::Chart];
/// What is answered to `/export`.
pub(super) const EXPORT: &[Report] = &[Report::Table];

/// Answers with these reports about what was asked for behind the command; explains how to ask otherwise.
pub(super) fn report(
    turn: &mut Turn<'_>,
    chat: ChatId,
    language: Language,
    reports: &[Report],
    asked: &str,
) {
    match FilterArgs::from_chat(asked) {
        Some(filter) => {
            // "Today" is the day on which it was asked, whenever the answer can be sent.
            let filter = filter.settled(&turn.zoned());
            for report in reports {
                turn.report(chat, *report, filter.clone(), language);
            }
        }
        None => turn.say(chat, Rich::text(&usage(turn.words(language)))),
    }
}
