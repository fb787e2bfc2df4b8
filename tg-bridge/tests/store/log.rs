//! SQLite's log: what it holds is copied into the file while others write.

use super::*;

#[tokio::test]
async fn the_log_is_copied_into_the_file_long_before_the_writer_has_to_do_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bridge.db");
    let (store, _) = in_file(&path).await;
    // About 3,000 pages, less than half of what makes the writer do it.
    for commit in 0..25 {
        let body = format!("{{\"text\":\"{}\"}}", "x".repeat(3_000));
        let item = |number| NewItem::update(number, Some(ChatId(number % 50)), body.clone());
        let items = (commit * 100..(commit + 1) * 100).map(item).collect();
        assert_eq!(store.accept(items).await.unwrap(), 100);
    }
    let copied = async {
        while path.metadata().unwrap().len() < 4 << 20 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let copied = tokio::time::timeout(Duration::from_secs(10), copied).await;
    assert!(
        copied.is_ok(),
        "the file has {} bytes",
        path.metadata().unwrap().len()
    );
    store.close().await;
    // Whoever closes the file last leaves no log.
    assert!(!folder.path().join("bridge.db-wal").exists());
}
