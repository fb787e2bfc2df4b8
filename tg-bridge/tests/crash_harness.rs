//! The real program between an Okdesk, a Telegram and a database, killed at any moment and at every place that matters,
//! frozen, cut off, with a failing disk – and afterwards a judge who reads what everybody said and heard.
//!
//! `CRASH_KILLS=100 cargo test -p tg-bridge --test crash_harness` kills each engine so often; without the variable only what
//! shows that the judge sees is run. `docs/reliability.md` tells what is promised and what was found.

// A test stops at the first surprise, in its helpers too.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "engine/cluster.rs"]
#[allow(unreachable_pub)]
mod cluster;
#[path = "crash/database.rs"]
mod database;
#[path = "crash/history.rs"]
mod history;
#[path = "crash/people.rs"]
mod people;
#[path = "engine/port.rs"]
#[allow(unreachable_pub)]
mod port;
#[path = "crash/proxy.rs"]
mod proxy;
#[path = "crash/world.rs"]
mod world;

use database::Database;
use history::{Broken, Evidence, Lane, judge};
use std::collections::{BTreeMap, VecDeque};
use std::io::Write as _;
use std::time::{Duration, Instant};
use tg_bridge::failpoint::{Point, Sabotage};
use world::{Plan, Run, at};

/// Longer than a lease of the bridge.
const PAST_THE_LEASE: Duration = Duration::from_secs(33);
/// How long a place is waited for before the process is killed without having come there.
const PATIENCE: Duration = Duration::from_secs(30);

fn now() -> i64 {
    jiff::Timestamp::now().as_millisecond()
}

/// How many kills were asked for.
fn kills(test: &str) -> Option<usize> {
    let asked = std::env::var("CRASH_KILLS").ok();
    if asked.is_none() {
        // Not by `eprintln`, which the test harness keeps to itself.
        let _ = writeln!(
            std::io::stderr(),
            "NOT RUN {test}: CRASH_KILLS=100 says how often the program shall be killed"
        );
    }
    asked.map(|kills| kills.parse().unwrap())
}

fn seed() -> u64 {
    let asked = std::env::var("CRASH_SEED").ok();
    let seed = asked.map_or_else(|| fastrand::u64(..1_000_000), |seed| seed.parse().unwrap());
    eprintln!("CRASH_SEED={seed}");
    seed
}

/// What else breaks between two kills.
#[derive(Default)]
struct Storm {
    kills: usize,
    /// The database server cuts its connections.
    cut: bool,
    /// The database server dies and comes back.
    restart: bool,
    /// A replica is frozen for longer than a lease, more than once.
    freeze: bool,
}

/// Kills replicas at random moments and at places, until there were enough of the first and all of the second.
async fn storm(run: &mut Run, plan: Storm, rng: &mut fastrand::Rng) {
    // The look at what was missed takes longer with every issue there is, so its places come first.
    let mut ahead: VecDeque<Point> = Point::ALL.iter().rev().copied().collect();
    let mut tries: BTreeMap<&str, u32> = BTreeMap::new();
    let mut frozen: Option<(usize, Instant)> = None;
    let mut frozen_at = 0;
    let begun = Instant::now();
    for round in 1.. {
        if run.kills >= plan.kills && ahead.is_empty() {
            break;
        }
        let limit = Duration::from_secs(600).max(Duration::from_secs(2) * plan.kills as u32);
        assert!(
            begun.elapsed() < limit,
            "not reached: {ahead:?}\n{}",
            run.last_words(0)
        );
        if let Some((replica, _)) = frozen.take_if(|(_, at)| at.elapsed() > PAST_THE_LEASE) {
            run.thaw_in_flight(replica).await;
        }
        run.start_all();
        let replica = rng.usize(..run.replicas.len());
        if frozen.is_some_and(|(frozen, _)| frozen == replica) {
            continue;
        }
        if plan.freeze && frozen.is_none() && run.kills >= frozen_at {
            tokio::time::sleep(Duration::from_millis(500)).await;
            run.signal(replica, "-STOP").await;
            run.is_frozen(replica);
            (frozen, frozen_at) = (Some((replica, Instant::now())), run.kills + 60);
            continue;
        }
        if plan.cut && round % 8 == 0 {
            run.broke();
            run.database.cut_connections().await;
            run.broke();
        }
        if plan.restart && round % 20 == 0 {
            run.broke();
            let cluster = run.database.cluster.as_ref().unwrap();
            let away = now();
            tokio::task::block_in_place(|| cluster.crash_and_restart());
            // All that time, and until the last connection has found out.
            run.broke_for(away..now() + 2_000);
        }
        let point = if run.kills >= plan.kills || rng.u8(..3) == 0 {
            ahead.pop_front()
        } else {
            None
        };
        match point {
            Some(point) => {
                // All of them, or it would be left to chance whether the right one does the work.
                let all: Vec<_> = (0..run.replicas.len())
                    .filter(|replica| frozen.is_none_or(|(frozen, _)| frozen != *replica))
                    .collect();
                for replica in &all {
                    run.kill(*replica).await;
                    run.start(*replica, at(point, "kill", rng.u32(1..3)));
                }
                if !run.until_one_ended(&all, PATIENCE).await {
                    ahead.push_back(point);
                    let tried = tries.entry(point.name()).or_default();
                    *tried += 1;
                    assert!(*tried < 12, "{} is never reached", point.name());
                }
            }
            None => {
                // Some while they start, most while they work.
                if rng.u8(..4) > 0 {
                    run.until_ready(replica).await;
                }
                tokio::time::sleep(Duration::from_millis(rng.u64(50..900))).await;
                run.kill(replica).await;
            }
        }
    }
    if let Some((replica, _)) = frozen {
        run.thaw_in_flight(replica).await;
    }
}

