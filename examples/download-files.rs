//! Downloads all files of an issue: `cargo run -p okdesk-sdk --example download-files -- 17 files/`
//!
//! Set `OKDESK_API_URL` and `OKDESK_API_TOKEN`.

use okdesk_sdk::Client;
use okdesk_sdk::model::IssueId;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::new(
        &std::env::var("OKDESK_API_URL")?,
        std::env::var("OKDESK_API_TOKEN")?,
    )?;
    let mut arguments = std::env::args().skip(1);
    let id: IssueId = arguments
        .next()
        .ok_or("give the number of an issue and a folder")?
        .parse()?;
    let folder = std::path::PathBuf::from(arguments.next().unwrap_or_else(|| ".".into()));
    std::fs::create_dir_all(&folder)?;

    let issue = client.issues().get(id).await?;
    let comments = client.comments().list(id).await?;
    let files = issue
        .attachments
        .iter()
        .chain(comments.iter().flat_map(|comment| &comment.attachments));
    for file in files {
        // Two files may have one name, so the id goes in front.
        let name = format!(
            "{}-{}",
            file.id,
            okdesk_sdk::safe_file_name(&file.attachment_file_name)
        );
        let saved = client
            .issues()
            .download(id, file.id)
            .max_bytes(1 << 30)
            .save_to(folder.join(name))
            .await?;
        println!("{} ({} bytes)", saved.path.display(), saved.bytes);
    }
    Ok(())
}
