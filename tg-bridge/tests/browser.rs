//! The same story as `story_http`, clicked and typed in a real browser against the page. Screenshots of each step stay
//! in `$CI_OUTPUT`, or in `target/screenshots`.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod story;

use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::key::Key;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use std::io::Write as _;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;
use story::Demo;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

const PATIENCE: Duration = Duration::from_secs(30);

/// A driver with its browser; both end with it.
struct Browser {
    page: Client,
    driver: Child,
    _profile: TempDir,
}

fn on_path(names: &[&str]) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    let mut places = std::env::split_paths(&folders)
        .flat_map(|folder| names.iter().map(move |name| folder.join(name)));
    places.find(|place| place.is_file())
}

/// The browser and its driver, where the machine has them.
fn installed() -> Option<(PathBuf, PathBuf)> {
    let browser = on_path(&[
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
    ]);
    let driver = on_path(&["chromedriver"]);
    if let (Some(browser), Some(driver)) = (&browser, &driver) {
        return Some((browser.clone(), driver.clone()));
    }
    let missing =
        format!("no browser to click with: chromium {browser:?}, chromedriver {driver:?}");
    assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "{missing}");
    // Not by `eprintln`, which the test harness keeps to itself.
    let _ = writeln!(
        std::io::stderr(),
        "SKIPPED: {missing}; install them with `apt-get install chromium chromium-driver`"
    );
    None
}

impl Browser {
    async fn open(
        (browser, driver): &(PathBuf, PathBuf),
        (width, height): (u32, u32),
        phone: bool,
    ) -> Self {
        let mut driver = Command::new(driver)
            .arg("--port=0")
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
        let port = loop {
            let line = lines
                .next_line()
                .await
                .unwrap()
                .expect("chromedriver ended early");
            if let Some((_, port)) = line.split_once("successfully on port ") {
                break port.trim_end_matches('.').to_owned();
            }
        };
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let profile = tempfile::tempdir().unwrap();
        let mut args: Vec<String> = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run \
            --disable-background-networking --disable-component-update --disable-sync --force-color-profile=srgb"
            .split_whitespace()
            .map(str::to_owned)
            .collect();
        args.push(format!("--user-data-dir={}", profile.path().display()));
        args.push(format!("--window-size={width},{height}"));
        let mut options = json!({ "binary": browser, "args": args });
        if phone {
            options["mobileEmulation"] =
                json!({ "deviceMetrics": { "width": width, "height": height, "pixelRatio": 2.0 } });
        }
        let Value::Object(capabilities) =
            json!({ "goog:chromeOptions": options, "goog:loggingPrefs": { "browser": "ALL" } })
        else {
            unreachable!()
        };
        let page = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .unwrap();
        Self {
            page,
            driver,
            _profile: profile,
        }
    }

    /// Opens the page in Russian, whatever the machine speaks.
    async fn go(&self, url: &str) {
        self.page.goto(url).await.unwrap();
        self.page
            .execute(
                "localStorage.setItem('language', 'ru'); localStorage.setItem('theme', 'light')",
                vec![],
            )
            .await
            .unwrap();
        self.page.refresh().await.unwrap();
        self.see("#tickets button").await;
    }

