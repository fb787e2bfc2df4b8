//! Figures as a short text for a chat or a terminal. Plain text: whoever sends it escapes it.

use super::{Counts, Days, Figures, Filter, Group, Record, Scores, Tally};
use crate::telegram::Language;
use crate::text::Words;
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
    words: Words<'_>,
) -> String {
    let figures = Figures::of(records, filter);
    let mut lines = vec![format!("📊 {}", days(words, filter.days))];
    lines.extend(narrowing(words, filter));
    lines.push(String::new());
    if figures.is_empty() {
        lines.push(words.stats_nothing());
    } else {
        totals(&mut lines, words, &figures.total);
        ratings(&mut lines, words, &figures);
        problems(&mut lines, words, &figures);
        groups(
            &mut lines,
            words,
            words.stats_companies(),
            &figures.companies,
        );
        groups(
            &mut lines,
            words,
            words.stats_assignees(),
            &figures.assignees,
        );
    }
    lines.join("\n")
}

/// How to ask for figures in the chat.
pub fn usage(words: Words<'_>) -> String {
    words.stats_usage()
}

/// The days in words.
pub(crate) fn days(words: Words<'_>, days: Days) -> String {
    let day = |day| words.day(day);
    match (days.from, days.to) {
        (None, None) => words.stats_always(),
        (Some(from), None) => words.stats_since(day(from)),
        (None, Some(to)) => words.stats_until(day(to)),
        (Some(from), Some(to)) if from == to => day(from),
        (Some(from), Some(to)) => words.stats_days(day(from), day(to)),
    }
}

/// What else the filter says, on one line, if it says anything.
pub(super) fn narrowing(words: Words<'_>, filter: &Filter) -> Option<String> {
    let hours = filter.hours.map(|hours| match words.language() {
        Language::Ru => hours.russian(),
        Language::En => hours.to_string(),
    });
    let name = |name: &Option<String>| name.as_deref().map(short);
    let parts: Vec<String> = [
        name(&filter.company).map(|name| words.stats_company(name)),
        name(&filter.assignee).map(|name| words.stats_assignee(name)),
        hours.map(|hours| words.stats_hours(hours)),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!parts.is_empty()).then(|| parts.join(" · "))
}

fn totals(lines: &mut Vec<String>, words: Words<'_>, counts: &Counts) {
    lines.extend([
        words.stats_created(counts.created),
        words.stats_completed(counts.completed),
        words.stats_reopened(counts.reopened),
    ]);
    let both = |spread: super::Spread| (words.duration(spread.median), words.duration(spread.p90));
    lines.extend(
        counts
            .first_answer
            .map(both)
            .map(|(median, most)| words.stats_first_answer(median, most)),
    );
    lines.extend(
        counts
            .completion
            .map(both)
            .map(|(median, most)| words.stats_completion(median, most)),
    );
}

fn ratings(lines: &mut Vec<String>, words: Words<'_>, figures: &Figures) {
    let counts = &figures.total;
    lines.push(String::new());
    match average(words, &counts.scores) {
        None => lines.push(words.stats_no_ratings()),
        Some(average) => {
            lines.push(words.stats_ratings(counts.scores.count(), average));
            lines.extend(bars(&counts.scores));
        }
    }
    lines.extend(
        counts
            .rated_percent()
            .map(|percent| words.stats_share(percent)),
    );
    if !figures.portal.is_empty() {
        let list = list(words, &figures.portal, |rate| words.stats_portal_rate(rate));
        lines.push(words.stats_portal(list));
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

fn problems(lines: &mut Vec<String>, words: Words<'_>, figures: &Figures) {
    let repeated =
        (!figures.words.is_empty()).then(|| words.stats_words(list(words, &figures.words, short)));
    let kinds =
        (!figures.kinds.is_empty()).then(|| words.stats_kinds(list(words, &figures.kinds, short)));
    if repeated.is_some() || kinds.is_some() {
        lines.push(String::new());
    }
    lines.extend(repeated.into_iter().chain(kinds));
}

fn list(words: Words<'_>, tallies: &[Tally], name: impl Fn(&str) -> String) -> String {
    let items: Vec<String> = tallies
        .iter()
        .take(SHOWN)
        .map(|tally| {
            let name = tally
                .name
                .as_deref()
                .map_or_else(|| words.stats_without(), &name);
            format!("{} {}", short(&name), tally.count)
        })
        .collect();
    items.join(", ")
}

fn groups(lines: &mut Vec<String>, words: Words<'_>, title: String, groups: &[Group]) {
    // One group says what the total says.
    if groups.len() < 2 {
        return;
    }
    lines.extend([String::new(), title]);
    lines.extend(groups.iter().take(SHOWN).map(|group| {
        let name = group
            .name
            .as_deref()
            .map_or_else(|| words.stats_without(), short);
        let Counts {
            created,
            completed,
            scores,
            ..
        } = group.counts;
        let text = match average(words, &scores) {
            Some(average) => words.stats_group_rated(name, created, completed, average),
            None => words.stats_group(name, created, completed),
        };
        format!("• {text}")
    }));
    if let Some(more) = groups.len().checked_sub(SHOWN).filter(|more| *more > 0) {
        lines.push(words.stats_more(more));
    }
}

fn average(words: Words<'_>, scores: &Scores) -> Option<String> {
    scores.average().map(|average| words.decimal(average))
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
