//! How files of the help desk go to Telegram: pictures in albums, the rest one by one, what is too large as a link.
//! Each part becomes an effect of its own, so that a failure repeats that part only.

use crate::reaction::Effect;
use crate::telegram::{RemoteFile, Send};

/// Telegram takes pictures up to this size as photos.
pub const PHOTO_LIMIT: u64 = 10 * 1024 * 1024;
/// Telegram takes files from bots up to this size.
pub const FILE_LIMIT: u64 = 50 * 1024 * 1024;
/// Telegram shows up to ten pictures as one album.
const ALBUM: usize = 10;

/// Whether Telegram can show it as a photo.
pub fn is_photo(file: &RemoteFile) -> bool {
    let picture = mime_guess::from_path(&file.name)
        .first_raw()
        .is_some_and(|mime| matches!(mime, "image/jpeg" | "image/png" | "image/webp"));
    picture && file.size <= PHOTO_LIMIT
}

/// The effect in parts that are sent by one call each. The first one carries the caption.
pub fn parts(effect: &Effect) -> Vec<Effect> {
    let Effect::Telegram {
        chat,
        send:
            Send::Files {
                issue,
                files,
                caption,
                silent,
            },
        about,
    } = effect
    else {
        return vec![effect.clone()];
    };
    let (photos, others): (Vec<_>, Vec<_>) = files.iter().cloned().partition(is_photo);
    photos
        .chunks(ALBUM)
        .chain(others.chunks(1))
        .enumerate()
        .map(|(index, files)| Effect::Telegram {
            chat: *chat,
            send: Send::Files {
                issue: *issue,
                files: files.to_vec(),
                caption: if index == 0 {
                    caption.clone()
                } else {
                    String::new()
                },
                silent: *silent,
            },
            about: *about,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telegram::ChatId;
    use okdesk_sdk::model::{AttachmentId, IssueId};

    fn file(id: u64, name: &str, size: u64) -> RemoteFile {
        RemoteFile {
            id: AttachmentId::new(id),
            name: name.into(),
            size,
        }
    }

    #[test]
    fn pictures_in_albums_others_alone_caption_once() {
        let mut files: Vec<_> = (1..=12).map(|n| file(n, "a.png", 1000)).collect();
        files.push(file(13, "отчёт.pdf", 1000));
        files.push(file(14, "скан.jpg", PHOTO_LIMIT + 1));
        let effect = Effect::Telegram {
            chat: ChatId(1),
            send: Send::Files {
                issue: IssueId::new(1),
                files,
                caption: "Файлы".into(),
                silent: true,
            },
            about: None,
        };
        let shape: Vec<_> = parts(&effect)
            .into_iter()
            .map(|part| match part {
                Effect::Telegram {
                    send:
                        Send::Files {
                            files,
                            caption,
                            silent: true,
                            ..
                        },
                    ..
                } => (files.len(), caption),
                other => panic!("{other:?}"),
            })
            .collect();
        let bare = String::new;
        assert_eq!(
            shape,
            [
                (10, "Файлы".to_owned()),
                (2, bare()),
                (1, bare()),
                (1, bare())
            ]
        );
    }
}
