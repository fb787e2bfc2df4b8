//! Figures against a week counted by hand, and what the text says of it.

#![allow(
    clippy::unwrap_used,
    reason = "a test may stop at the first surprise, its helpers too"
)]

mod report_sample;

use jiff::{SignedDuration, civil::date, tz::TimeZone};
use report_sample::{TEXTS, sample, week};
use tg_bridge::report::args::{ExportArgs, FilterArgs, StatsArgs};
use tg_bridge::report::{Counts, Figures, Filter, Period, Tally, stats, usage};
use tg_bridge::telegram::Language;

fn names(tallies: &[Tally]) -> Vec<(&str, usize)> {
    tallies
        .iter()
        .map(|t| (t.name.as_deref().unwrap_or("-"), t.count))
        .collect()
}

/// Created, completed, reopened, ratings, rated of the completed.
fn numbers(counts: &Counts) -> [usize; 5] {
    let c = counts;
    [
        c.created,
        c.completed,
        c.reopened,
        c.scores.count(),
        c.completed_rated,
    ]
}

#[test]
fn sta_01_the_figures_of_a_week_counted_by_hand() {
    let figures = Figures::of(sample(), &week());
    let total = &figures.total;
    assert_eq!(numbers(total), [4, 4, 1, 3, 3]);
    assert_eq!(total.scores.average(), Some(11.0 / 3.0));
    assert_eq!(total.rated_percent(), Some(75));
    assert_eq!(
        total.scores.best_first().collect::<Vec<_>>(),
        [(5, 1), (4, 1), (3, 0), (2, 1), (1, 0)]
    );
    // 20 min, 40 min, 13 h
    let answer = total.first_answer.unwrap();
    assert_eq!(answer.count, 3);
    assert_eq!(answer.median, SignedDuration::from_mins(40));
    assert_eq!(answer.p90, SignedDuration::from_hours(13));
    // 2 h, 24 h, 72 h, 240 h
    let completion = total.completion.unwrap();
    assert_eq!(completion.count, 4);
    assert_eq!(completion.median, SignedDuration::from_hours(48));
    assert_eq!(completion.p90, SignedDuration::from_hours(240));

    assert_eq!(names(&figures.words), [("принтер", 2)]);
    assert_eq!(
        names(&figures.kinds),
        [("Инцидент", 2), ("-", 1), ("Консультация", 1)]
    );
    assert_eq!(names(&figures.portal), [("good", 1)]);
    let of = |groups: &[tg_bridge::report::Group]| -> Vec<(String, [usize; 5])> {
        groups
            .iter()
            .map(|g| (g.name.clone().unwrap_or_default(), numbers(&g.counts)))
            .collect()
    };
    let expected = |first: &str, second: &str| {
        vec![
            (first.to_owned(), [2, 2, 1, 2, 2]),
            (second.to_owned(), [1, 2, 0, 1, 1]),
            (String::new(), [1, 0, 0, 0, 0]),
        ]
    };
    assert_eq!(
        of(&figures.companies),
        expected("ООО «Ромашка»", "АО «Лютик»")
    );
    assert_eq!(of(&figures.assignees), expected("Иванов И.", "Петрова А."));
}

#[test]
fn sta_01_the_text_says_it_in_both_languages() {
    let russian = "\
📊 16.11.2026 – 22.11.2026

Создано: 4
Завершено: 4
Открыто повторно: 1
Первый ответ: половина за 40 мин, 9 из 10 за 13 ч
Завершение: половина за 2 д, 9 из 10 за 10 д

Оценок: 3, средняя 3,67
5 ████████████ 1
4 ████████████ 1
3 0
2 ████████████ 1
1 0
Оценено завершённых: 75 %
Оценки в портале: хорошо 1

Чаще всего: принтер 2
Типы: Инцидент 2, не указано 1, Консультация 1

По компаниям
• ООО «Ромашка»: создано 2, завершено 2, оценка 3,5
• АО «Лютик»: создано 1, завершено 2, оценка 4
• не указано: создано 1, завершено 0

По сотрудникам
• Иванов И.: создано 2, завершено 2, оценка 3,5
• Петрова А.: создано 1, завершено 2, оценка 4
• не указано: создано 1, завершено 0";
    assert_eq!(stats(sample(), &week(), TEXTS.speak(Language::Ru)), russian);

    let english = stats(sample(), &week(), TEXTS.speak(Language::En));
    for line in [
        "📊 16 Nov 2026 – 22 Nov 2026",
        "First answer: half within 40 min, 9 of 10 within 13 h",
        "Ratings: 3, average 3.67",
        "Rated of the completed: 75%",
        "Ratings in the portal: good 1",
        "• not set: 1 created, 0 completed",
    ] {
        assert!(
            english.lines().any(|found| found == line),
            "{line} is not in\n{english}"
        );
    }
}

