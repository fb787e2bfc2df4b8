//! The stand-in's parsers of formatted text against Telegram's own.
//!
//! The PyPI package `tdjson` carries TDLib, whose `parseTextEntities` is the parser of the real Bot API and works offline.
//! Where it is not installed the comparison is skipped with a word about it; with `CI=true` that is a failure.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tg_bridge::demo::bot_api::{Entity, EntityKind, Formatted, parse_html, parse_markdown_v2};

const ORACLE: &str = r#"
import json, sys
import tdjson
tdjson.td_execute(json.dumps({"@type": "setLogVerbosityLevel", "new_verbosity_level": 0}).encode())
for line in sys.stdin:
    mode, text = json.loads(line)
    kind = {"@type": "textParseModeHTML"} if mode == "html" else {"@type": "textParseModeMarkdown", "version": 2}
    request = {"@type": "parseTextEntities", "text": text, "parse_mode": kind}
    print(json.dumps(json.loads(tdjson.td_execute(json.dumps(request).encode()))))
"#;

/// What Telegram's parser says to each text, or nothing where it is not installed.
fn ask_telegram(mode: &str, texts: &[String]) -> Option<Vec<Value>> {
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".into());
    let available = Command::new(&python)
        .args(["-c", "import tdjson"])
        .stderr(Stdio::null())
        .status();
    if !available.is_ok_and(|status| status.success()) {
        assert!(
            !std::env::var("CI").is_ok_and(|ci| ci == "true"),
            "CI must have the Python package tdjson (pip install tdjson)"
        );
        // Not by `eprintln`, which the test harness keeps to itself.
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED: the Python package tdjson is not installed (pip install tdjson)"
        );
        return None;
    }
    let mut child = Command::new(&python)
        .args(["-c", ORACLE])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let lines: String = texts
        .iter()
        .map(|text| format!("{}\n", json!([mode, text])))
        .collect();
    let writer = std::thread::spawn(move || stdin.write_all(lines.as_bytes()).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let answers = String::from_utf8(output.stdout).unwrap();
    let answers: Vec<Value> = answers
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(answers.len(), texts.len(), "the oracle stopped early");
    Some(answers)
}

/// Our result in TDLib's terms.
fn in_their_terms(parsed: Result<Formatted, String>) -> Value {
    match parsed {
        Err(reason) => json!({"error": format!("Can't parse entities: {reason}")}),
        Ok(formatted) => {
            let entities: Vec<Value> = formatted.entities.iter().map(entity).collect();
            json!({"text": formatted.text, "entities": entities})
        }
    }
}

fn entity(entity: &Entity) -> Value {
    let argument = entity.argument.clone();
    let (kind, detail) = match entity.kind {
        EntityKind::Bold => ("Bold", json!(null)),
        EntityKind::Italic => ("Italic", json!(null)),
        EntityKind::Underline => ("Underline", json!(null)),
        EntityKind::Strikethrough => ("Strikethrough", json!(null)),
        EntityKind::Spoiler => ("Spoiler", json!(null)),
        EntityKind::Code => ("Code", json!(null)),
        EntityKind::Blockquote => ("BlockQuote", json!(null)),
        EntityKind::ExpandableBlockquote => ("ExpandableBlockQuote", json!(null)),
        EntityKind::Pre if argument.is_some() => ("PreCode", json!(argument)),
        EntityKind::Pre => ("Pre", json!(null)),
        EntityKind::TextLink => ("TextUrl", json!(argument)),
        EntityKind::TextMention => ("MentionName", json!(entity.number)),
        EntityKind::CustomEmoji => ("CustomEmoji", json!(argument)),
        EntityKind::DateTime => ("DateTime", json!(entity.number)),
        other => panic!("a parser does not find {other:?}"),
    };
    json!([entity.offset, entity.length, kind, detail])
}

fn theirs(answer: &Value) -> Value {
    if answer["@type"] == "error" {
        return json!({"error": answer["message"]});
    }
    let entities: Vec<Value> = answer["entities"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entity| {
            let kind = entity["type"]["@type"]
                .as_str()
                .unwrap()
                .trim_start_matches("textEntityType");
            let detail = ["url", "language", "custom_emoji_id", "user_id", "unix_time"]
                .iter()
                .find_map(|key| entity["type"].get(*key).cloned());
            json!([entity["offset"], entity["length"], kind, detail])
        })
        .collect();
    json!({"text": answer["text"], "entities": entities})
}

