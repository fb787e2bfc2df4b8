//! Replicas tell one another that there is work. A message may be lost with its connection or its sender, so everybody also
//! looks now and then without being told.

use super::PATIENCE;
use crate::store::{OpenError, Role, Wake};
use sqlx::PgPool;
use sqlx::postgres::PgListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// Messages within this time are one: each commit that carries one waits for the others in the server.
const GATHER: Duration = Duration::from_millis(10);

/// The way to the other replicas.
#[derive(Debug)]
pub(super) struct Others {
    news: Arc<Notify>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
}

impl Others {
    /// A bridge listens and tells; a guest only tells.
    pub(super) async fn start(
        pool: &PgPool,
        wake: Arc<Wake>,
        role: Role,
    ) -> Result<Self, OpenError> {
        let channel: String =
            sqlx::query_scalar("SELECT 'tg_bridge_' || md5(coalesce(current_schema(), ''))")
                .fetch_one(pool)
                .await?;
        let name = format!("{}-{:016x}", std::process::id(), fastrand::u64(..));
        let news = Arc::new(Notify::new());
        let mut tasks = vec![tokio::spawn(speak(
            pool.clone(),
            channel.clone(),
            name.clone(),
            news.clone(),
        ))];
        if role == Role::Bridge {
            let mut listener = PgListener::connect_with(pool).await?;
            listener.listen(&channel).await?;
            tasks.push(tokio::spawn(listen(listener, name, wake)));
        }
        Ok(Self {
            news,
            tasks: Mutex::new(tasks),
        })
    }

    pub(super) fn tell(&self) {
        self.news.notify_one();
    }

    /// Says what is still to be said, and falls silent.
    pub(super) async fn stop(&self) {
        tokio::time::sleep(GATHER * 2).await;
        let tasks = std::mem::take(&mut *self.tasks.lock().unwrap_or_else(|e| e.into_inner()));
        for task in tasks {
            task.abort();
            let _ = task.await;
        }
    }
}

impl Drop for Others {
    fn drop(&mut self) {
        let tasks = self.tasks.get_mut().unwrap_or_else(|e| e.into_inner());
        tasks.iter().for_each(JoinHandle::abort);
    }
}

async fn speak(pool: PgPool, channel: String, name: String, news: Arc<Notify>) {
    loop {
        news.notified().await;
        let telling = sqlx::query("SELECT pg_notify($1, $2)")
            .bind(&channel)
            .bind(&name)
            .execute(&pool);
        let told = tokio::time::timeout(PATIENCE, telling).await;
        if !matches!(told, Ok(Ok(_))) {
            tracing::debug!(?told, "the other replicas have to look for themselves");
        }
        tokio::time::sleep(GATHER).await;
    }
}

async fn listen(mut listener: PgListener, name: String, wake: Arc<Wake>) {
    loop {
        match listener.recv().await {
            Ok(told) if told.payload() == name => {}
            Ok(_) => wake.both(),
            Err(sqlx::Error::PoolClosed) => return,
            Err(e) => {
                tracing::warn!(error = %e, "the other replicas are not heard");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}
