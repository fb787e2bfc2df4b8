//! Figures as a short text for a chat or a terminal. Plain text: whoever sends it escapes it.

use super::phrases::Phrases;
use super::{Counts, Days, Figures, Filter, Group, Record, Scores, Tally};
use crate::telegram::Language;
use std::borrow::Borrow;

/// Lists show the most important and say how many more there are.
const SHOWN: usize = 5;

/// Names are cut here, so that the whole stays one message.
const NAME: usize = 40;

/// The longest bar of the distribution.
const BAR: usize = 12;

/// The figures of the filter's set in words. At most some 2,500 characters, whatever the records are: one message.
pub fn stats<R: Borrow<Record>>(
    records: impl IntoIterator<Item = R>,
    filter: &Filter,
    language: Language,
) -> String {
    let phrases = Phrases::of(language);
    let figures = Figures::of(records, filter);
    let mut lines = vec![format!("📊 {}", days(&phrases, filter.days))];
    lines.extend(narrowing(&phrases, filter));
    lines.push(String::new());
    if figures.is_empty() {
        lines.push(phrases.plain("stats-nothing"));
    } else {
        totals(&mut lines, &phrases, &figures.total);
        ratings(&mut lines, &phrases, &figures);
        problems(&mut lines, &phrases, &figures);
        groups(&mut lines, &phrases, "stats-companies", &figures.companies);
        groups(&mut lines, &phrases, "stats-assignees", &figures.assignees);
    }
    lines.join("\n")
}

/// How to ask for figures in the chat.
pub fn usage(language: Language) -> String {
    Phrases::of(language).plain("stats-usage")
}

/// The days in words.
pub(super) fn days(phrases: &Phrases, days: Days) -> String {
    let day = |day| phrases.day(day);
    match (days.from, days.to) {
        (None, None) => phrases.plain("stats-always"),
        (Some(from), None) => phrases.say("stats-since", [("from", day(from).into())]),
        (None, Some(to)) => phrases.say("stats-until", [("to", day(to).into())]),
        (Some(from), Some(to)) if from == to => day(from),
        (Some(from), Some(to)) => phrases.say(
            "stats-days",
            [("from", day(from).into()), ("to", day(to).into())],
        ),
    }
}

/// What else the filter says, on one line, if it says anything.
pub(super) fn narrowing(phrases: &Phrases, filter: &Filter) -> Option<String> {
    let hours = filter.hours.map(|hours| match phrases.language() {
        Language::Ru => hours.russian(),
        Language::En => hours.to_string(),
    });
    let name = |name: &Option<String>| name.as_deref().map(short);
    let parts: Vec<String> = [
        ("stats-company", "name", name(&filter.company)),
        ("stats-assignee", "name", name(&filter.assignee)),
        ("stats-hours", "hours", hours),
    ]
    .into_iter()
    .filter_map(|(key, value, text)| Some(phrases.say(key, [(value, text?.into())])))
    .collect();
    (!parts.is_empty()).then(|| parts.join(" · "))
}

fn totals(lines: &mut Vec<String>, phrases: &Phrases, counts: &Counts) {
    for (key, count) in [
        ("stats-created", counts.created),
        ("stats-completed", counts.completed),
        ("stats-reopened", counts.reopened),
    ] {
        lines.push(phrases.say(key, [("count", count.into())]));
    }
    for (key, spread) in [
        ("stats-first-answer", counts.first_answer),
        ("stats-completion", counts.completion),
    ] {
        lines.extend(spread.map(|spread| {
            phrases.say(
                key,
                [
                    ("median", phrases.duration(spread.median).into()),
                    ("most", phrases.duration(spread.p90).into()),
                ],
            )
        }));
    }
}

fn ratings(lines: &mut Vec<String>, phrases: &Phrases, figures: &Figures) {
    let counts = &figures.total;
    lines.push(String::new());
    match average(phrases, &counts.scores) {
        None => lines.push(phrases.plain("stats-no-ratings")),
        Some(average) => {
            lines.push(phrases.say(
                "stats-ratings",
                [
                    ("count", counts.scores.count().into()),
                    ("average", average.into()),
                ],
            ));
            lines.extend(bars(&counts.scores));
        }
    }
    lines.extend(
        counts
            .rated_percent()
            .map(|percent| phrases.say("stats-share", [("percent", percent.into())])),
    );
    if !figures.portal.is_empty() {
        let list = list(phrases, &figures.portal, |rate| {
            phrases.say("stats-portal-rate", [("rate", rate.into())])
        });
        lines.push(phrases.say("stats-portal", [("list", list.into())]));
    }
}

fn bars(scores: &Scores) -> impl Iterator<Item = String> {
    let most = scores
        .best_first()
        .map(|(_, count)| count)
        .max()
        .unwrap_or(0);
    scores.best_first().map(move |(score, count)| {
        // Whatever was given at all is seen.
        let length = (BAR * count).div_ceil(most.max(1));
        let bar = "█".repeat(length);
        format!("{score} {bar}{}{count}", if length > 0 { " " } else { "" })
    })
}

fn problems(lines: &mut Vec<String>, phrases: &Phrases, figures: &Figures) {
    let lists = [
        ("stats-words", &figures.words),
        ("stats-kinds", &figures.kinds),
    ];
    if lists.iter().any(|(_, tallies)| !tallies.is_empty()) {
        lines.push(String::new());
    }
    for (key, tallies) in lists {
        if !tallies.is_empty() {
            let list = list(phrases, tallies, short);
            lines.push(phrases.say(key, [("list", list.into())]));
        }
    }
}

fn list(phrases: &Phrases, tallies: &[Tally], name: impl Fn(&str) -> String) -> String {
    let items: Vec<String> = tallies
        .iter()
        .take(SHOWN)
        .map(|tally| {
            let name = tally
                .name
                .as_deref()
                .map_or_else(|| phrases.plain("stats-without"), &name);
            format!("{} {}", short(&name), tally.count)
        })
        .collect();
    items.join(", ")
}

fn groups(lines: &mut Vec<String>, phrases: &Phrases, title: &str, groups: &[Group]) {
    // One group says what the total says.
    if groups.len() < 2 {
        return;
    }
    lines.extend([String::new(), phrases.plain(title)]);
    lines.extend(groups.iter().take(SHOWN).map(|group| {
        let name = group
            .name
            .as_deref()
            .map_or_else(|| phrases.plain("stats-without"), short);
        let average = average(phrases, &group.counts.scores);
        let key = match average {
            Some(_) => "stats-group-rated",
            None => "stats-group",
        };
        let text = phrases.say(
            key,
            [
                ("name", name.into()),
                ("created", group.counts.created.into()),
                ("completed", group.counts.completed.into()),
                ("average", average.unwrap_or_default().into()),
            ],
        );
        format!("• {text}")
    }));
    if let Some(more) = groups.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        lines.push(phrases.say("stats-more", [("count", more.into())]));
    }
}

fn average(phrases: &Phrases, scores: &Scores) -> Option<String> {
    scores.average().map(|average| phrases.decimal(average))
}

/// A name on one line, and not too much of it.
pub(super) fn short(name: &str) -> String {
    let name: Vec<&str> = name.split_whitespace().collect();
    let name = name.join(" ");
    match name.char_indices().nth(NAME) {
        None => name,
        Some(_) => name.chars().take(NAME - 1).chain(['…']).collect(),
    }
}
