//! What an administrator sets up: statuses, priorities, types, groups, roles, time zones.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Status {
    pub(crate) id: u64,
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) color: String,
    pub(crate) is_final: bool,
    pub(crate) comment_required: bool,
    pub(crate) delay_required: bool,
    /// Codes it may change to; empty means any.
    pub(crate) leads_to: Vec<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Priority {
    pub(crate) id: u64,
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) color: String,
    pub(crate) position: u32,
    pub(crate) default: bool,
    pub(crate) inner: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct IssueType {
    pub(crate) id: u64,
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) default: bool,
    pub(crate) inner: bool,
    pub(crate) available_for_client: bool,
    /// The folder it lies in.
    pub(crate) folder: Option<u64>,
    pub(crate) is_folder: bool,
}

/// A group or a role of employees.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Named {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) active: bool,
}

pub(crate) const ADMINISTRATOR_ROLE: u64 = 1;
pub(crate) const SPECIALIST_ROLE: u64 = 2;
pub(crate) const FIRST_LINE_GROUP: u64 = 1;

/// What a new account comes with.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Dictionaries {
    pub(crate) statuses: Vec<Status>,
    pub(crate) priorities: Vec<Priority>,
    pub(crate) types: Vec<IssueType>,
    pub(crate) groups: Vec<Named>,
    pub(crate) roles: Vec<Named>,
    pub(crate) schedules: Vec<Named>,
}

/// Code, Rails name of the zone, offset.
pub(crate) const TIME_ZONES: &[(&str, &str, &str)] = &[
    ("Europe/Kaliningrad", "Калининград", "+02:00"),
    ("Europe/Moscow", "Москва", "+03:00"),
    ("Europe/Samara", "Самара", "+04:00"),
    ("Asia/Yekaterinburg", "Екатеринбург", "+05:00"),
    ("Asia/Omsk", "Омск", "+06:00"),
    ("Asia/Novosibirsk", "Новосибирск", "+07:00"),
    ("Asia/Irkutsk", "Иркутск", "+08:00"),
    ("Asia/Yakutsk", "Якутск", "+09:00"),
    ("Asia/Vladivostok", "Владивосток", "+10:00"),
];

impl Default for Dictionaries {
    fn default() -> Self {
        // Ids of these lists are numbered through the whole service, hence large.
        let statuses = [
            ("opened", "Открыта", "#f04e37", false),
            ("in_progress", "В работе", "#2b8fd6", false),
            ("waiting", "Ждём ответа клиента", "#f0ad4e", false),
            ("delayed", "Отложена", "#9b9b9b", false),
            ("completed", "Решена", "#53a93f", false),
            ("closed", "Закрыта", "#4a4a4a", true),
        ];
        let priorities = [
            ("low", "Низкий", "#9fc5e8"),
            ("normal", "Обычный", "#53a93f"),
            ("high", "Высокий", "#f0ad4e"),
            ("critical", "Критический", "#d9534f"),
        ];
        let types = [
            ("service", "Обслуживание", false),
            ("incident", "Инцидент", false),
            ("consultation", "Консультация", false),
            ("inner", "Внутренняя", true),
        ];
        let named = |id, name: &str| Named {
            id,
            name: name.to_owned(),
            description: None,
            active: true,
        };
        Self {
            statuses: statuses
                .into_iter()
                .zip(71_204..)
                .map(|((code, name, color, is_final), id)| Status {
                    id,
                    code: code.to_owned(),
                    name: name.to_owned(),
                    color: color.to_owned(),
                    is_final,
                    comment_required: code == "delayed",
                    delay_required: code == "delayed",
                    leads_to: Vec::new(),
                })
                .collect(),
            priorities: priorities
                .into_iter()
                .zip(1..)
                .map(|((code, name, color), position)| Priority {
                    id: 52_380 + u64::from(position),
                    code: code.to_owned(),
                    name: name.to_owned(),
                    color: color.to_owned(),
                    position,
                    default: code == "normal",
                    inner: false,
                })
                .collect(),
            types: types
                .into_iter()
                .zip(63_511..)
                .map(|((code, name, inner), id)| IssueType {
                    id,
                    code: code.to_owned(),
                    name: name.to_owned(),
                    default: code == "service",
                    inner,
                    available_for_client: !inner,
                    folder: None,
                    is_folder: false,
                })
                .collect(),
            groups: vec![
                named(FIRST_LINE_GROUP, "Первая линия"),
                named(2, "Выездные инженеры"),
            ],
            roles: vec![
                named(ADMINISTRATOR_ROLE, "Администратор"),
                named(SPECIALIST_ROLE, "Специалист"),
            ],
            schedules: vec![named(1, "Круглосуточно"), named(2, "Будни 9–18")],
        }
    }
}

impl Dictionaries {
    pub(crate) fn status(&self, code: &str) -> Option<&Status> {
        self.statuses.iter().find(|status| status.code == code)
    }

    pub(crate) fn priority(&self, code: &str) -> Option<&Priority> {
        self.priorities
            .iter()
            .find(|priority| priority.code == code)
    }

    pub(crate) fn issue_type(&self, code: &str) -> Option<&IssueType> {
        self.types
            .iter()
            .find(|kind| kind.code == code && !kind.is_folder)
    }

    pub(crate) fn group(&self, id: u64) -> Option<&Named> {
        self.groups.iter().find(|group| group.id == id)
    }
}
