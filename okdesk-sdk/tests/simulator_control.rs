//! Control under `/_sim/`, faults, clock, recorder, page: what programs in other languages hold on to.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]

mod simulator_support;

use std::time::Duration;

use okdesk_sdk::testing::{Fault, Seed, Simulator, Switch};
use serde_json::{Value, json};
use simulator_support::{Okdesk, answer, file};

impl Okdesk {
    async fn sim(&self, path: &str, body: Value) -> (u16, Value) {
        let url = self.sim.url().join("_sim/").unwrap().join(path).unwrap();
        let request = self
            .http
            .post(url)
            .header("content-type", "application/json");
        answer(request.body(body.to_string())).await
    }

    async fn see(&self, path: &str) -> (u16, Value) {
        answer(
            self.http
                .get(self.sim.url().join("_sim/").unwrap().join(path).unwrap()),
        )
        .await
    }
}

async fn demo() -> Okdesk {
    Okdesk::from(Simulator::builder().seed(Seed::Demo)).await
}

#[tokio::test]
async fn the_demo_account_tells_its_whole_story() {
    let okdesk = demo().await;
    let (_, state) = okdesk.see("state").await;
    let statuses: Vec<&str> = state["issues"]
        .as_array()
        .unwrap()
        .iter()
        .map(|issue| issue["status"]["code"].as_str().unwrap())
        .collect();
    assert_eq!(
        statuses,
        ["completed", "in_progress", "delayed", "opened", "opened"]
    );
    assert_eq!(state["employees"].as_array().unwrap().len(), 3);
    assert_eq!(state["issues"][0]["rate"]["value"], "good");
    assert_eq!(state["issues"][4]["comments"], json!([]));
    let inn = |company: &Value| {
        company["parameters"][0]["value"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    for company in state["companies"].as_array().unwrap() {
        let digits: Vec<u32> = inn(company)
            .chars()
            .map(|digit| digit.to_digit(10).unwrap())
            .collect();
        let weighed: u32 = digits
            .iter()
            .zip([2, 4, 10, 3, 5, 9, 4, 6, 8])
            .map(|(digit, weight)| digit * weight)
            .sum();
        assert_eq!(weighed % 11 % 10, digits[9], "{company}");
    }
    let issue = okdesk.get("issues/1").await.1;
    assert_eq!(issue["agreement"]["id"], 1);
    assert_eq!(issue["equipment_ids"], json!([1]));
    let equipment = okdesk.get("equipments/list").await.1;
    assert_eq!(equipment.as_array().unwrap().len(), 4);
    assert_eq!(equipment[3]["equipment_kind"]["name"], "Чековый принтер");
    assert_eq!(equipment[3]["serial_number"], "00106703211954");
    let agreements = okdesk.get("agreements").await.1;
    assert_eq!(agreements.as_array().unwrap().len(), 2);
    assert_eq!(
        okdesk.get("companies/1/agreements").await.1[0]["cost"],
        48_000
    );
    let works = okdesk.get("price_lists/1/services?types[]=work").await.1;
    assert_eq!(works.as_array().unwrap().len(), 2);
    let taken = json!({"issue_service": {"code": "visit", "quantity": 1, "performer_id": 2}});
    let (status, sold) = okdesk.post("issues/1/services", taken).await;
    assert_eq!((status, &sold["total"]), (200, &json!(1800)), "{sold}");

    let now: jiff::Timestamp = state["now"].as_str().unwrap().parse().unwrap();
    let last: jiff::Timestamp = state["issues"][4]["created_at"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!(last < now);
}

#[tokio::test]
async fn staff_and_contacts_act_over_http() {
    let okdesk = demo().await;
    let (status, issue) = okdesk
        .sim(
            "issues/5/comments",
            json!({
                "as": "employee", "as_id": 3, "content": "Сделаем", "public": false,
                "attachments": [{"name": "план.txt", "content_base64": "0YPRgtGA0L7QvA=="}],
            }),
        )
        .await;
    assert_eq!(status, 200, "{issue}");
    assert_eq!(
        issue["comments"][0]["author"]["name"],
        "Кузнецова Елена Павловна"
    );
    assert_eq!(
        issue["attachments"][0]["is_public"], false,
        "a file is not more public than its comment"
    );
    let address = issue["attachments"][0]["address"].as_str().unwrap();
    let content = okdesk
        .http
        .get(okdesk.sim.url().join(address).unwrap())
        .send()
        .await
        .unwrap();
    assert_eq!(content.text().await.unwrap(), "утром");

    let form = reqwest::multipart::Form::new()
        .text("as", "contact")
        .text("as_id", "3")
        .text("content", "Спасибо")
        .part("attachments[0][attachment]", file("пропуск.pdf", b"%PDF"));
    let url = okdesk.sim.url().join("_sim/issues/5/comments").unwrap();
    let (status, issue) = answer(okdesk.http.post(url).multipart(form)).await;
    assert_eq!(status, 200, "{issue}");
    assert_eq!(issue["comments"][1]["author"]["type"], "contact");
    assert_eq!(
        issue["comments"][1]["attachments"][0]["attachment_file_name"],
        "пропуск.pdf"
    );

    for (action, body) in [
        ("assignee", json!({"employee_id": 2})),
        ("deadline", json!({"deadline_at": "2030-01-31 12:00"})),
        ("priority", json!({"code": "critical"})),
        ("type", json!({"code": "incident"})),
        ("coexecutors", json!({"employee_id": 3})),
        ("status", json!({"code": "completed", "comment": "готово"})),
        ("rate", json!({"rate": "normal"})),
    ] {
        let (status, answer) = okdesk.sim(&format!("issues/5/{action}"), body).await;
        assert_eq!(status, 200, "{action}: {answer}");
    }
    let (_, issue) = okdesk.see("issues/5").await;
    assert_eq!(issue["deadline_at"], "2030-01-31T12:00:00.000+03:00");
    assert_eq!(issue["assignee"]["id"], 2);
    assert_eq!(issue["status"]["code"], "completed");
    let (status, _) = okdesk
        .sim("issues/99/status", json!({"code": "closed"}))
        .await;
    assert_eq!(status, 404);
    let (status, refusal) = okdesk
        .sim("issues/5/status", json!({"code": "nonsense"}))
        .await;
    assert_eq!(
        (
            status,
            refusal["errors"]["code"][0].as_str().unwrap().is_empty()
        ),
        (422, false)
    );
}

#[tokio::test]
async fn a_page_of_another_origin_may_not_act() {
    let okdesk = demo().await;
    let url = okdesk.sim.url().join("_sim/issues/5/comments").unwrap();
    let request = okdesk
        .http
        .post(url)
        .header("origin", "https://evil.example");
    let (status, _) = answer(request.header("content-type", "text/plain").body("{}")).await;
    assert_eq!(status, 403);
    let page = okdesk
        .http
        .get(okdesk.sim.url().clone())
        .send()
        .await
        .unwrap();
    assert_eq!(page.headers()["content-type"], "text/html; charset=utf-8");
    assert!(page.text().await.unwrap().contains("/_sim/"));
}

#[tokio::test]
async fn the_description_names_every_control_path_that_answers() {
    let okdesk = demo().await;
    let (_, api) = okdesk.see("openapi.json").await;
    assert_eq!(api["openapi"], "3.1.0");
    for (template, item) in api["paths"].as_object().unwrap() {
        let path = template.replace("{id}", "1");
        for method in item
            .as_object()
            .unwrap()
            .keys()
            .filter(|key| *key != "parameters")
        {
            okdesk.sim.reset();
            let method: reqwest::Method = method.to_uppercase().parse().unwrap();
            let url = okdesk.sim.url().join(&path).unwrap();
            let request = okdesk
                .http
                .request(method.clone(), url)
                .header("content-type", "application/json");
            let (status, body) = answer(request.body("{}")).await;
            let unknown = body["errors"].as_str() == Some("there is no such thing under /_sim/");
            assert!(
                !unknown || path.contains("files") || path.contains("redeliver"),
                "{method} {path}: {status} {body}"
            );
            // What is described as required is asked for.
            let name = method.as_str().to_lowercase();
            let schema = &item[&name]["requestBody"]["content"]["application/json"]["schema"];
            let schema = match schema["$ref"].as_str() {
                Some(place) => api.pointer(place.trim_start_matches('#')).unwrap(),
                None => schema,
            };
            for needed in schema["required"].as_array().into_iter().flatten() {
                assert_eq!(status, 422, "{method} {path}: {body}");
                let needed = needed.as_str().unwrap();
                assert!(
                    body["errors"].get(needed).is_some(),
                    "{method} {path}: {body}"
                );
            }
        }
    }
}

#[tokio::test]
async fn faults_strike_where_they_were_planned() {
    let okdesk = demo().await;
    let faults = okdesk.sim.faults();
    let create = || {
        okdesk
            .json(
                reqwest::Method::POST,
                "issues",
                &json!({"issue": {"title": "Проба"}}),
            )
            .send()
    };
    let count = || okdesk.sim.snapshot()["issues"].as_array().unwrap().len();

    faults.on("issues.create").after(1).once(Fault::Status(503));
    assert_eq!(create().await.unwrap().status(), 200);
    assert_eq!(create().await.unwrap().status(), 503);
    assert_eq!(create().await.unwrap().status(), 200);
    assert_eq!(count(), 7, "a 503 creates nothing");

    faults
        .on("issues.create")
        .once(Fault::TooManyRequests(Some(Duration::from_secs(7))));
    let refused = create().await.unwrap();
    assert_eq!(
        (refused.status().as_u16(), &refused.headers()["retry-after"]),
        (429, &"7".parse().unwrap())
    );
    faults
        .on("issues.create")
        .once(Fault::TooManyRequests(None));
    assert!(
        !create()
            .await
            .unwrap()
            .headers()
            .contains_key("retry-after")
    );

    faults.on("issues.create").once(Fault::DropBefore);
    assert!(create().await.is_err());
    assert_eq!(count(), 7);
    faults.on("issues.create").once(Fault::DropAfter);
    assert!(create().await.is_err());
    assert_eq!(count(), 8, "dropped after the effect");
    faults.on("issues.create").once(Fault::DropMidUpload(4));
    assert!(create().await.is_err());
    assert_eq!(count(), 8);
    assert_eq!(
        okdesk.sim.recorder().last("issues.create").unwrap().status,
        None
    );

    faults.on("issues.get").once(Fault::CutBody);
    let cut = okdesk
        .http
        .get(okdesk.url("issues/1"))
        .send()
        .await
        .unwrap();
    assert_eq!(cut.status(), 200);
    assert!(cut.bytes().await.is_err());
    faults.on("issues.get").once(Fault::Garbage);
    let garbage = okdesk
        .http
        .get(okdesk.url("issues/1"))
        .send()
        .await
        .unwrap()
        .bytes()
        .await
        .unwrap();
    assert!(serde_json::from_slice::<Value>(&garbage).is_err());
    faults.on("issues.get").once(Fault::EmptyBody);
    let empty = okdesk
        .http
        .get(okdesk.url("issues/1"))
        .send()
        .await
        .unwrap();
    assert_eq!(
        (empty.status().as_u16(), empty.bytes().await.unwrap().len()),
        (200, 0)
    );
    faults.on_any().once(Fault::HtmlPage);
    let page = okdesk
        .http
        .get(okdesk.url("issues/1"))
        .send()
        .await
        .unwrap();
    assert_eq!(
        (page.status().as_u16(), &page.headers()["content-type"]),
        (502, &"text/html; charset=utf-8".parse().unwrap())
    );
    assert_eq!(faults.pending(), 0);

    let (status, _) = okdesk
        .sim(
            "faults",
            json!({"operation": "issues.get", "fault": "status", "status": 500}),
        )
        .await;
    assert_eq!(status, 200);
    assert_eq!(okdesk.get("issues/1").await.0, 500);
    let (status, wrong) = okdesk.sim("faults", json!({"fault": "delay"})).await;
    assert_eq!(
        (status, &wrong["errors"]["fault"][0]),
        (422, &json!("delay needs seconds"))
    );
}

#[tokio::test]
async fn a_busy_account_lets_calls_through_again_when_its_clock_says_so() {
    let okdesk = demo().await;
    okdesk.sim.clock().stop();
    let busy = json!({"operation": "issues.get", "fault": "busy", "seconds": 90});
    assert_eq!(okdesk.sim("faults", busy).await.0, 200);
    let ask = || okdesk.http.get(okdesk.url("issues/1")).send();
    let (first, wait) = (Duration::from_secs(60), "retry-after");
    let refused = ask().await.unwrap();
    assert_eq!(
        (refused.status().as_u16(), &refused.headers()[wait]),
        (429, &"90".parse().unwrap())
    );
    okdesk.sim.clock().advance(first);
    let refused = ask().await.unwrap();
    assert_eq!(
        (refused.status().as_u16(), &refused.headers()[wait]),
        (429, &"30".parse().unwrap())
    );
    assert_eq!(
        okdesk.get("issues/2/comments").await.0,
        200,
        "only what was named is busy"
    );
    okdesk.sim.clock().advance(first);
    assert_eq!(ask().await.unwrap().status(), 200);
    let mistyped = json!({"operation": "issue.get", "fault": "busy", "seconds": 1});
    assert_eq!(okdesk.sim("faults", mistyped).await.0, 422);
}

#[tokio::test]
async fn the_recorder_is_asked_in_words() {
    let okdesk = demo().await;
    okdesk
        .post(
            "issues/1/comments",
            json!({"comment": {"content": "а", "public": false}}),
        )
        .await;
    okdesk
        .post("issues/2/comments", json!({"comment": {"content": "б"}}))
        .await;
    okdesk
        .post("issues/2/comments", json!({"comment": {}}))
        .await;
    okdesk
        .sim
        .faults()
        .on("comments.list")
        .once(Fault::DropBefore);
    assert!(
        okdesk
            .http
            .get(okdesk.url("issues/2/comments"))
            .send()
            .await
            .is_err()
    );

    let recorder = okdesk.sim.recorder();
    let comments = || recorder.calls().to("comments.create");
    assert_eq!(comments().count(), 3);
    assert_eq!(comments().answered(422).only().number, 3);
    assert_eq!(
        comments().with("comment[public]", "false").only().path,
        "/api/v1/issues/1/comments"
    );
    assert_eq!(
        comments().without("comment[public]").answered(200).count(),
        1
    );
    assert_eq!(
        recorder.calls().at("issues/2/comments").by("POST").count(),
        2
    );
    assert_eq!(
        recorder.calls().unanswered().only().operation,
        "comments.list"
    );
    assert_eq!(recorder.calls().after(2).first().unwrap().number, 3);

    let (_, calls) = okdesk
        .see("calls?operation=comments.create&param=comment[content]=а")
        .await;
    assert_eq!(
        (calls.as_array().unwrap().len(), &calls[0]["number"]),
        (1, &json!(1))
    );
    let (_, calls) = okdesk
        .see("calls?path=issues/2/comments&method=POST&status=200")
        .await;
    assert_eq!(
        (calls.as_array().unwrap().len(), &calls[0]["number"]),
        (1, &json!(2))
    );
}

#[tokio::test]
async fn the_clock_is_moved_by_hand() {
    let okdesk = demo().await;
    let (_, clock) = okdesk
        .sim("clock", json!({"stop_at": "2030-05-01 09:15"}))
        .await;
    assert_eq!(
        clock,
        json!({"now": "2030-05-01T09:15:00.000+03:00", "stopped": true})
    );
    let (_, issue) = okdesk.post("issues", json!({"title": "Проба"})).await;
    assert_eq!(issue["created_at"], "2030-05-01T09:15:00.000+03:00");
    okdesk
        .sim("clock", json!({"advance_seconds": 100_000}))
        .await;
    let (_, overdue) = okdesk.get("issues/count?overdue=1&status[]=opened").await;
    assert!(
        overdue.as_array().unwrap().contains(&issue["id"]),
        "a day has passed: {overdue}"
    );
}

#[tokio::test]
async fn the_address_of_a_file_dies_after_thirty_seconds_and_wants_no_token() {
    let okdesk = demo().await;
    let clock = okdesk.sim.clock();
    clock.stop();
    let (_, issue) = okdesk.get("issues/1").await;
    let path = format!("issues/1/attachments/{}", issue["attachments"][0]["id"]);
    let (_, file) = okdesk.get(&path).await;
    let address: reqwest::Url = file["attachment_url"].as_str().unwrap().parse().unwrap();
    assert_ne!(address.port(), okdesk.sim.url().port(), "another origin");
    let fetch = async |url: reqwest::Url| {
        let first = okdesk.http.get(url).send().await.unwrap();
        match first.headers().get("location") {
            Some(on) => okdesk.http.get(on.to_str().unwrap()).send().await.unwrap(),
            None => first,
        }
    };
    clock.advance(Duration::from_secs(30));
    let png = fetch(address.clone()).await.bytes().await.unwrap();
    assert!(png.starts_with(b"\x89PNG"));
    assert_eq!(json!(png.len()), file["attachment_file_size"]);

    let mut with_token = address.clone();
    with_token
        .query_pairs_mut()
        .append_pair("api_token", &okdesk.token);
    assert_eq!(fetch(with_token).await.status(), 400);
    let mut forged = address.clone();
    forged.set_query(Some(
        &address.query().unwrap().replace("expires=", "expires=9"),
    ));
    assert_eq!(fetch(forged).await.status(), 403);
    clock.advance(Duration::from_millis(1));
    assert_eq!(fetch(address).await.status(), 403);
}

#[tokio::test]
async fn the_recorder_keeps_what_was_asked_but_no_token() {
    let okdesk = demo().await;
    let form = reqwest::multipart::Form::new()
        .text("issue[title]", "Проба")
        .text("issue[observer_ids][]", "2")
        .part(
            "issue[attachments][0][attachment]",
            file("имя с пробелом.txt", b"abc"),
        );
    okdesk.multipart("issues", form).await;
    okdesk
        .get("issues/list?page[size]=5&status_codes[]=opened")
        .await;
    let recorder = okdesk.sim.recorder();
    let created = recorder.last("issues.create").unwrap();
    assert_eq!(created.param("issue[title]").as_deref(), Some("Проба"));
    assert_eq!(created.list("issue[observer_ids]"), ["2"]);
    let (name, content) = created.file("issue[attachments][0][attachment]").unwrap();
    assert_eq!((name, &content[..]), ("имя с пробелом.txt", &b"abc"[..]));
    assert_eq!(
        recorder
            .last("issues.list")
            .unwrap()
            .param("page[size]")
            .as_deref(),
        Some("5")
    );
    assert!(!format!("{:?}", recorder.all()).contains(&okdesk.token));
    let (_, calls) = okdesk.see("calls?operation=issues.list").await;
    assert_eq!(calls[0]["status"], 200);
    assert!(!calls.to_string().contains(&okdesk.token));
}

#[tokio::test]
async fn the_recorder_forgets_large_answers_first() {
    let okdesk = Okdesk::start().await;
    let large = "x".repeat(9 * 1024 * 1024);
    for _ in 0..9 {
        okdesk
            .post("issues", json!({"title": "t", "more": large}))
            .await;
    }
    let kept = okdesk.sim.recorder().all();
    assert_eq!(kept.len(), 7, "64 MiB are kept");
    assert_eq!((kept[0].number, kept[6].number), (3, 9));
    assert!(kept[6].body.len() > large.len());
}

#[tokio::test]
async fn an_account_outlives_its_program() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().join("okdesk.json");
    let okdesk = demo().await;
    okdesk.sim.save(&state).unwrap();
    let before = okdesk.sim.snapshot();
    let token = okdesk.token.clone();
    drop(okdesk);
    let mut again = Okdesk::from(Simulator::builder().state_file(&state)).await;
    again.token = token;
    let after = again.sim.snapshot();
    assert_eq!(before["companies"], after["companies"]);
    assert_eq!(
        before["issues"].as_array().unwrap().len(),
        after["issues"].as_array().unwrap().len()
    );
    assert_eq!(again.get("issues/1").await.0, 200, "keys are kept too");
    let png = again
        .see(&format!(
            "files/{}",
            after["issues"][0]["attachments"][0]["id"]
        ))
        .await;
    assert_eq!(png.0, 200);
}

#[tokio::test]
async fn recorded_traffic_is_told_again_without_secrets() {
    #[derive(Clone, Default)]
    struct Lines(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);
    impl std::io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let lines = Lines::default();
    let okdesk = demo().await;
    okdesk.sim.recorder().write_to(lines.clone());
    let told = okdesk.text("issues/list?page[size]=2").await;
    okdesk
        .post(
            "users/sign_in",
            json!({"login": "orlova", "password": "administrator"}),
        )
        .await;
    okdesk.sim.turn_on(Switch::LoginLinkAsUrl);
    let user = json!({"user_type": "contact", "user_id": 1});
    let (_, link) = okdesk.post("login_link", user).await;
    let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    assert_eq!(text.lines().count(), 3);
    let (_, code) = link["url"].as_str().unwrap().split_once("token=").unwrap();
    assert!(
        !text.contains(code),
        "a link that signs in, whatever it is called: {text}"
    );
    assert!(
        !text.contains(&okdesk.token) && !text.contains("administrator"),
        "{text}"
    );

    let empty = Okdesk::start().await;
    empty.sim.replay(text.as_bytes()).unwrap();
    assert_eq!(empty.text("issues/list?page[size]=2").await, told);
    assert_eq!(
        empty.get("issues/list").await.1,
        json!([]),
        "what was not recorded, the account answers"
    );
}

#[tokio::test]
async fn webhooks_get_lost_repeated_and_out_of_order_when_told() {
    let hooks = simulator_support::Receiver::start(204).await;
    let okdesk = demo().await;
    okdesk
        .sim("webhooks", json!({"url": hooks.url.as_str()}))
        .await;
    let staff = okdesk.sim.staff("Иван Соколов");
    let webhooks = okdesk.sim.webhooks();
    let issue = 5.into();
    webhooks.lose(1);
    staff.comment(issue, "1").send().unwrap();
    webhooks.repeat(1);
    staff.comment(issue, "2").send().unwrap();
    webhooks.hold();
    staff.comment(issue, "3").send().unwrap();
    staff.comment(issue, "4").send().unwrap();
    webhooks.release_reversed();
    webhooks.settled().await;
    let said: Vec<Value> = hooks
        .events()
        .iter()
        .map(|body| body["event"]["comment"]["content"].clone())
        .collect();
    assert_eq!(said, ["2", "2", "4", "3"]);
    let (_, seen) = okdesk.see("webhooks").await;
    assert_eq!(seen["deliveries"][0]["outcome"], "lost");
    assert_eq!(seen["deliveries"][1]["status"], 204);
}

#[tokio::test]
async fn a_login_link_signs_in_once_and_expires() {
    let okdesk = demo().await;
    let body = json!({"user_type": "contact", "user_id": 1, "expire_after": 10, "one_time": true});
    let (_, link) = okdesk.post("login_link", body.clone()).await;
    assert_eq!(link["user_first_name"], "Анна");
    let follow = async |link: &Value| {
        okdesk
            .http
            .get(link.as_str().unwrap())
            .send()
            .await
            .unwrap()
            .status()
            .as_u16()
    };
    assert_eq!(follow(&link["login_link"]).await, 200);
    assert_eq!(
        follow(&link["login_link"]).await,
        403,
        "it was for one time"
    );
    let (_, link) = okdesk.post("login_link", body.clone()).await;
    okdesk.sim.clock().advance(Duration::from_secs(601));
    assert_eq!(
        follow(&link["login_link"]).await,
        403,
        "ten minutes are over"
    );
    okdesk.sim.turn_on(Switch::LoginLinkAsUrl);
    let (_, link) = okdesk.post("login_link", body).await;
    assert_eq!(follow(&link["url"]).await, 200);
}

#[tokio::test]
async fn a_reset_begins_again() {
    let okdesk = demo().await;
    let first = okdesk.sim.snapshot();
    okdesk.post("issues", json!({"title": "Проба"})).await;
    okdesk.sim.faults().on_any().always(Fault::Status(500));
    okdesk.sim.clock().stop();
    assert_eq!(okdesk.sim("reset", json!({})).await.0, 200);
    assert!(okdesk.sim.recorder().all().is_empty());
    let (status, issues) = okdesk.get("issues/list").await;
    assert_eq!(
        (status, issues.as_array().unwrap().len()),
        (200, 5),
        "the key still opens"
    );
    assert_eq!(okdesk.sim.snapshot()["companies"], first["companies"]);
    assert!(!okdesk.sim.clock().is_stopped());
}
