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
    MergedIssueMissing = "merged-issue-missing",
        default "a merged issue answers with the issue it went into",
        other "a merged issue answers like a deleted one",
        source "okdesk-tg-alerts against support-ai-agent";
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
    Mistakes400 = "mistakes-400",
        default "mistakes answer 422",
        other "mistakes answer 400",
        source "recorded answers against support-ai-agent, which expects both";
    UnrecordedAnswersEmpty = "unrecorded-answers-empty",
        default "priority, planned execution, rating, time entries and phone calls answer with the record",
        other "they answer with an empty body",
        source "no source shows these answers";
    DeleteAnswersJson = "delete-answers-json",
        default "deleting an issue answers with an empty body",
        other "deleting an issue answers `{}`",
        source "no source shows the answer; okdesk_api wants JSON";
    EmptyAnswers204 = "empty-answers-204",
        default "an answer without a body is 200",
        other "an answer without a body is 204",
        source "support-ai-agent against okdesk-mcp, which expects both";
    LongTitles = "long-titles",
        default "a title of more than 255 letters is refused",
        other "a title may be of any length",
        source "okdesk-score-rules cuts titles; no other source names a limit";
    ArchiveWrapped = "archive-wrapped",
        default "a company is archived by `{\"active\": false}`, wrapped or not, and by an empty body",
        other "a company is archived by `{\"company\": {\"active\": false}}` only",
        source "okdesk_api, which sends no body, and go-okdesk for employees; no source shows the documented one";
    CheckItemFlat = "check-item-flat",
        default "an item is checked by `check_list_item[checked]`, files by `check_list_item[item_parameters][files][0][attachment]`",
        other "an item is checked by `checked` and `item_parameters` only",
        source "okdesk_api; the documentation lists the fields without a wrapper";
    CommentFilesFollowComment = "comment-files-follow-comment",
        default "`is_public` of a comment's file counts",
        other "a comment's file is as public as its comment, whatever `is_public` says",
        source "by analogy with files of an issue; no source shows it for comments";
    ContactsSearchedByLess = "contacts-searched-by-less",
        default "contacts are found by `email`, `login` and `telegram_username` too",
        other "contacts are found by `id`, `phone` and `search_string` only",
        source "okdesk_bot tries them; no other client does";
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
    IssueParametersWrapped = "issue-parameters-wrapped",
        default "`issues/parameters/list` answers a bare array",
        other "`issues/parameters/list` answers `{parameters: […]}`",
        source "go-okdesk names the path, no source the answer";
    FieldTypesAsNumbers = "field-types-as-numbers",
        default "`field_type` is `ftstring`, `ftdate`, `ftdatetime`, `ftcheckbox`, `ftselect`, `ftmultiselect`",
        other "`field_type` is 0 to 5",
        source "the documentation against CRMService, which reads both";
    KindParametersWithoutCode = "kind-parameters-without-code",
        default "attributes of a kind of equipment have a code",
        other "they have a name and a type only",
        source "AqbaServer against okdesk_api";
    CompanyListShort = "company-list-short",
        default "`companies/list` holds whole companies",
        other "`companies/list` holds `id`, `name`, `additional_name` and `parameters`",
        source "AqbaServer against the documentation's example in go-okdesk";
    EquipmentCompanyName = "equipment-company-name",
        default "`company` of equipment is an object",
        other "`company` of equipment is its name",
        source "the documentation and AqbaServer against support-ai-agent, which allows for both";
    ContactCrmIdNumber = "contact-crm-id-number",
        default "`crm_1c_id` of a contact is text",
        other "`crm_1c_id` of a contact is a number",
        source "the documentation of companies against OkdeskAPI, which types it as a number";
    AuthorWithoutType = "author-without-type",
        default "an author is `{id, name, type}`",
        other "an author is `{id, name}`",
        source "live bodies against the documentation's example";
    CommentsWithoutFiles = "comments-without-files",
        default "a listed comment has `attachments`",
        other "a listed comment has no `attachments`",
        source "the documentation against a body recorded by a timebook integration";
    ListAssigneeNull = "list-assignee-null",
        default "nobody assigned is `{id: null, name: null}` where `fields[issue]` asks for it",
        other "nobody assigned is null",
        source "gems-issue-notifier against the single issue";
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
    NoGuessedPaths = "no-guessed-paths",
        default "paths that only one client calls or names are served: one company, one contact, `employees`, `employees/routes`, roles and groups of an employee, `api_key`",
        other "they are unknown paths",
        source "okdesk_bot, okdesk-score-rules and go-okdesk against the silence of all others";
    ApiKeyByGet = "api-key-by-get",
        default "`api_key` is a POST",
        other "`api_key` is a GET",
        source "go-okdesk names the path, no source the method";
    IssueByPut = "issue-by-put",
        default "`PUT /issues/{id}` is an unknown path",
        other "`PUT` changes an issue as `PATCH` does",
        source "the documentation knows no PUT; okdesk_bot sent one";
    TokenInHeader = "token-in-header",
        default "a key counts in the query only",
        other "a key counts in an `Authorization` header too",
        source "the documentation against a blog and a guide in okdesk_bot";
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
    OldRecords = "old-records",
        default "a company has `default_assignee_group` and `external_observers`, a status has `final`",
        other "they have none of them",
        source "support-ai-agent against older documentation";
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
    WebhookDocumentedExtras = "webhook-documented-extras",
        default "webhooks hold what was recorded",
        other "they also hold `spent_time_total` of an issue, `timezone` and `schedule` of its place, `inner` of the types it changed between",
        source "15 recorded bodies against a digest of the documentation";
    WebhookTimeEntryUndated = "webhook-time-entry-undated",
        default "a time entry has `logged_at`",
        other "a time entry has no `logged_at`",
        source "CRMService since August 2025 against bodies of 2024";
    WebhookPriorityCodeOnly = "webhook-priority-code-only",
        default "`old_priority` and `new_priority` are `{code, name}`",
        other "`old_priority` and `new_priority` are `{code}`",
        source "by analogy with types; CRMService and gems-issue-notifier read the code only";
    WebhookChangedValuesText = "webhook-changed-values-text",
        default "`changed_parameters` hold check boxes as true and false, multiple choices as arrays",
        other "`changed_parameters` hold text or null only",
        source "by analogy with `parameters`; gems-issue-notifier reads text";
    WebhookMultiselectText = "webhook-multiselect-text",
        default "the value of a multiple choice is an array",
        other "the value of a multiple choice is one text",
        source "by analogy with REST; only nulls were recorded";
    WebhookChangesFlat = "webhook-changes-flat",
        default "`changes` hold custom attributes in one element, `{parameters: […]}`",
        other "`changes` hold each custom attribute as an element of its own",
        source "a digest of the documentation; no body was recorded";
    WebhookBasicAuth = "webhook-basic-auth",
        default "`user:password@` in the address of a webhook is not sent",
        other "`user:password@` in the address of a webhook is sent as `Authorization: Basic`",
        source "the documentation against a WhatsApp bridge that asks for it";
}

/// A set of switches. The default has none on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dialect(u128);

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
