//! Ratings: one request for each completion, a day to think again, and a reason where the score is low.

use super::conversation::issue_rows;
use super::turn::{DAY, HOUR, Post, Turn, button};
use super::{Chat, Dialog, Issue, OkdeskCall, Rating};
use crate::telegram::{Action, Button, Callback, Language, Score};
use crate::text::Words;
use okdesk_sdk::model::{Html, IssueId};

/// From here down a reason is asked for.
const ASK_REASON: u8 = 3;
/// From here down the people in charge are told.
const TELL_ADMIN: u8 = 2;

/// The five buttons.
pub(super) fn buttons(
    turn: &Turn<'_>,
    language: Language,
    issue: IssueId,
    completion: u16,
) -> Vec<Vec<Button>> {
    let words = turn.words(language);
    (1..=5)
        .rev()
        .filter_map(Score::new)
        .map(|score| {
            vec![button(
                score_label(words, score),
                Action::Rate {
                    issue,
                    completion,
                    score,
                },
            )]
        })
        .collect()
}

fn score_label(words: Words<'_>, score: Score) -> String {
    match score.get() {
        5 => words.score_5(),
        4 => words.score_4(),
        3 => words.score_3(),
        2 => words.score_2(),
        _ => words.score_1(),
    }
}

/// The rating that stands for the latest completion.
fn standing(issue: &Issue) -> Option<&Rating> {
    issue
        .rating
        .as_ref()
        .filter(|rating| rating.completion == issue.completions)
}

/// Whether a rating on Okdesk's scale says no more than the one given here.
pub(super) fn is_ours(issue: &Issue, value: &str) -> bool {
    let same: &[&str] = match standing(issue).map(|rating| rating.score.get()) {
        Some(1 | 2) => &["bad", "poor"],
        Some(3) => &["normal"],
        Some(_) => &["good", "excellent"],
        None => &[],
    };
    same.contains(&value)
}

/// Shows the five buttons again.
pub(super) fn again(
    turn: &mut Turn<'_>,
    chat: &Chat,
    issue: Option<&Issue>,
    callback: &Callback,
    id: IssueId,
    completion: u16,
) {
    let words = turn.words(chat.language);
    let open = issue
        .filter(|issue| issue.completions == completion)
        .and_then(standing);
    match open {
        Some(rating) if turn.now - rating.at <= DAY => {
            let mut rows = buttons(turn, chat.language, id, completion);
            rows.extend(issue_rows(turn, chat.language, id));
            turn.buttons(chat.id, callback.message, rows);
            turn.answer(chat.id, &callback.id, None);
        }
        _ => turn.answer(chat.id, &callback.id, Some(words.rating_closed())),
    }
}