/// No promise was broken, and there was something to break.
fn acquit(run: &Run, evidence: &Evidence, least: usize) {
    let (broken, weight) = judge(evidence);
    let mut ready = run.ready.clone();
    ready.sort();
    eprintln!(
        "{} kills, {} other breaks; {weight:?}; restart to ready: median {:?}, worst {:?}",
        run.kills,
        evidence.broke.len(),
        ready.get(ready.len() / 2),
        ready.last()
    );
    assert!(run.ended.is_empty(), "it ended by itself: {:#?}", run.ended);
    if !broken.is_empty() {
        let shown: Vec<_> = broken.iter().take(20).map(ToString::to_string).collect();
        let kept = std::env::temp_dir().join(format!("crash-evidence-{}", std::process::id()));
        std::fs::write(&kept, format!("{evidence:#?}")).unwrap();
        panic!(
            "{} promises broken:\n{}\nall that was seen is in {}; replica 0 said last:\n{}",
            broken.len(),
            shown.join("\n"),
            kept.display(),
            run.last_words(0)
        );
    }
    assert!(
        weight.said >= least && weight.told >= least && weight.calls >= 2 * least,
        "{weight:?} shows nothing"
    );
}

async fn weather_the_storm(mut run: Run, plan: Storm, seed: u64) {
    let mut rng = fastrand::Rng::with_seed(seed);
    run.start_all();
    run.until_ready(0).await;
    run.talk();
    storm(&mut run, plan, &mut rng).await;
    let evidence = run.settle().await;
    acquit(&run, &evidence, 50);
    run.database.drop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_survives_kills() {
    let Some(kills) = kills("sqlite_survives_kills") else {
        return;
    };
    let seed = seed();
    let plan = Plan {
        network: 30,
        weather: true,
        seed,
        ..Plan::default()
    };
    let run = Run::new(plan, async |folder| Some(Database::sqlite(folder.path()))).await;
    let plan = Storm {
        kills,
        ..Storm::default()
    };
    weather_the_storm(run.unwrap(), plan, seed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_with_one_replica_survives_kills() {
    let Some(kills) = kills("postgres_with_one_replica_survives_kills") else {
        return;
    };
    let seed = seed();
    let plan = Plan {
        hooked: true,
        network: 30,
        weather: true,
        seed,
        ..Plan::default()
    };
    let Some(run) = Run::new(plan, async |_| Database::own_postgres().await).await else {
        return;
    };
    let plan = Storm {
        kills,
        restart: true,
        ..Storm::default()
    };
    weather_the_storm(run, plan, seed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_with_three_replicas_survives_kills() {
    let Some(kills) = kills("postgres_with_three_replicas_survives_kills") else {
        return;
    };
    let seed = seed();
    let plan = Plan {
        replicas: 3,
        network: 30,
        weather: true,
        seed,
        ..Plan::default()
    };
    let Some(run) = Run::new(plan, async |_| Database::postgres().await).await else {
        return;
    };
    let plan = Storm {
        kills,
        cut: true,
        freeze: true,
        ..Storm::default()
    };
    weather_the_storm(run, plan, seed).await;
}

/// A few people without newcomers, who talk as fast as the bot lets them: twenty messages a minute.
fn few(seed: u64) -> Plan {
    Plan {
        clients: 12,
        newcomers: 0,
        pace: 3_200..4_500,
        seed,
        ..Plan::default()
    }
}

/// Two replicas; one is frozen when it comes to each of these places, and goes on after the other has taken over.
async fn freeze_before(points: &[Point], sabotage: Option<Sabotage>) -> Option<(Run, Evidence)> {
    let seed = seed();
    let plan = Plan {
        replicas: 2,
        sabotage,
        ..few(seed)
    };
    let mut run = Run::new(plan, async |_| Database::postgres().await).await?;
    run.start(1, None);
    run.until_ready(1).await;
    run.talk();
    for &point in points {
        run.start(0, at(point, "stop", 4));
        let begun = Instant::now();
        while !run.is_stopped(0) {
            assert!(begun.elapsed() < PATIENCE, "never at {}", point.name());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        run.is_frozen(0);
        // The other one needs time to take over and to make the call, on a machine that does more than this.
        tokio::time::sleep(PAST_THE_LEASE + Duration::from_secs(9)).await;
        run.thaw(0).await;
        tokio::time::sleep(Duration::from_secs(2)).await;
        run.kill(0).await;
    }
    let evidence = run.settle().await;
    Some((run, evidence))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replica_frozen_before_its_call_does_not_make_it_after_another_has() {
    if kills("a_replica_frozen_before_its_call_does_not_make_it_after_another_has").is_none() {
        return;
    }
    // After an end the item behind it is begun already.
    let points = [
        Point::OkdeskBegun,
        Point::TelegramBegun,
        Point::EndCommitted,
    ];
    if let Some((run, evidence)) = freeze_before(&points, None).await {
        acquit(&run, &evidence, 20);
        run.database.drop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn control_going_on_after_a_freeze_without_asking_is_noticed() {
    if kills("control_going_on_after_a_freeze_without_asking_is_noticed").is_none() {
        return;
    }
    let sabotage = Some(Sabotage::TrustTheLease);
    if let Some((run, evidence)) = freeze_before(&[Point::OkdeskBegun], sabotage).await {
        let (broken, _) = judge(&evidence);
        assert!(
            broken.iter().any(|Broken(promise, _)| *promise == "I2"),
            "it goes unnoticed, only {broken:#?}"
        );
        run.database.drop().await;
    }
}

/// The library that makes calls of the system fail, as Debian's `fiu-utils` brings it.
const FIU: [&str; 2] = [
    "/usr/lib/fiu/fiu_run_preload.so",
    "/usr/lib/fiu/fiu_posix_preload.so",
];

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_survives_a_full_disk_and_failing_syncs() {
    if kills("sqlite_survives_a_full_disk_and_failing_syncs").is_none() {
        return;
    }
    if !FIU
        .iter()
        .all(|library| std::path::Path::new(library).exists())
    {
        assert!(
            std::env::var("CI").is_err(),
            "fiu-utils must be there in CI"
        );
        let _ = writeln!(
            std::io::stderr(),
            "SKIPPED: fiu-utils is not installed, no disk failed under the bridge"
        );
        return;
    }
    let seed = seed();
    let run = Run::new(few(seed), async |folder| {
        Some(Database::sqlite(folder.path()))
    })
    .await;
    let mut run = run.unwrap();
    run.start_all();
    run.until_ready(0).await;
    run.talk();
    // EIO for some syncs, ENOSPC for some writes; the second kind may pass without the process ending.
    let faults = [
        "enable_random name=posix/io/sync/fdatasync,probability=0.02",
        "enable_random name=posix/io/sync/*,probability=0.05",
        "enable_random name=posix/io/rw/pwrite,probability=0.02,failinfo=28",
        "enable_random name=posix/io/rw/pwrite64,probability=0.05,failinfo=28",
    ];
    let mut ended = 0;
    for fault in faults.iter().cycle().take(12) {
        run.kill(0).await;
        run.environment = vec![
            ("LD_PRELOAD", FIU.join(" ")),
            ("FIU_ENABLE", (*fault).to_owned()),
        ];
        run.start(0, None);
        ended += usize::from(run.until_ended(0, Duration::from_secs(3)).await);
    }
    run.kill(0).await;
    assert!(ended > 0, "no fault of the disk ended the bridge");
    let evidence = run.settle().await;
    acquit(&run, &evidence, 20);
}

/// Breaks a promise on purpose; the judge must see that it is this one.
async fn control(sabotage: Sabotage, place: Option<Point>, promises: &[&str]) {
    let seed = seed();
    let plan = Plan {
        sabotage: Some(sabotage),
        weather: sabotage == Sabotage::NoOrder,
        ..few(seed)
    };
    let run = Run::new(plan, async |folder| Some(Database::sqlite(folder.path()))).await;
    let mut run = run.unwrap();
    run.start_all();
    run.until_ready(0).await;
    run.talk();
    let mut rng = fastrand::Rng::with_seed(seed);
    for _ in 0..12 {
        match place {
            Some(place) => {
                run.kill(0).await;
                run.start(0, at(place, "kill", rng.u32(1..6)));
                run.until_ended(0, Duration::from_secs(4)).await;
            }
            None => {
                tokio::time::sleep(Duration::from_millis(1_200)).await;
                if sabotage == Sabotage::AckEarly {
                    run.kill(0).await;
                }
            }
        }
        run.start_all();
    }
    run.impatient();
    let evidence = run.settle().await;
    let (broken, weight) = judge(&evidence);
    let seen: Vec<_> = broken.iter().map(|Broken(promise, _)| *promise).collect();
    eprintln!("{sabotage:?}: {weight:?}, {} promises broken", seen.len());
    for promise in promises {
        assert!(
            seen.contains(promise),
            "{sabotage:?} goes unnoticed, only {broken:#?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn control_acknowledging_before_the_commit_is_noticed() {
    control(Sabotage::AckEarly, None, &["I1"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn control_repeating_without_looking_is_noticed() {
    control(Sabotage::RepeatBlindly, Some(Point::OkdeskCalled), &["I2"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn control_noting_before_doing_is_noticed() {
    control(Sabotage::SettleFirst, Some(Point::TelegramBegun), &["I1"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn control_giving_up_the_order_is_noticed() {
    control(Sabotage::NoOrder, None, &["I3"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn control_working_without_a_lease_is_noticed() {
    control(Sabotage::NoLease, None, &["I2"]).await;
}

/// A good history, made bad by hand: the judge must see each change.
#[tokio::test(flavor = "multi_thread")]
async fn control_a_doctored_history_is_noticed() {
    let seed = seed();
    let run = Run::new(few(seed), async |folder| {
        Some(Database::sqlite(folder.path()))
    })
    .await;
    let mut run = run.unwrap();
    run.start_all();
    run.until_ready(0).await;
    run.talk();
    tokio::time::sleep(Duration::from_secs(12)).await;
    let good = run.settle().await;
    acquit(&run, &good, 20);
    let sent = |evidence: &Evidence, method: &str| {
        let calls = evidence.calls.iter();
        let found = calls.enumerate().filter(|(_, call)| call.method == method);
        found.map(|(at, _)| at).collect::<Vec<_>>()
    };
    let messages = sent(&good, "sendMessage");
    let middle = messages[messages.len() / 2];
    type Doctor = Box<dyn Fn(&mut Evidence)>;
    let other = |evidence: &Evidence, at: usize| {
        let chat = evidence.calls[at].chat_id;
        let calls = evidence.calls.iter().enumerate().skip(at + 1);
        let found = calls
            .filter(|(_, call)| call.chat_id == chat && call.text != evidence.calls[at].text)
            .map(|(at, _)| at)
            .next();
        found.expect("the chat is not spoken to again")
    };
    let first = messages[0];
    let next = other(&good, first);
    let doctors: Vec<(&str, Doctor)> = vec![
        ("I1", Box::new(move |e| _ = e.calls.remove(middle))),
        (
            "I1",
            Box::new(|e| {
                e.texts
                    .retain(|text| !text.content.contains(&e.said[0].word))
            }),
        ),
        ("I1", Box::new(|e| e.queue[0].state = "pending".into())),
        (
            "I2",
            Box::new(move |e| e.calls.insert(middle, e.calls[middle].clone())),
        ),
        (
            "I2",
            Box::new(|e| {
                let text = e
                    .texts
                    .iter()
                    .find(|text| text.content.contains(&e.said[0].word));
                let text = text.unwrap().clone();
                e.texts.push(text);
            }),
        ),
        ("I3", Box::new(move |e| e.calls.swap(first, next))),
        ("I4", Box::new(move |e| e.calls[middle].chat_id = Some(1))),
        (
            "I4",
            Box::new(|e| e.told.iter_mut().for_each(|told| told.public = false)),
        ),
        ("I5", Box::new(|e| e.queue[1].state = "dead".into())),
        ("I5", Box::new(|e| _ = e.poison.pop_first())),
        (
            "I6",
            Box::new(|e| {
                let lane = Lane {
                    key: "in chat:7".into(),
                    pending: 1,
                    counted: 0,
                    leased: false,
                };
                e.lanes.push(lane);
            }),
        ),
        (
            "I7",
            Box::new(|e| e.violations.push("sooner than asked".into())),
        ),
    ];
    for (number, (promise, doctor)) in doctors.into_iter().enumerate() {
        let mut bad = good.clone();
        doctor(&mut bad);
        let (broken, _) = judge(&bad);
        assert!(
            broken.iter().any(|Broken(seen, _)| *seen == promise),
            "number {number}, {promise}, is not seen: {broken:#?}"
        );
    }
}