    /// Waits until something is there and visible.
    async fn see(&self, css: &str) -> fantoccini::elements::Element {
        let begun = std::time::Instant::now();
        loop {
            for element in self.page.find_all(Locator::Css(css)).await.unwrap() {
                // An element that the page has just replaced by a newer one is gone by now; the next look finds that.
                if element.is_displayed().await.unwrap_or(false) {
                    return element;
                }
            }
            if begun.elapsed() > PATIENCE {
                self.shot("failed").await;
                panic!("waited in vain for {css}");
            }
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
    }

    async fn see_text(&self, css: &str, text: &str) {
        let begun = std::time::Instant::now();
        loop {
            let script = "return [...document.querySelectorAll(arguments[0])].some(node => node.textContent.includes(arguments[1]))";
            if self
                .page
                .execute(script, vec![json!(css), json!(text)])
                .await
                .unwrap()
                == true
            {
                return;
            }
            if begun.elapsed() > PATIENCE {
                self.shot("failed").await;
                panic!("waited in vain for «{text}» in {css}");
            }
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
    }

    async fn click(&self, css: &str) {
        let begun = std::time::Instant::now();
        while let Err(error) = self.see(css).await.click().await {
            // Moved or replaced between look and click, as happens to people too.
            assert!(
                begun.elapsed() < PATIENCE,
                "{css} cannot be clicked: {error}"
            );
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
    }

    async fn press(&self, key: Key) {
        let keys = KeyActions::new("keyboard".into())
            .then(KeyAction::Down { value: key.into() })
            .then(KeyAction::Up { value: key.into() });
        self.page.perform_actions(keys).await.unwrap();
    }

    /// Walks with Tab until the element is reached.
    async fn tab_to(&self, id: &str) {
        for _ in 0..40 {
            self.press(Key::Tab).await;
            if self
                .page
                .execute("return document.activeElement.id", vec![])
                .await
                .unwrap()
                == id
            {
                return;
            }
        }
        panic!("#{id} cannot be reached from the keyboard");
    }

    async fn shot(&self, name: &str) {
        let folder = std::env::var_os("CI_OUTPUT").map_or_else(
            || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/screenshots"),
            PathBuf::from,
        );
        std::fs::create_dir_all(&folder).unwrap();
        // Nothing of the page moves longer than this, and a picture in motion shows nothing.
        let still = "const done = arguments[0]; Promise.allSettled(document.getAnimations().map(a => a.finished)).then(() => done())";
        self.page.execute_async(still, vec![]).await.unwrap();
        std::fs::write(
            folder.join(format!("demo-{name}.png")),
            self.page.screenshot().await.unwrap(),
        )
        .unwrap();
    }

    async fn close(mut self) {
        self.page.close().await.unwrap();
        self.driver.kill().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_story_clicked_in_a_browser() {
    let Some(installed) = installed() else { return };
    let demo = Demo::start().await;
    let browser = Browser::open(&installed, (1440, 940), false).await;
    browser.go(&demo.url).await;
    browser.shot("1-opened").await;

    // The first step with the keyboard alone.
    browser.tab_to("start").await;
    browser.press(Key::Enter).await;
    browser.click("[data-callback='consent:1']").await;
    browser.click("[data-callback='register:person']").await;
    browser.see("#keys button").await;
    browser.shot("2-registration").await;
    browser.click("#keys button").await;

    browser.click("[data-callback='new']").await;
    browser.see("[data-callback='cancel']").await;
    browser.click("#attach summary").await;
    browser.click("#pick-sample").await;
    browser.see("#chat-staged li:nth-child(2)").await;
    let field = browser.see("#chat-text").await;
    field
        .send_keys("Принтер на третьем этаже печатает полосы. Снимок и счёт прилагаю.")
        .await
        .unwrap();
    browser.press(Key::Enter).await;
    browser.click("[data-callback='submit']").await;

    // The new ticket opens on the desk by itself, with both files.
    browser
        .see_text("#ticket h3", "Принтер на третьем этаже")
        .await;
    browser.see("#ticket .files a[download$='.pdf']").await;
    browser.see_text("#log .words", "№").await;
    browser.shot("3-ticket").await;

    browser
        .see("#desk-text")
        .await
        .send_keys("Здравствуйте! Картридж заменим сегодня до 18:00.")
        .await
        .unwrap();
    browser.click(".say .row button:nth-child(2)").await;
    browser.see(".say .staged li").await;
    browser.click(".say .main").await;
    browser
        .see_text("#log .message:not(.own) .words", "Картридж заменим сегодня")
        .await;
    browser.see("#log .message:not(.own) .picture img").await;

    browser.click(".say label.internal").await;
    browser
        .see("#desk-text")
        .await
        .send_keys("Гарантия кончилась вчера, клиенту не говорить.")
        .await
        .unwrap();
    browser.shot("4-internal").await;
    browser.click(".say .main").await;
    browser
        .see_text(".comments .internal", "Гарантия кончилась")
        .await;

    // Hostile words stay words on both sides.
    browser.click(".say label.public").await;
    browser
        .see("#desk-text")
        .await
        .send_keys("<img src=x onerror=\"document.title='owned'\"> & <b>точка</b>")
        .await
        .unwrap();
    browser.click(".say .main").await;
    browser
        .see_text("#log .message:not(.own) .words", "точка")
        .await;

    browser.click("[data-status='completed']").await;
    browser
        .click("#log .inline [data-callback^='rate:'][data-callback$=':5']")
        .await;
    browser.see("#ticket .rate.good").await;
    browser.see_text("#steps", "Весь путь пройден").await;
    browser.shot("5-rated").await;

    let chat = browser.see("#log").await.text().await.unwrap();
    assert!(
        !chat.contains("Гарантия"),
        "the internal comment is in the chat: {chat}"
    );
    assert_eq!(browser.page.title().await.unwrap(), "tg-bridge demo");

    browser.click("#language").await;
    browser.see_text("#desk-status", "agent").await;
    browser.click("#theme").await;
    browser.shot("6-dark-english").await;
    browser.close().await;

    // The same account on a phone: one half at a time.
    let phone = Browser::open(&installed, (390, 844), true).await;
    phone.page.goto(&demo.url).await.unwrap();
    phone
        .page
        .execute("localStorage.setItem('language', 'ru')", vec![])
        .await
        .unwrap();
    phone.page.refresh().await.unwrap();
    phone.see("#log .message").await;
    phone.shot("7-phone-chat").await;
    phone.click("[data-go='desk']").await;
    phone.see("#tickets button").await;
    phone.shot("8-phone-tickets").await;
    phone.click(".filter [data-scope='all']").await;
    phone.click("#tickets li:first-child button").await;
    phone.see("#desk-text").await;
    phone.shot("9-phone-ticket").await;
    phone.fits_the_phone().await;
    phone.close().await;

    demo.stop("-INT").await;
}

/// What the chat shows of the bot.
const SAID: &str = "#log .message:not(.own) .words";

impl Browser {
    /// Starts a scenario from the menu, as a visitor does.
    async fn scenario(&self, name: &str) {
        self.click("#scenarios summary").await;
        self.click(&format!("[data-scenario='{name}']")).await;
    }

    async fn count(&self, css: &str, text: &str) -> u64 {
        let script = "return [...document.querySelectorAll(arguments[0])].filter(node => node.textContent.includes(arguments[1])).length";
        let found = self.page.execute(script, vec![json!(css), json!(text)]);
        found.await.unwrap().as_u64().unwrap()
    }

    async fn writes(&self, text: &str) {
        self.see("#chat-text").await.send_keys(text).await.unwrap();
        self.click("#chat-send").await;
    }

    async fn fits_the_phone(&self) {
        let wider =
            "return document.documentElement.scrollWidth > document.documentElement.clientWidth";
        let wider = self.page.execute(wider, vec![]).await.unwrap();
        assert_eq!(wider, false, "the page is wider than the phone");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_scenario_started_by_its_button_on_a_phone() {
    let Some(installed) = installed() else { return };
    let demo = Demo::start().await;
    let phone = Browser::open(&installed, (390, 844), true).await;
    phone.page.goto(&demo.url).await.unwrap();
    let language = "localStorage.setItem('language', 'ru'); localStorage.setItem('theme', 'light')";
    phone.page.execute(language, vec![]).await.unwrap();
    phone.page.refresh().await.unwrap();
    phone.click("#start").await;
    phone.click("[data-callback='consent:1']").await;
    phone.shot("10-phone-registration").await;
    phone.click("[data-callback='register:person']").await;
    phone.click("#keys button").await;
    phone.see("[data-callback='object:other']").await;
    phone.shot("11-phone-welcome").await;

    // A letter of three screens is asked about once, and becomes one issue.
    phone.scenario("huge").await;
    phone.click("[data-callback='submit']").await;
    phone.see_text(SAID, "создана").await;
    phone.fits_the_phone().await;
    phone.shot("12-phone-huge").await;

    // Five pictures are one album and one comment.
    phone.scenario("album").await;
    phone.see("#log .album .picture:nth-child(5)").await;
    phone.click("[data-callback^='add:']").await;
    phone.see_text(SAID, "Передано").await;
    phone.shot("13-phone-album").await;
    phone.click("[data-go='desk']").await;
    phone.see_text("#ticket h3", "Каждое утро").await;
    phone.see(".comments .files li:nth-child(5) img").await;
    phone.shot("14-phone-desk").await;

    // Put off until tomorrow, and due at another time.
    phone.click("[data-status='delayed']").await;
    phone.see_text("#ticket dl", "Отложена до").await;
    phone.shot("15-phone-delayed").await;
    phone.fits_the_phone().await;
    let due = "const field = document.getElementById('desk-deadline'); field.value = '2031-05-06T10:30'; field.dispatchEvent(new Event('change'))";
    phone.page.execute(due, vec![]).await.unwrap();
    let issue = demo.get("api/desk").await["account"]["issues"]
        .as_array()
        .unwrap()
        .last()
        .unwrap()["id"]
        .as_u64()
        .unwrap();
    demo.issue(issue, "the deadline", |issue| {
        issue["deadline_at"]
            .as_str()
            .is_some_and(|at| at.starts_with("2031-05-06"))
    })
    .await;
    phone.click("[data-go='chat']").await;
    phone.see_text(SAID, "Вернёмся к этому").await;

    // While Okdesk is down, the client is told so, and what was written arrives once it is back.
    phone.scenario("outage").await;
    phone.click("[data-go='desk']").await;
    phone.see_text("#desk-status", "Okdesk не отвечает").await;
    phone.shot("16-phone-outage-desk").await;
    phone.click("[data-go='chat']").await;
    phone.writes("В переговорной погас свет").await;
    phone.click("[data-callback='submit']").await;
    phone.see_text(SAID, "будет передана, как только").await;
    phone.shot("17-phone-outage").await;
    phone.scenario("recover").await;
    phone.see_text(SAID, "В переговорной погас свет").await;
    demo.issue(issue + 1, "the issue", |issue| {
        issue["title"].as_str().unwrap().contains("погас свет")
    })
    .await;
    let issue = issue + 1;
    phone.see_text(SAID, &format!("№ {issue} создана")).await;

    // Events told again say nothing again.
    demo.comment(issue, true, "Электрик выехал", &[]).await;
    phone.see_text(SAID, "Электрик выехал").await;
    phone.scenario("repeat").await;
    demo.comment(issue, true, "Электрик приехал", &[]).await;
    phone.see_text(SAID, "Электрик приехал").await;
    assert_eq!(phone.count(SAID, "Электрик выехал").await, 1);

    // Who blocks the bot hears nothing, and of what was missed on coming back.
    phone.scenario("block").await;
    phone.see("#start").await;
    phone.shot("18-phone-blocked").await;
    demo.comment(issue, true, "Свет есть", &[]).await;
    demo.issue(issue, "a note for staff", |issue| {
        issue.to_string().contains("Клиент недоступен в Telegram")
    })
    .await;
    phone.scenario("unblock").await;
    phone.see_text(SAID, "Пока я не мог вам написать").await;
    phone.shot("19-phone-back").await;
    assert_eq!(phone.count(SAID, "Свет есть").await, 0);
    phone.fits_the_phone().await;

    let told = "return document.querySelectorAll('#toasts .error').length";
    assert_eq!(
        phone.page.execute(told, vec![]).await.unwrap(),
        0,
        "no button failed"
    );
    let violations = demo.get("api/chat/violations").await;
    assert_eq!(violations, json!([]));
    phone.close().await;
    demo.stop("-INT").await;
}
