//! Dialects: Okdesk's public facts contradict each other; each contradiction is one switch.

/// Writes the enum, its names and its documentation from one table.
macro_rules! switches {
    ($($variant:ident = $name:literal, default $default:literal, other $other:literal, source $source:literal;)*) => {
        /// One fact on which public sources disagree, or about which they are silent.
        ///
        /// Switched off, the simulator follows the reading that has the better evidence; switched on,
        /// the other one. Names are those of `okdesk-sim --dialect`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Switch {
            $(
                #[doc = concat!("`", $name, "`: ", $other, ".\n\nUsually: ", $default, ". Source: ", $source, ".")]
                $variant,
            )*
        }

        impl Switch {
            /// Every switch there is.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name used on the command line.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What the simulator does while the switch is off.
            pub fn usual(self) -> &'static str {
                match self { $(Self::$variant => $default,)* }
            }

            /// What the simulator does while the switch is on.
            pub fn other(self) -> &'static str {
                match self { $(Self::$variant => $other,)* }
            }

            /// Who says so.
            pub fn source(self) -> &'static str {
                match self { $(Self::$variant => $source,)* }
            }
        }
    };
}

switches! {
    FromIdInclusive = "from-id-inclusive",
        default "`page[from_id]` itself is not on the page",
        other "the page begins with `page[from_id]` itself",
        source "the documentation against two live synchronisers (AqbaServer, CRMService)";
    EmployeesNumberedPages = "employees-numbered-pages",
        default "`employees/list` is paged by `page[from_id]`",
        other "`employees/list` is paged by `page[number]`",
        source "AqbaServer and CRMService against okdesk-score-rules";
    EmployeesUnpaged = "employees-unpaged",
        default "`employees/list` is paged by `page[from_id]`",
        other "`employees/list` always answers with everybody",
        source "support-ai-agent";
    IssuePageClamped = "issue-page-clamped",
        default "`page[size]` above 50 in `issues/list` is refused",
        other "`page[size]` above 50 in `issues/list` counts as 50",
        source "no source; the limit itself is from okdesk-mcp, CRMService and okdesk-score-rules";
    IsoFilterDatesRefused = "iso-filter-dates-refused",
        default "issue filters also take `YYYY-MM-DD`",
        other "issue filters take `DD-MM-YYYY` only",
        source "okdesk_api and okdesk_tools against the documentation";
    MissingIssue404 = "missing-issue-404",
        default "a deleted issue answers 200 with `errors`",
        other "a deleted issue answers 404 with `errors`",
        source "support-ai-agent and pyokdesk against CRMService (time entries)";
    MissingIssueNamesId = "missing-issue-names-id",
        default "the text is `Записи не существует`",
        other "the text is `Записи <id> не существует`",
        source "support-ai-agent against CRMService";
    MergedIssueRedirects = "merged-issue-redirects",
        default "a merged issue answers with the issue it went into",
        other "a merged issue answers with a redirect to it",
        source "okdesk-tg-alerts, which guards against both";
    CommentAuthorRequired = "comment-author-required",
        default "a comment without `author_id` is written by the key's owner",
        other "a comment without `author_id` is refused",
        source "several live clients against the documentation and one run of okdesk_bot";
    IssueTypeIgnored = "issue-type-ignored",
        default "`type` counts when an issue is created",
        other "`type` is ignored when an issue is created",
        source "okdesk-score-rules and two integrations against support-ai-agent";
    IssueClientNested = "issue-client-nested",
        default "`company_id` and `contact_id` set an issue's client",
        other "only `client: {company: {id}, contact: {id}}` sets it",
        source "the documentation against okdesk_bot";
    RateFlatOnly = "rate-flat-only",
        default "`rates` takes `{\"issue\": {\"rate\": …}}` and `{\"rate\": …}`",
        other "`rates` takes `{\"rate\": …}` only",
        source "the documentation";
    RateWrappedOnly = "rate-wrapped-only",
        default "`rates` takes `{\"issue\": {\"rate\": …}}` and `{\"rate\": …}`",
        other "`rates` takes `{\"issue\": {\"rate\": …}}` only",
        source "okdesk-bitrix and a PHP integration, both live";
    StatusAnswerShort = "status-answer-short",
        default "a status change answers with the whole issue",
        other "a status change answers with the id and the status",
        source "the documentation against support-ai-agent";
    ErrorsFieldText = "errors-field-text",
        default "mistakes are `{field: [messages]}`, nested where the field is",
        other "mistakes are `{field: message}`",
        source "support-ai-agent and okdesk_api against go-okdesk";
    ErrorsList = "errors-list",
        default "mistakes are `{field: [messages]}`, nested where the field is",
        other "mistakes are an array of sentences",
        source "okdesk_api, which guards against it";
    ErrorsSentence = "errors-sentence",
        default "mistakes are `{field: [messages]}`, nested where the field is",
        other "mistakes are one sentence",
        source "gokdesk and pyokdesk expect it";
    LoginLinkAsUrl = "login-link-as-url",
        default "the link is under `login_link`",
        other "the link is under `url`",
        source "two versions of okdesk_bot";
    ParametersPatch = "parameters-patch",
        default "`issues/{id}/parameters` is a POST",
        other "`issues/{id}/parameters` is a PATCH",
        source "two live clients against the documentation's heading";
    TimeEntriesBare = "time-entries-bare",
        default "`time_entries` answers `{spent_time_total, time_entries}`",
        other "`time_entries` answers a bare array",
        source "AqbaServer and CRMService against okdesk_api";
    CheckListWrapped = "check-list-wrapped",
        default "`check_lists/items` answers a bare array",
        other "`check_lists/items` answers `{check_list: {items}}`",
        source "okdesk_api reads the first and writes the second";
    DatesWithoutOffset = "dates-without-offset",
        default "answers hold dates with the account's offset",
        other "answers hold dates without an offset",
        source "live bodies against one recorded in 2020";
    PriceLineByPut = "price-line-by-put",
        default "a price list line is changed by PATCH",
        other "a price list line is changed by PUT",
        source "the documentation knows no PUT; okdesk_api sends it";
    EmployeeChangesByPost = "employee-changes-by-post",
        default "roles and groups of an employee are changed by PATCH",
        other "roles and groups of an employee are changed by POST",
        source "no source names the method";
    NoRecordReads = "no-record-reads",
        default "`GET /companies/{id}` and `GET /contacts/{id}` answer with the record",
        other "`GET /companies/{id}` and `GET /contacts/{id}` are unknown paths",
        source "okdesk_bot and okdesk-score-rules call them; all others search by `id`";
    AnswersCreated201 = "answers-created-201",
        default "a creation answers 200",
        other "a creation answers 201",
        source "clients accept both; only 200 was recorded";
    CommentAnswerShort = "comment-answer-short",
        default "a new comment is answered like a listed one",
        other "a new comment is answered without `published_at`",
        source "the documentation's example";
    OldIssueDetail = "old-issue-detail",
        default "an issue has coexecutors, address, without_answer and comment ids of files",
        other "it has none of them",
        source "bodies of 2024 against bodies of 2020";
    WebhookStringIds = "webhook-string-ids",
        default "webhooks hold ids and numbers as JSON numbers",
        other "webhooks hold ids and numbers as strings",
        source "15 recorded bodies against the documentation";
    WebhookTimeEntryObject = "webhook-time-entry-object",
        default "`event.time_entries` is an array",
        other "`event.time_entries` is one object",
        source "recorded bodies against the documentation's example";
    WebhookNewTicketSource = "webhook-new-ticket-source",
        default "`new_ticket` holds nothing but its type",
        other "`new_ticket` holds `source`",
        source "3 recorded bodies against a digest of the documentation";
    StatusCommentFiresNewComment = "status-comment-fires-new-comment",
        default "a comment given with a status comes in `new_ticket_status` only",
        other "`new_comment` is sent for it as well",
        source "no source";
    WebhookRateWords = "webhook-rate-words",
        default "rates in webhooks are `bad`, `normal`, `good`",
        other "rates in webhooks are `poor`, `normal`, `good`",
        source "okdesk-bitrix against a digest of the documentation";
    WebhookAutomationAuthorNull = "webhook-automation-author-null",
        default "the author of a change made by the system is a system user",
        other "the author of a change made by the system is null",
        source "no source";
    WebhookClearedAssigneeNull = "webhook-cleared-assignee-null",
        default "nobody assigned is `{group: null, employee: null}`",
        other "nobody assigned is null",
        source "no source";
    WebhookNewAssigneeInIssue = "webhook-new-assignee-in-issue",
        default "the issue block has `assignee` only",
        other "the issue block of `new_assignee` also has `new_assignee`",
        source "CRMService reads it since February 2026";
}

