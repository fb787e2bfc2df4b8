//! Telephony: telling employees who calls, and recording calls. Both need an administrator's key.

use serde_json::Value;

use super::Telephony;
use crate::client::{Call, nothing};
use crate::model::IssueId;
use crate::operation as op;

impl Telephony {
    /// Shows employees who is calling: `POST /api/v1/telephony/messages`. Never repeated after an unknown fate.
    ///
    /// `numbers` are the numbers of the employees in the telephone system, `phone` is who calls. Of the phone the last
    /// `search_numbers_count` digits are compared. What it answers is not known, so the answer is not read.
    ///
    /// Source: a client in use.
    ///
    /// ```
    /// # okdesk_sdk::example::run("telephony.message_send", async |client, _| {
    /// // Anna calls; those who sit at 101 and 102 see it.
    /// client.telephony().send_message([101, 102], "+79161234567", 10).await?;
    /// # Ok(())
    /// # });
    /// ```
    pub fn send_message(
        &self,
        numbers: impl IntoIterator<Item = u64>,
        phone: impl Into<String>,
        search_numbers_count: u8,
    ) -> SendTelephonyMessage {
        let numbers: Vec<u64> = numbers.into_iter().collect();
        let call = Call::new(&self.client, op::TELEPHONY_MESSAGE_SEND, &[])
            .with("telephony_numbers", numbers);
        SendTelephonyMessage {
            call: call
                .with("search_numbers_count", search_numbers_count)
                .with("phone", phone.into()),
        }
    }

    /// Records a phone call: `POST /api/v1/phone_calls`. Never repeated after an unknown fate.
    ///
    /// Times are what the account's clock shows. What it answers is not known, so the answer is not read.
    ///
    /// Source: a client in use.
    ///
    /// ```
    /// # okdesk_sdk::example::run("telephony.phone_call_create", async |client, at| {
    /// # let issue = at.issue;
    /// use okdesk_sdk::model::LocalTime;
    /// use okdesk_sdk::resources::CallDirection;
    ///
    /// let began: LocalTime = "2024-05-01 09:15".parse()?;
    /// let call = client.telephony().record_call("c-1", CallDirection::Incoming).started_at(began).duration(60);
    /// call.source_phone("+79161234567").receiver_phone("101").issue(issue).await?;
    /// # Ok(())
    /// # });
    /// ```
    pub fn record_call(
        &self,
        call_id: impl Into<String>,
        direction: CallDirection,
    ) -> RecordPhoneCall {
        let call =
            Call::new(&self.client, op::TELEPHONY_PHONE_CALL_CREATE, &[]).wrapped("phone_call");
        RecordPhoneCall {
            call: call
                .with("call_id", call_id.into())
                .with("direction", direction.number()),
        }
    }
}

/// Who called whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CallDirection {
    /// The client called.
    Incoming,
    /// The client was called.
    ///
    /// > Not confirmed: only the number 0 for incoming calls is known.
    Outgoing,
}

impl CallDirection {
    fn number(self) -> Value {
        match self {
            Self::Incoming => 0.into(),
            Self::Outgoing => 1.into(),
        }
    }
}

request! {
    /// Shows employees who is calling; see [`Telephony::send_message`].
    pub struct SendTelephonyMessage -> (), nothing {}

    /// Records a phone call; see [`Telephony::record_call`].
    pub struct RecordPhoneCall -> (), nothing {
        /// When it began.
        moment started_at = "started_at";
        /// When it ended.
        moment finished_at = "finished_at";
        /// How long it was, in seconds.
        number duration: u32 = "duration";
        /// Who called.
        field source_phone: String = "source_phone";
        /// Who was called.
        field receiver_phone: String = "receiver_phone";
        /// How many last digits are compared when the client is looked for.
        number search_numbers_count: u8 = "search_numbers_count";
        /// Where the recording is.
        field file_url: String = "file_url";
        /// The issue it is about.
        field issue: IssueId = "issue_id";
    }
}
