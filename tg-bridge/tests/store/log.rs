//! SQLite's log: what it holds is copied into the file while others write.

use super::*;

#[tokio::test]
async fn the_log_is_copied_into_the_file_long_before_the_writer_has_to_do_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bridge.db");
    let url = format!("sqlite:{}", path.display());
    let store = tg_bridge::store::open(&url, Clock::default())
        .await
        .unwrap();
    // Half of what makes the writer do it: 16 MiB.
    for number in 0..4_000 {
        let body = format!("{{\"text\":\"{}\"}}", "x".repeat(4_000));
        let item = NewItem::update(number, Some(ChatId(number % 50)), body);
        store.accept(vec![item]).await.unwrap();
    }
    let copied = async {
        while path.metadata().unwrap().len() < 8 << 20 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let copied = tokio::time::timeout(Duration::from_secs(20), copied).await;
    assert!(
        copied.is_ok(),
        "the file has {} bytes",
        path.metadata().unwrap().len()
    );
    store.close().await;
    // Whoever closes the file last leaves no log.
    assert!(!folder.path().join("bridge.db-wal").exists());
}