#[test]
fn sta_01_a_day_is_a_day_of_the_zone() {
    let london = Filter {
        zone: TimeZone::get("Europe/London").unwrap(),
        ..week()
    };
    assert_eq!(Figures::of(sample(), &london).total.created, 5);
}

#[test]
fn sta_01_nothing_happened_is_said() {
    let january: Period = "2020-01".parse().unwrap();
    let filter = Filter::new(january.days(date(2026, 1, 1)), TimeZone::UTC);
    assert_eq!(
        stats(sample(), &filter, TEXTS.speak(Language::Ru)),
        "📊 01.01.2020 – 31.01.2020\n\nНичего не происходило."
    );
}

#[test]
fn rat_08_the_two_scales_are_kept_apart() {
    let mut records = sample();
    for record in &mut records {
        (record.rating, record.rated, record.reason) = (None, None, None);
        record.portal_rating = Some("5".into());
    }
    let figures = Figures::of(&records, &week());
    assert_eq!(
        (figures.total.scores.count(), figures.total.completed_rated),
        (0, 0)
    );
    assert_eq!(names(&figures.portal), [("5", 4)]);
    let text = stats(&records, &week(), TEXTS.speak(Language::Ru));
    assert!(text.contains("Оценок не было"), "{text}");
    assert!(text.contains("Оценки в портале: 5 4"), "{text}");
}

#[test]
fn sta_04_filters_narrow_and_are_said() {
    let now = date(2026, 11, 22)
        .at(23, 59, 0, 0)
        .in_tz("Europe/Moscow")
        .unwrap();
    let asked = FilterArgs::from_chat("неделя компания:лютик часы: пн-пт 9-18").unwrap();
    let filter = asked.filter(&now);
    // The one made at 20:00 is out, with its answer.
    let figures = Figures::of(sample(), &filter);
    assert_eq!(numbers(&figures.total), [0, 2, 0, 1, 1]);
    assert_eq!(figures.total.first_answer, None);
    let text = stats(sample(), &filter, TEXTS.speak(Language::Ru));
    assert!(
        text.starts_with(
            "📊 16.11.2026 – 22.11.2026\nкомпания: лютик · часы: пн-пт 09:00-18:00\n\n"
        ),
        "{text}"
    );
    // One company needs no list of companies.
    assert!(!text.contains("По компаниям"), "{text}");

    let asked = FilterArgs::from_chat("16.11.2026 - 22.11.2026 сотрудник: петрова").unwrap();
    assert_eq!(
        numbers(&Figures::of(sample(), &asked.filter(&now)).total),
        [1, 2, 0, 1, 1]
    );
}

#[test]
fn what_is_asked_for_in_the_chat() {
    let asked = |text: &str| FilterArgs::from_chat(text);
    assert_eq!(asked(""), Some(FilterArgs::default()));
    let full = asked("company: Daisy  &  Co EMPLOYEE:Ann hours:9-18").unwrap();
    assert_eq!(full.company.as_deref(), Some("Daisy & Co"));
    assert_eq!(full.employee.as_deref(), Some("Ann"));
    assert_eq!(full.hours.unwrap().to_string(), "mon-fri 09:00-18:00");
    for nonsense in [
        "sometime",
        "company:",
        "hours: late",
        "company: a company: b",
        "week hours: 9-18 today",
    ] {
        assert_eq!(asked(nonsense), None, "{nonsense}");
    }
    for language in [Language::Ru, Language::En] {
        let help = usage(TEXTS.speak(language));
        let (_, example) = help.lines().last().unwrap().split_once("/stats ").unwrap();
        assert!(asked(example).is_some(), "{example}");
    }
}

#[test]
fn the_command_line_asks_the_same() {
    #[derive(clap::Parser)]
    enum Cli {
        Stats(StatsArgs),
        Export(ExportArgs),
    }
    let read =
        |line: &[&str]| <Cli as clap::Parser>::try_parse_from(["tg-bridge"].iter().chain(line));
    let Ok(Cli::Stats(stats)) = read(&[
        "stats",
        "last-week",
        "--company",
        "ООО Ромашка",
        "--hours",
        "пн-пт 9-18",
        "--language",
        "en",
    ]) else {
        panic!("not understood");
    };
    assert_eq!(
        stats.filter,
        FilterArgs::from_chat("прошлая неделя company: ООО Ромашка hours: 9-18").unwrap()
    );
    assert_eq!(stats.language, Language::En);
    let Ok(Cli::Export(export)) = read(&["export", "-o", "week.csv"]) else {
        panic!("not understood");
    };
    assert_eq!(export.filter, FilterArgs::default());
    assert!(read(&["stats", "whenever"]).is_err());
    assert!(read(&["stats", "--hours", "late"]).is_err());
}