fn compare(mode: &str, parse: fn(&str) -> Result<Formatted, String>, texts: &[String]) {
    let Some(answers) = ask_telegram(mode, texts) else {
        return;
    };
    let mut differences = Vec::new();
    let mut accepted = 0;
    for (text, answer) in texts.iter().zip(&answers) {
        let (ours, theirs) = (in_their_terms(parse(text)), theirs(answer));
        accepted += usize::from(theirs.get("error").is_none());
        if ours != theirs {
            differences.push(format!("{text:?}\n  ours   {ours}\n  theirs {theirs}"));
        }
    }
    // Otherwise the texts would only prove that both refuse nonsense.
    assert!(
        accepted * 5 > texts.len(),
        "only {accepted} of {} texts are valid",
        texts.len()
    );
    let shown = differences
        .iter()
        .take(10)
        .cloned()
        .collect::<Vec<_>>()
        .join("\n");
    assert!(
        differences.is_empty(),
        "{} of {} differ:\n{shown}",
        differences.len(),
        texts.len()
    );
}

/// The same texts every time, or others when `ENTITIES_SEED` says so.
fn seed(usual: u64) -> u64 {
    let given = std::env::var("ENTITIES_SEED")
        .ok()
        .and_then(|seed| seed.parse::<u64>().ok());
    given.map_or(usual, |given| given.wrapping_mul(1000).wrapping_add(usual))
}

/// Texts made of these pieces.
fn random_texts(seed: u64, count: usize, longest: usize, pieces: &[&str]) -> Vec<String> {
    let mut random = fastrand::Rng::with_seed(self::seed(seed));
    (0..count)
        .map(|_| {
            (0..random.usize(1..=longest))
                .map(|_| *random.choice(pieces).unwrap())
                .collect()
        })
        .collect()
}

/// Well nested HTML, so that most of it is accepted.
fn nested_html(random: &mut fastrand::Rng, depth: usize) -> String {
    const WORDS: [&str; 10] = [
        "да", " ", "x", "😀", "&lt;", "&amp;", "\n", "&nbsp;", "1", "&#1071;",
    ];
    const TAGS: [(&str, &str); 20] = [
        ("<b>", "</b>"),
        ("<strong>", "</strong>"),
        ("<i>", "</i>"),
        ("<em>", "</>"),
        ("<u>", "</u>"),
        ("<ins>", "</ins >"),
        ("<s>", "</s>"),
        ("<DEL>", "</del>"),
        ("<code>", "</code>"),
        ("<code class=\"language-rust\">", "</code>"),
        ("<pre>", "</pre>"),
        ("<pre><code class='language-c'>", "</code></pre>"),
        ("<a href=\"https://okdesk.ru/a?b=1&amp;c=2\">", "</a>"),
        ("<a href='mailto:a@b.ru'>", "</a>"),
        ("<a href=\"tg://user?id=42\">", "</a>"),
        ("<a href=\"javascript:alert(1)\">", "</a>"),
        ("<blockquote>", "</blockquote>"),
        ("<blockquote expandable>", "</blockquote>"),
        ("<span class=\"tg-spoiler\">", "</span>"),
        ("<tg-spoiler>", "</tg-spoiler>"),
    ];
    let mut html = String::new();
    for _ in 0..random.usize(1..4) {
        if depth > 0 && random.bool() {
            let (open, close) = TAGS[random.usize(..TAGS.len())];
            html.push_str(open);
            html.push_str(&nested_html(random, depth - 1));
            html.push_str(close);
        } else {
            html.push_str(WORDS[random.usize(..WORDS.len())]);
        }
    }
    html
}

