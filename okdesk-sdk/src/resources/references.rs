//! Dictionaries of the account: statuses, priorities, types, attributes. Each comes whole; all are repeated automatically.

use super::References;
use crate::client::{Call, list};
use crate::model::{IssuePriority, IssueStatus, IssueType, IssueTypeNode, Parameter, Timezone};
use crate::operation as op;

impl References {
    /// The statuses issues can be in: `GET /api/v1/issues/statuses`.
    ///
    /// Source: clients in use.
    ///
    /// ```
    /// # okdesk_sdk::example::run("references.issue_statuses", async |client, _| {
    /// for status in client.references().issue_statuses().await? {
    ///     println!("{}: {}", status.code, status.name);
    /// }
    /// # Ok(())
    /// # });
    /// ```
    pub fn issue_statuses(&self) -> ListIssueStatuses {
        ListIssueStatuses {
            call: Call::new(&self.client, op::REFERENCES_ISSUE_STATUSES, &[]),
        }
    }

    /// The priorities issues can have: `GET /api/v1/issues/priorities`.
    ///
    /// Source: clients in use.
    ///
    /// ```
    /// # okdesk_sdk::example::run("references.issue_priorities", async |client, _| {
    /// let priorities = client.references().issue_priorities().await?;
    /// let usual = priorities.iter().find(|priority| priority.default == Some(true)).unwrap();
    /// assert_eq!(usual.code.as_str(), "normal");
    /// # Ok(())
    /// # });
    /// ```
    pub fn issue_priorities(&self) -> ListIssuePriorities {
        ListIssuePriorities {
            call: Call::new(&self.client, op::REFERENCES_ISSUE_PRIORITIES, &[]),
        }
    }

    /// The types issues can have, without their folders: `GET /api/v1/issues/types`.
    ///
    /// Source: a client in use.
    ///
    /// ```
    /// # okdesk_sdk::example::run("references.issue_types_flat", async |client, _| {
    /// let types = client.references().issue_types().await?;
    /// let for_clients = types.iter().filter(|kind| kind.available_for_client == Some(true));
    /// # assert!(for_clients.count() > 0);
    /// # Ok(())
    /// # });
    /// ```
    pub fn issue_types(&self) -> ListIssueTypes {
        ListIssueTypes {
            call: Call::new(&self.client, op::REFERENCES_ISSUE_TYPES_FLAT, &[]),
        }
    }

    /// The types issues can have, in their folders: `GET /api/v1/dictionaries/issues/types`.
    ///
    /// Source: clients in use.
    ///
    /// ```
    /// # okdesk_sdk::example::run("references.issue_types_tree", async |client, _| {
    /// for node in client.references().issue_type_tree().await? {
    ///     println!("{} ({} inside)", node.name, node.children.len());
    /// }
    /// # Ok(())
    /// # });
    /// ```
    pub fn issue_type_tree(&self) -> ListIssueTypeTree {
        ListIssueTypeTree {
            call: Call::new(&self.client, op::REFERENCES_ISSUE_TYPES_TREE, &[]),
        }
    }

    /// The custom attributes of issues: `GET /api/v1/issues/parameters/list`.
    ///
    /// > Not confirmed: whether the list is bare or under a key; both are read.
    ///
    /// Source: two clients.
    ///
    /// ```
    /// # okdesk_sdk::example::run("references.issue_parameters", async |client, _| {
    /// let attributes = client.references().issue_parameters().await?;
    /// assert_eq!(attributes[0].code.as_str(), "place");
    /// # Ok(())
    /// # });
    /// ```
    pub fn issue_parameters(&self) -> ListIssueParameters {
        ListIssueParameters {
            call: Call::new(&self.client, op::REFERENCES_ISSUE_PARAMETERS, &[]),
        }
    }

    /// The custom attributes of spent time: `GET /api/v1/time_entries/parameters`.
    ///
    /// > Not confirmed: only the path is known; the shape is that of the attributes of issues.
    ///
    /// Source: the path in one client.
    ///
    /// ```
    /// # okdesk_sdk::example::run("references.time_entry_parameters", async |client, _| {
    /// let attributes = client.references().time_entry_parameters().await?;
    /// println!("{} attributes of spent time", attributes.len());
    /// # Ok(())
    /// # });
    /// ```
    pub fn time_entry_parameters(&self) -> ListTimeEntryParameters {
        ListTimeEntryParameters {
            call: Call::new(&self.client, op::REFERENCES_TIME_ENTRY_PARAMETERS, &[]),
        }
    }

    /// The time zones: `GET /api/v1/timezones`.
    ///
    /// > Not confirmed: only the path is known; the shape is that in maintenance entities.
    ///
    /// Source: the path in one client.
    ///
    /// ```
    /// # okdesk_sdk::example::run("references.timezones", async |client, _| {
    /// let zones = client.references().timezones().await?;
    /// assert!(zones.iter().any(|zone| zone.gmt.as_deref() == Some("+03:00")));
    /// # Ok(())
    /// # });
    /// ```
    pub fn timezones(&self) -> ListTimezones {
        ListTimezones {
            call: Call::new(&self.client, op::REFERENCES_TIMEZONES, &[]),
        }
    }
}

request! {
    /// The statuses; see [`References::issue_statuses`].
    pub struct ListIssueStatuses -> Vec<IssueStatus>, list {}

    /// The priorities; see [`References::issue_priorities`].
    pub struct ListIssuePriorities -> Vec<IssuePriority>, list {}

    /// The types; see [`References::issue_types`].
    pub struct ListIssueTypes -> Vec<IssueType>, list {}

    /// The types in their folders; see [`References::issue_type_tree`].
    pub struct ListIssueTypeTree -> Vec<IssueTypeNode>, list {}

    /// The custom attributes of issues; see [`References::issue_parameters`].
    pub struct ListIssueParameters -> Vec<Parameter>, list {}

    /// The custom attributes of spent time; see [`References::time_entry_parameters`].
    pub struct ListTimeEntryParameters -> Vec<Parameter>, list {}

    /// The time zones; see [`References::timezones`].
    pub struct ListTimezones -> Vec<Timezone>, list {}
}
