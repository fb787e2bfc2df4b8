//! Files: kept whole in memory, each belonging to exactly one record.

use bytes::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Account;
use super::refusal::{ABSENT, BAD_VALUE, Mistakes};
use crate::testing::params::{FilePart, Param, Params};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Owner {
    Issue(u64),
    Company(u64),
    MaintenanceEntity(u64),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Attachment {
    pub(crate) id: u64,
    pub(crate) owner: Owner,
    /// Of a file that came with a comment.
    pub(crate) comment_id: Option<u64>,
    /// Of a file that ticks off an item of a check list.
    pub(crate) check_list_item_id: Option<u64>,
    pub(crate) file_name: String,
    pub(crate) content_type: String,
    pub(crate) description: Option<String>,
    pub(crate) is_public: bool,
    pub(crate) created_at: Timestamp,
    #[serde(with = "super::file::content")]
    pub(crate) content: Bytes,
}

/// A file on its way in.
#[derive(Clone, Debug)]
pub(crate) struct NewFile {
    pub(crate) part: FilePart,
    pub(crate) is_public: bool,
    pub(crate) description: Option<String>,
}

impl NewFile {
    /// A file that was not sent but made.
    pub(crate) fn new(name: impl Into<String>, content: impl Into<Bytes>, is_public: bool) -> Self {
        let part = FilePart {
            name: name.into(),
            content_type: None,
            content: content.into(),
        };
        Self {
            part,
            is_public,
            description: None,
        }
    }
}

/// Reads `…[attachments][0][attachment]`; the index is demanded, `[]` is refused.
pub(crate) fn read_files(given: &Params, is_public: bool, mistakes: &mut Mistakes) -> Vec<NewFile> {
    read_files_from(given, "attachments", is_public, mistakes)
}

/// The same under another name.
pub(crate) fn read_files_from(
    given: &Params,
    name: &str,
    is_public: bool,
    mistakes: &mut Mistakes,
) -> Vec<NewFile> {
    let entries = match given.get(name) {
        None | Some(Param::Null) => return Vec::new(),
        Some(Param::List(items)) if items.is_empty() => return Vec::new(),
        Some(Param::Map(entries)) => entries,
        Some(_) => {
            mistakes.add(name, BAD_VALUE);
            return Vec::new();
        }
    };
    let mut files = Vec::new();
    for (index, entry) in entries.iter() {
        let Param::Map(entry) = entry else {
            mistakes.add(format!("{name}.{index}"), BAD_VALUE);
            continue;
        };
        match entry.get("attachment") {
            Some(Param::File(part)) => files.push(NewFile {
                part: part.clone(),
                is_public: entry.flag("is_public").unwrap_or(is_public),
                description: entry.text("description"),
            }),
            _ => mistakes.add(format!("{name}.{index}.attachment"), ABSENT),
        }
    }
    files
}

impl Account {
    pub(crate) fn store_file(
        &mut self,
        owner: Owner,
        comment_id: Option<u64>,
        file: NewFile,
    ) -> u64 {
        let id = self.next.service_wide();
        if let Some(ids) = self.attachment_ids_mut(owner) {
            ids.push(id);
        }
        let content_type = file.part.content_type.unwrap_or_else(|| {
            mime_guess::from_path(&file.part.name)
                .first_or_octet_stream()
                .to_string()
        });
        self.attachments.insert(
            id,
            Attachment {
                id,
                owner,
                comment_id,
                check_list_item_id: None,
                file_name: file.part.name,
                content_type,
                description: file.description,
                is_public: file.is_public,
                created_at: self.now,
                content: file.part.content,
            },
        );
        id
    }

    /// The files of a record, without those that tick off a check list.
    pub(crate) fn files_of(&self, owner: Owner) -> impl Iterator<Item = &Attachment> {
        let ids = match owner {
            Owner::Issue(id) => self.issues.get(&id).map(|one| &one.attachment_ids),
            Owner::Company(id) => self.companies.get(&id).map(|one| &one.attachment_ids),
            Owner::MaintenanceEntity(id) => self
                .maintenance_entities
                .get(&id)
                .map(|one| &one.attachment_ids),
        };
        let ids = ids.into_iter().flatten();
        ids.filter_map(|id| self.attachments.get(id))
            .filter(|file| file.check_list_item_id.is_none())
    }

    fn attachment_ids_mut(&mut self, owner: Owner) -> Option<&mut Vec<u64>> {
        match owner {
            Owner::Issue(id) => self.issues.get_mut(&id).map(|one| &mut one.attachment_ids),
            Owner::Company(id) => self
                .companies
                .get_mut(&id)
                .map(|one| &mut one.attachment_ids),
            Owner::MaintenanceEntity(id) => self
                .maintenance_entities
                .get_mut(&id)
                .map(|one| &mut one.attachment_ids),
        }
    }
}
