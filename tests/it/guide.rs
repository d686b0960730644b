//! The guide to connecting, word for word: its blocks are taken out of the page and run against the demo.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tests::signals::{PUBLISH, REVOKE, SHARE, approved, input, recorded};
use tests::stand::{Shape, Stand};

/// The blocks of a language, in the order of the page.
fn blocks(language: &str) -> Vec<String> {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/connecting.md"));
    let page = page.expect("the guide can be read");
    let fence = format!("```{language}\n");
    page.split(&fence)
        .skip(1)
        .map(|text| text.split("```").next().expect("a block").to_owned())
        .collect()
}

/// A place to run what the guide says.
struct Desk {
    folder: tempfile::TempDir,
    environment: Vec<(&'static str, String)>,
}

impl Desk {
    fn of(stand: &Stand, account: &str, purpose: &str) -> Self {
        let (issuer, keys) = stand.sign_in();
        let environment = vec![
            ("API", format!("http://{}", stand.gateway)),
            ("ISSUER", issuer),
            ("KEYS", keys.display().to_string()),
            ("ACCOUNT", account.to_owned()),
            ("PURPOSE", purpose.to_owned()),
            ("STEWARD", stand.signer.token("ilt.steward", 3600)),
        ];
        let folder = tempfile::tempdir().expect("a folder");
        Self { folder, environment }
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).expect("it is written");
        path
    }

    fn command(&self, program: &str, script: &Path) -> Command {
        let mut command = Command::new(program);
        command.arg(script).current_dir(self.folder.path()).stdin(Stdio::null());
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    async fn run(&self, mut command: Command) -> String {
        let output: Output = tokio::task::spawn_blocking(move || command.output().expect("it runs"))
            .await
            .expect("it ends");
        let (told, errors) = (
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
        );
        assert!(output.status.success(), "{told}\n{errors}");
        told.into_owned()
    }

    fn copy(&self) -> Value {
        let text = std::fs::read_to_string(self.folder.path().join("copy.json")).expect("a copy");
        serde_json::from_str(&text).expect("a copy is JSON")
    }

    /// Waits until the copy is so.
    async fn until(&self, what: &str, so: impl Fn(&Value) -> bool) {
        for _ in 0..120 {
            if self.folder.path().join("copy.json").exists() && so(&self.copy()["signals"]) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
        panic!("{what}: {:#}", self.copy());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_steps_in_the_shell() {
    let stand = Stand::up(Shape::OneProcess).await;
    let desk = Desk::of(&stand, "ilt.casesystem", "toezicht");
    let script = desk.file("guide.sh", &format!("set -euo pipefail\n{}", blocks("bash").join("\n")));
    let told = desk.run(desk.command("bash", &script)).await;
    let objects: Vec<Value> = serde_json::Deserializer::from_str(&told)
        .into_iter()
        .map(|value| value.expect("JSON"))
        .collect();
    assert!(
        objects[0]["data"]["approveImportProfile"]["approvedAt"].is_string(),
        "{told}"
    );
    let outcomes: Vec<&Value> = objects[1..4].iter().map(|line| &line["outcome"]).collect();
    assert_eq!(outcomes, ["CREATED", "CREATED", "REJECTED"], "{told}");
    assert_eq!(objects[4]["summary"]["created"], 2);
    assert_eq!(
        (&objects[5]["changes"], &objects[5]["hasMore"]),
        (&json!([]), &json!(false))
    );
    assert_eq!(objects[6]["state"], "INSPECTION");
    assert_eq!(objects[7]["followUps"]["nodes"][0]["text"], "Bezocht op 12 mei.");
    stand.down().await;
}

/// A script keeps a copy in step through a revocation, while it runs and while it does not.
async fn keeps_a_copy(language: &str, program: &str, name: &str) {
    let stand = Stand::up(Shape::OneProcess).await;
    approved(
        &stand.caller("ilt.casesystem", "toezicht"),
        &stand.caller("ilt.steward", "toezicht"),
    )
    .await;
    let desk = Desk::of(&stand, "igj.casesystem", "risicoanalyse");
    let script = desk.file(name, &blocks(language).join("\n"));
    let once = || {
        let mut command = desk.command(program, &script);
        command.arg("--once");
        command
    };
    let ilt = stand.caller("ilt.inspector", "toezicht");
    let new = async |title: &str| {
        let signal = recorded(&ilt, input(title)).await;
        ilt.data(PUBLISH, json!({ "id": signal, "version": 1 })).await;
        let grant =
            json!({ "to": { "organisation": "igj" }, "purpose": "risicoanalyse", "legalBasis": "demo-uitwisseling" });
        let shared = ilt.data(SHARE, json!({ "id": signal, "grant": grant })).await;
        (signal, shared["shareSignal"]["signal"]["grants"][0]["id"].clone())
    };
    let (first, grant) = new("Eerste").await;
    desk.run(once()).await;
    let whole = desk.copy()["signals"].as_object().expect("signals").len();
    assert_eq!(desk.copy()["signals"][&first]["title"], "Eerste");
    // While it runs: what comes, and what goes.
    let mut running = desk.command(program, &script).spawn().expect("it runs");
    let (second, _) = new("Tweede").await;
    desk.until("it came", |signals| signals.get(&second).is_some()).await;
    ilt.data(REVOKE, json!({ "id": grant })).await;
    desk.until("it went", |signals| signals.get(&first).is_none()).await;
    running.kill().expect("it is stopped");
    running.wait().expect("it is gone");
    // While it does not: it goes on from where it stood.
    let (third, grant) = new("Derde").await;
    desk.run(once()).await;
    assert!(desk.copy()["signals"].get(&third).is_some());
    ilt.data(REVOKE, json!({ "id": grant })).await;
    desk.run(once()).await;
    assert_eq!(
        desk.copy()["signals"].as_object().expect("signals").len(),
        whole,
        "one went, one came"
    );
    stand.down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_in_python() {
    keeps_a_copy("python", "python3", "follow.py").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_in_typescript() {
    keeps_a_copy("typescript", "node", "follow.mjs").await;
}
