//! How the bridge numbers what ZENLIX names: a ticket by its short code, a person by the address for mail. The numbers are
//! marked, so that they never meet one of Okdesk's, and a ticket's code can be read back from its number.

use okdesk_sdk::model::{CommentId, ContactId, IssueId};
use sha2::{Digest as _, Sha256};

/// No account of Okdesk counts so far, and a signed column still holds it.
const MARK: u64 = 1 << 62;
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Codes seen have four characters.
const LONGEST: usize = 9;

/// The number of a ticket; none if its code is not letters and digits, or longer than any that was seen by far.
pub(crate) fn issue(code: &str) -> Option<IssueId> {
    if code.is_empty() || code.len() > LONGEST {
        return None;
    }
    // A leading one keeps the zeros behind it.
    let value = code.bytes().try_fold(1, |value: u64, byte| {
        let digit = DIGITS.iter().position(|digit| *digit == byte)?;
        Some(value * 62 + digit as u64)
    })?;
    Some(IssueId::new(MARK | value))
}

/// The number of an issue as people know it: a ticket's code, or Okdesk's own number.
pub(crate) fn number(issue: IssueId) -> String {
    let id = issue.get();
    let (mut value, mut code) = (id & !MARK, Vec::<u8>::new());
    if id & MARK == 0 {
        return id.to_string();
    }
    while value > 1 {
        let digit = usize::try_from(value % 62).unwrap_or_default();
        code.extend(DIGITS.get(digit));
        value /= 62;
    }
    code.iter().rev().map(|byte| char::from(*byte)).collect()
}

/// The issue people know by this number.
pub(crate) fn read_number(text: &str) -> Option<IssueId> {
    text.parse().ok().or_else(|| issue(text))
}

/// The number of a person with this address.
pub(crate) fn contact(email: &str) -> ContactId {
    ContactId::new(hash(&[&email.trim().to_lowercase()]))
}

/// The number of a ticket's comment, which has neither a number nor a time: its place and its words.
pub(crate) fn comment(code: &str, place: usize, words: &str) -> CommentId {
    CommentId::new(hash(&[code, &place.to_string(), words]))
}

fn hash(parts: &[&str]) -> u64 {
    let digest = Sha256::digest(parts.join("\0"));
    let head = digest.iter().take(8);
    let value = head.fold(0, |value: u64, byte| value << 8 | u64::from(*byte));
    MARK | value & (MARK - 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_number_is_marked_and_tells_its_code() {
        let ticket = issue("E3XK").unwrap();
        assert!(ticket.get() >= MARK && i64::try_from(ticket.get()).is_ok());
        assert_eq!(number(ticket), "E3XK");
        assert_eq!(number(IssueId::new(1234)), "1234");
        assert_ne!(issue("00A"), issue("0A"));
        for odd in ["", "Ё", "A-1", "ABCDEFGHIJ"] {
            assert_eq!(issue(odd), None, "{odd}");
        }
        assert_eq!(contact(" Anna@Example.com "), contact("anna@example.com"));
        assert_ne!(contact("anna@example.com"), contact("boris@example.com"));
    }

    proptest! {
        #[test]
        fn every_code_is_read_back(code in "[0-9A-Za-z]{1,9}") {
            let ticket = issue(&code).unwrap();
            prop_assert_eq!(number(ticket), code);
            prop_assert_eq!(ticket.get().to_string().parse(), Ok(ticket));
        }
    }
}