/// A set of switches. The default has none on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dialect(u64);

impl Dialect {
    /// The readings with the better evidence.
    pub fn usual() -> Self {
        Self::default()
    }

    /// The same dialect with one switch on.
    #[must_use]
    pub fn with(self, switch: Switch) -> Self {
        Self(self.0 | 1 << switch as u32)
    }

    /// Is the switch on?
    pub fn has(self, switch: Switch) -> bool {
        self.0 & (1 << switch as u32) != 0
    }

    /// The switches that are on.
    pub fn switches(self) -> impl Iterator<Item = Switch> {
        Switch::ALL
            .iter()
            .copied()
            .filter(move |switch| self.has(*switch))
    }
}

impl From<Switch> for Dialect {
    fn from(switch: Switch) -> Self {
        Self::default().with(switch)
    }
}

impl FromIterator<Switch> for Dialect {
    fn from_iter<I: IntoIterator<Item = Switch>>(switches: I) -> Self {
        switches.into_iter().fold(Self::default(), Self::with)
    }
}

/// No switch has this name.
#[derive(Debug, thiserror::Error)]
#[error("no dialect is called {0:?}")]
pub struct UnknownSwitch(String);

impl std::str::FromStr for Switch {
    type Err = UnknownSwitch;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|switch| switch.name() == name)
            .ok_or_else(|| UnknownSwitch(name.to_owned()))
    }
}

/// Names separated by commas; nothing is the usual dialect.
impl std::str::FromStr for Dialect {
    type Err = UnknownSwitch;

    fn from_str(names: &str) -> Result<Self, Self::Err> {
        names
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .map(str::parse)
            .collect()
    }
}
