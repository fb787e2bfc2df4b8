//! Telegram's rules for HTML, written down apart from the code that has to follow them.

/// Length of the text after parsing, in UTF-16 units, or what is wrong.
pub(crate) fn check(html: &str) -> Result<usize, String> {
    const TAGS: [&str; 9] = [
        "b",
        "i",
        "u",
        "s",
        "code",
        "pre",
        "a",
        "blockquote",
        "tg-spoiler",
    ];
    let mut open: Vec<String> = vec![];
    let mut units = 0;
    let mut rest = html;
    while let Some(first) = rest.chars().next() {
        match first {
            '<' => {
                let (tag, after) = rest[1..].split_once('>').ok_or("unclosed <")?;
                if let Some(name) = tag.strip_prefix('/') {
                    let top = open.pop().ok_or("end tag without start")?;
                    if top != name {
                        return Err(format!("</{name}> closes <{top}>"));
                    }
                } else {
                    let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
                    if !TAGS.contains(&name) {
                        return Err(format!("unknown tag {name}"));
                    }
                    let link = attributes
                        .strip_prefix("href=\"http")
                        .and_then(|rest| rest.strip_suffix('"'));
                    if (name == "a") != link.is_some_and(|url| !url.contains(['"', '<', '>'])) {
                        return Err(format!("attributes of {name}: {attributes}"));
                    }
                    if name == "blockquote" && open.iter().any(|tag| tag == "blockquote") {
                        return Err("nested quote".into());
                    }
                    if open.iter().any(|tag| tag == "code" || tag == "pre") {
                        return Err(format!("{name} inside code"));
                    }
                    open.push(name.into());
                }
                rest = after;
            }
            '&' => {
                let entity = ["&amp;", "&lt;", "&gt;", "&quot;"]
                    .into_iter()
                    .find(|e| rest.starts_with(e));
                rest = &rest[entity.ok_or_else(|| format!("entity {rest:.10}"))?.len()..];
                units += 1;
            }
            '>' => return Err("stray >".into()),
            other => {
                units += other.len_utf16();
                rest = &rest[other.len_utf8()..];
            }
        }
    }
    if open.is_empty() {
        Ok(units)
    } else {
        Err(format!("left open: {open:?}"))
    }
}