#[test]
fn html_is_read_as_telegram_reads_it() {
    let mut random = fastrand::Rng::with_seed(seed(7));
    let mut texts: Vec<String> = (0..4000).map(|_| nested_html(&mut random, 4)).collect();
    texts.extend(random_texts(
        1,
        4000,
        7,
        &[
            "<b>",
            "</b>",
            "<i>",
            "</i>",
            "<",
            ">",
            "</",
            "&lt;",
            "&#0;",
            "&#x1F600;",
            "&#55296;",
            "&quot",
            "a",
            "ю",
            "😀",
            " ",
            "<a href=",
            "\"x.ru\"",
            "'x y'",
            "</a>",
            "<br>",
            "<b x>",
            "<b x=1>",
            "<b x=1/>",
            "<p>",
            "=",
            "<span class=\"tg-spoiler\">",
            "</span>",
            "<span>",
            "<tg-emoji emoji-id=\"5368324170671202286\">",
            "</tg-emoji>",
            "<tg-time unix=\"1700000000\" format=\"wDT\">",
            "</tg-time>",
            "\n",
            "&",
            "/>",
        ],
    ));
    texts.extend(
        [
            "a",
            "<b>x",
            "x</b>",
            "<b>x</i>",
            "<b",
            "<b ",
            "<b/>",
            "<b>x</b ",
            "<B>x</B>",
            "<a href=x.ru>x</a>",
            "<a href=\"http://a.b:99999/\">x</a>",
            "<a>okdesk.ru</a>",
            "<a href=\"ftp://a.b\">x</a>",
            "<a href=\"HTTPS://Ok.RU\">x</a>",
            "<a href=\"http://u:p@a.b:080/q w?x#y\">x</a>",
            "<code>a</code>",
            "<pre><code class=\"language-\">a</code></pre>",
            "<code class=\"language-x\"><pre>a</pre></code>",
            "<tg-emoji emoji-id=\"0\">x</tg-emoji>",
            "<tg-time unix=\"1\" format=\"q\">x</tg-time>",
            "<tg-time unix=\"x\">x</tg-time>",
            "<a href=\"tg://resolve?domain=x\">x</a>",
            "<a href=\"http://localhost\">x</a>",
            "<a href=\"http://[::1]/\">x</a>",
            "<a href=\"http://1.2.3.4:8080\">x</a>",
            "<a href=\"//a.b\">x</a>",
            "<a href=\"/path\">x</a>",
            "<a href=\"tel:+7900\">x</a>",
            "<a href=\"http://a b.ru\">x</a>",
            "\r\n<b>\r\n</b>",
            "<a href=\"http://пример.рф/путь\">x</a>",
            "&lt",
            "&ltx;",
            "&#12",
            "&#x110000;",
            "&#xFFFFF;",
            "<\u{0}b>",
        ]
        .map(str::to_owned),
    );
    compare("html", parse_html, &texts);
}

#[test]
fn markdown_is_read_as_telegram_reads_it() {
    let mut texts = random_texts(
        2,
        6000,
        6,
        &[
            "*",
            "_",
            "__",
            "~",
            "||",
            "`",
            "```",
            "```rust\n",
            "[",
            "](https://okdesk.ru)",
            "](tg://user?id=42)",
            "]",
            ">",
            "\n",
            "\n>",
            "\\.",
            "\\",
            "a",
            "ю",
            "😀",
            " ",
            ".",
            "!",
            "![",
            "](tg://emoji?id=5368324170671202286)",
            "\r",
            "**>",
            "||\n",
            "(",
            ")",
        ],
    );
    texts.extend(random_texts(
        3,
        3000,
        8,
        &[
            "*a*",
            "_b_",
            "__c__",
            "~d~",
            "||e||",
            "`f`",
            "```\ng```",
            "[h](x.ru)",
            "\n>q",
            "\n",
            " ",
        ],
    ));
    texts.extend(
        [
            "*a _b* c_",
            ">a\n>b||",
            ">a||\nb",
            "**>a",
            "*>a*",
            "`a*b`",
            "```rs\nx\n```",
            "![x](tg://time?unix=1700000000&format=wDT)",
            "![x](http://a.b)",
            "[a](b",
            "a|b",
            "_a__b__c_",
            "___a___",
            "1\\.",
            "\\\\",
            ">\n",
            "[okdesk.ru]",
            "[](x.ru)",
        ]
        .map(str::to_owned),
    );
    compare("markdown", parse_markdown_v2, &texts);
}
