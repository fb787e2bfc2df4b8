//! Log lines go to standard error. At the normal level they hold numbers, kinds and reasons: no texts, names, phone numbers or
//! tokens.

use crate::config::LogFormat;
use std::panic::PanicHookInfo;
use tracing_subscriber::EnvFilter;

/// Starts logging. `RUST_LOG` chooses how much.
pub(crate) fn to_stderr(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    // The typed Telegram client logs what people write, the others addresses and statements.
    let filter = [
        "teloxide=off",
        "teloxide_core=off",
        "sqlx=warn",
        "hyper=warn",
        "hyper_util=warn",
        "reqwest=warn",
    ]
    .iter()
    .filter_map(|directive| directive.parse().ok())
    .fold(filter, EnvFilter::add_directive);
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    // A second subscriber in one process is a test's business.
    let _ = match format {
        LogFormat::Text => log.try_init(),
        LogFormat::Json => log.json().try_init(),
    };
    std::panic::set_hook(Box::new(panicked));
}

/// Says where, but not over what: that may be what somebody wrote.
fn panicked(panic: &PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string);
    tracing::error!(place, "a panic");
}

/// Another program's words without what it quotes: that may be what somebody wrote, or an address that opens a door.
pub(crate) fn unquoted(words: &str) -> String {
    let mut plain = String::with_capacity(words.len());
    let mut open = None;
    for letter in words.chars() {
        match (open, letter) {
            (None, '"' | '\'' | '«') => {
                open = Some(if letter == '«' { '»' } else { letter });
                plain.push('…');
            }
            (None, _) => plain.push(letter),
            (Some(end), _) if letter == end => open = None,
            (Some(_), _) => {}
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::unquoted;

    #[test]
    fn what_is_quoted_is_left_out() {
        assert_eq!(
            unquoted("Unsupported start tag \"Иванов\" at byte offset 7"),
            "Unsupported start tag … at byte offset 7"
        );
        assert_eq!(
            unquoted("URL 'http://a/?t=1' is invalid"),
            "URL … is invalid"
        );
        assert_eq!(unquoted("no end: \"and so on"), "no end: …");
        assert_eq!(unquoted("plain"), "plain");
    }
}
