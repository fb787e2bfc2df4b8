//! Which links Telegram keeps, and how it rewrites them.

/// The user of a `tg://user?id=…` link.
pub(in super::super) fn link_user_id(link: &str) -> Option<i64> {
    let lower = link.to_ascii_lowercase();
    let rest = lower.strip_prefix("tg:")?;
    let rest = rest
        .strip_prefix("//")
        .unwrap_or(rest)
        .strip_prefix("user")?;
    let rest = rest.strip_prefix('/').unwrap_or(rest).strip_prefix('?')?;
    let query = rest.split('#').next().unwrap_or(rest);
    let id = query.split('&').find_map(|pair| pair.strip_prefix("id="))?;
    id.parse::<i64>().ok().filter(|id| *id > 0)
}

/// The link as Telegram stores it, or nothing when it is not one.
pub(in super::super) fn checked_link(link: &str) -> Option<String> {
    check(link).ok()
}

/// Why Telegram refuses the link of a button, in its words.
pub(in super::super) fn link_error(link: &str) -> Option<String> {
    check(link)
        .err()
        .map(|reason| format!("URL '{link}' is invalid: {reason}"))
}

fn check(link: &str) -> Result<String, &'static str> {
    for scheme in ["tg", "ton", "tonsite"] {
        if let Some((head, rest)) = link.split_once(':')
            && head.eq_ignore_ascii_case(scheme)
        {
            return check_internal(scheme, rest.strip_prefix("//").unwrap_or(rest));
        }
    }
    let url = Parsed::read(link)?;
    if !url.host.contains('.') && !url.host.starts_with('[') {
        return Err("Wrong HTTP URL");
    }
    Ok(url.to_string())
}

fn check_internal(scheme: &str, rest: &str) -> Result<String, &'static str> {
    let url = Parsed::read(rest)?;
    let wrong = if scheme == "tg" {
        "Wrong tg URL"
    } else {
        "Wrong ton URL"
    };
    let http = rest
        .get(..7)
        .is_some_and(|head| head.eq_ignore_ascii_case("http://"));
    if http || url.https || !url.userinfo.is_empty() || url.port != 0 || url.host.starts_with('[') {
        return Err(wrong);
    }
    let allowed = |byte: u8| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b'-' | b'_')
            || (scheme == "tonsite" && byte == b'.')
    };
    if !url.host.bytes().all(allowed) {
        return Err("Unallowed characters in URL host");
    }
    let query = if url.query.starts_with("/?") {
        &url.query[1..]
    } else {
        &url.query
    };
    Ok(format!("{scheme}://{}{query}", url.host))
}

struct Parsed {
    https: bool,
    userinfo: String,
    host: String,
    port: u16,
    query: String,
}

impl Parsed {
    fn read(url: &str) -> Result<Self, &'static str> {
        let cut = url
            .find([':', '/', '?', '#', '[', ']', '@'])
            .unwrap_or(url.len());
        let (https, rest) = match url[cut..].strip_prefix("://") {
            Some(rest) if url[..cut].eq_ignore_ascii_case("http") => (false, rest),
            Some(rest) if url[..cut].eq_ignore_ascii_case("https") => (true, rest),
            Some(_) => return Err("Unsupported URL protocol"),
            None => (false, url),
        };
        let cut = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, query) = rest.split_at(cut);
        // The last of ':', ']' and '@' decides whether there is a port; one in the very first place does not count.
        let mark = authority
            .rfind([':', ']', '@'])
            .filter(|at| *at > 0 && authority.as_bytes()[*at] == b':');
        let (authority, port) = match mark {
            Some(colon) => {
                let port = authority[colon + 1..]
                    .parse::<i64>()
                    .ok()
                    .filter(|port| (1..=65535).contains(port));
                let port = port.and_then(|port| u16::try_from(port).ok());
                (
                    &authority[..colon],
                    port.ok_or("Wrong port number specified in the URL")?,
                )
            }
            None => (authority, 0),
        };
        let (userinfo, host) = authority.rsplit_once('@').unwrap_or(("", authority));
        if host.is_empty() {
            return Err("URL host is empty");
        }
        if host == "." {
            return Err("Host is invalid");
        }
        if let Some(inner) = host
            .strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
        {
            inner
                .parse::<std::net::Ipv6Addr>()
                .map_err(|_| "Wrong IPv6 address specified in the URL")?;
        } else {
            check_part(host, false)?;
            check_part(userinfo, true)?;
        }
        let trimmed = query.trim_end_matches(|c: char| u8::try_from(c).is_ok_and(super::is_space));
        let mut query = String::with_capacity(trimmed.len() + 1);
        if !trimmed.starts_with('/') {
            query.push('/');
        }
        for character in trimmed.chars() {
            match u32::from(character) {
                code @ 0..=0x20 => query.push_str(&format!("%{code:02X}")),
                _ => query.push(character),
            }
        }
        Ok(Self {
            https,
            userinfo: userinfo.into(),
            host: host.to_ascii_lowercase(),
            port,
            query,
        })
    }
}

impl std::fmt::Display for Parsed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.https { "https://" } else { "http://" })?;
        if !self.userinfo.is_empty() {
            write!(f, "{}@", self.userinfo)?;
        }
        f.write_str(&self.host)?;
        if self.port > 0 {
            write!(f, ":{}", self.port)?;
        }
        f.write_str(&self.query)
    }
}

fn check_part(part: &str, colon_allowed: bool) -> Result<(), &'static str> {
    let bytes = part.as_bytes();
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let hex = |ahead: usize| bytes.get(at + ahead).is_some_and(u8::is_ascii_hexdigit);
        match byte {
            b'%' if hex(1) && hex(2) => at += 2,
            b'%' => return Err("Wrong percent-encoded symbol in URL host"),
            b':' if colon_allowed => {}
            _ if byte.is_ascii_alphanumeric()
                || byte >= 128
                || b".-_!$,~*'();&+=".contains(&byte) => {}
            _ if colon_allowed => return Err("Disallowed character in URL userinfo"),
            _ => return Err("Disallowed character in URL host"),
        }
        at += 1;
    }
    Ok(())
}
