//! Comments of an issue.

use super::{Answer, Call, operations};
use crate::testing::dialect::Switch;
use crate::testing::json::{Json, issues as json};
use crate::testing::state::attachments::read_files;
use crate::testing::state::people::Actor;
use crate::testing::state::refusal::{ABSENT, BAD_VALUE, Mistakes, Refusal};

operations! {
    "comments.list", GET "issues/{}/comments", Contact => list;
    "comments.create", POST "issues/{}/comments", Contact => create;
}

fn list(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.id(0)?;
    call.account.may_see(id, call.actor)?;
    let sees_all = !matches!(call.actor, Actor::Contact(_));
    let comments = call
        .account
        .issue(id)?
        .comments
        .iter()
        .filter(|comment| comment.public || sees_all);
    Ok(Json::list(comments.map(|comment| {
        let mut json = json::comment(call.account, id, comment);
        if call.speaks(Switch::CommentsWithoutFiles) {
            json.retain(|key| key != "attachments");
        }
        json
    }))
    .into())
}

fn create(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let id = call.id(0)?;
    call.account.may_see(id, call.actor)?;
    let body = call.params.section("comment");
    let mut mistakes = Mistakes::default();
    if body.text("content").is_none() {
        mistakes.add("content", ABSENT);
    }
    let author = match (body.id("author_id"), body.text("author_type").as_deref()) {
        // A contact speaks for itself only.
        _ if matches!(call.actor, Actor::Contact(_)) => call.actor,
        (None, _) => {
            if call.speaks(Switch::CommentAuthorRequired) {
                mistakes.add("author_id", ABSENT);
            }
            call.actor
        }
        (Some(id), Some("contact")) => Actor::Contact(id),
        (Some(id), Some("employee") | None) => Actor::Employee(id),
        (Some(_), Some(_)) => {
            mistakes.add("author_type", BAD_VALUE);
            call.actor
        }
    };
    // Contacts cannot write what they could not read.
    let public = body.flag("public").unwrap_or(true) || matches!(call.actor, Actor::Contact(_));
    let mut files = read_files(body, public, &mut mistakes);
    if call.speaks(Switch::CommentFilesFollowComment) {
        files.iter_mut().for_each(|file| file.is_public = public);
    }
    mistakes.check()?;
    let comment_id = call
        .account
        .comment(id, body.text("content"), public, author, files)?;
    let comment = call
        .account
        .issue(id)?
        .comments
        .iter()
        .find(|comment| comment.id == comment_id);
    let mut answer = comment.map_or(Json::Null, |comment| {
        json::comment(call.account, id, comment)
    });
    if call.speaks(Switch::CommentAnswerShort) {
        answer.retain(|key| key != "published_at");
    }
    Ok(call.created(answer))
}