/// A score was pressed by the issue's client.
pub(super) fn rate(
    turn: &mut Turn<'_>,
    chat: &mut Chat,
    issue: &mut Option<Issue>,
    callback: &Callback,
    id: IssueId,
    completion: u16,
    score: Score,
) {
    let words = turn.words(chat.language);
    let (Some(issue), Some(link)) = (issue, &chat.link) else {
        return;
    };
    if completion == 0 || issue.completions != completion {
        return turn.answer(chat.id, &callback.id, Some(words.rating_closed()));
    }
    let before = standing(issue).cloned();
    let of_another = before
        .as_ref()
        .is_some_and(|rating| rating.by != link.contact);
    let in_portal = before.is_none() && issue.portal_rating.is_some();
    if in_portal
        || of_another
        || before
            .as_ref()
            .is_some_and(|rating| turn.now - rating.at > DAY)
    {
        turn.buttons(
            chat.id,
            callback.message,
            issue_rows(turn, chat.language, id),
        );
        return turn.answer(chat.id, &callback.id, Some(words.rating_closed()));
    }
    let label = score_label(words, score);
    let mut result = vec![vec![button(
        words.rating_result(&label),
        Action::RateAgain {
            issue: id,
            completion,
        },
    )]];
    result.extend(issue_rows(turn, chat.language, id));
    turn.buttons(chat.id, callback.message, result);
    if before.as_ref().is_some_and(|rating| rating.score == score) {
        return turn.answer(chat.id, &callback.id, Some(words.rating_same()));
    }
    turn.answer(chat.id, &callback.id, Some(words.rating_thanks_note()));
    issue.rating = Some(Rating {
        completion,
        score,
        at: before.as_ref().map_or(turn.now, |rating| rating.at),
        by: link.contact,
        reason: before.as_ref().and_then(|rating| rating.reason.clone()),
    });
    turn.okdesk(chat.id, OkdeskCall::Rate { issue: id, score });
    if let Some(code) = turn.rules.rating_attribute.clone() {
        let value = score.get().to_string();
        turn.okdesk(
            chat.id,
            OkdeskCall::SetAttribute {
                issue: id,
                code,
                value,
            },
        );
    }
    if score.get() <= TELL_ADMIN
        && let Some(admins) = turn.rules.admin_chat
    {
        let staff = turn.staff_words();
        turn.say(
            admins,
            Post::from(staff.admin_low_score(id, &issue.facts.title, score_label(staff, score)))
                .about(id),
        );
    }
    // The same question is open already: the new score takes the place of the old one.
    let asked = matches!(chat.dialog, Dialog::Reason { issue, .. } if issue == id);
    if !asked && matches!(chat.dialog, Dialog::Reason { .. }) {
        note_without_reason(turn, chat);
        chat.dialog = Dialog::Idle;
    }
    let free = asked || matches!(chat.dialog, Dialog::Idle);
    if score.get() <= ASK_REASON && free && before.as_ref().is_none_or(|_| asked) {
        chat.dialog = Dialog::Reason {
            issue: id,
            score,
            asked_at: turn.now,
        };
        turn.look_again(chat.id, HOUR);
        let rows = vec![vec![button(words.skip(), Action::Skip)]];
        return turn.say(chat.id, Post::from(words.reason_ask()).rows(rows));
    }
    if asked {
        chat.dialog = Dialog::Idle;
    }
    let staff = turn.staff_words();
    let given = score_label(staff, score);
    let text = match before.filter(|_| !asked) {
        Some(before) => staff.note_rating_changed(score_label(staff, before.score), given),
        None => staff.note_rating(given),
    };
    turn.okdesk(
        chat.id,
        OkdeskCall::CreateNote {
            issue: id,
            content: Html::from_text(&text),
        },
    );
    thank(turn, chat);
}

fn thank(turn: &mut Turn<'_>, chat: &Chat) {
    let words = turn.words(chat.language);
    let rows = match turn.one_way() {
        true => vec![],
        false => vec![vec![button(words.menu_new(), Action::NewIssue)]],
    };
    turn.say(chat.id, Post::from(words.rating_thanks()).rows(rows));
}

/// The reason was written, or skipped: the note for staff is whole.
pub(super) fn reason(
    turn: &mut Turn<'_>,
    chat: &mut Chat,
    known: Option<&mut Issue>,
    text: Option<&str>,
) {
    let Dialog::Reason { issue, score, .. } = chat.dialog else {
        return;
    };
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
        note_without_reason(turn, chat);
        chat.dialog = Dialog::Idle;
        return thank(turn, chat);
    };
    chat.dialog = Dialog::Idle;
    let staff = turn.staff_words();
    let content = Html::from_text(&staff.note_rating_reason(score_label(staff, score), text));
    turn.okdesk(chat.id, OkdeskCall::CreateNote { issue, content });
    if let Some(rating) = known
        .filter(|known| known.facts.id == issue)
        .and_then(|known| known.rating.as_mut())
    {
        rating.reason = Some(text.to_owned());
    }
    if score.get() <= TELL_ADMIN
        && let Some(admins) = turn.rules.admin_chat
    {
        turn.say(
            admins,
            Post::from(staff.admin_low_reason(issue, text)).about(issue),
        );
    }
    thank(turn, chat);
}

/// No reason will come: staff get the score alone.
pub(super) fn note_without_reason(turn: &mut Turn<'_>, chat: &Chat) {
    if let Dialog::Reason { issue, score, .. } = chat.dialog {
        let staff = turn.staff_words();
        let content = Html::from_text(&staff.note_rating(score_label(staff, score)));
        turn.okdesk(chat.id, OkdeskCall::CreateNote { issue, content });
    }
}

/// Nobody answered the question for a reason.
pub(super) fn quiet(turn: &mut Turn<'_>, chat: &mut Chat) {
    if let Dialog::Reason { asked_at, .. } = chat.dialog
        && turn.now >= asked_at + HOUR
    {
        note_without_reason(turn, chat);
        chat.dialog = Dialog::Idle;
    }
}
