//! How long `samenzicht demo` takes to its first answer, with seeding and without, and its memory when nobody asks.

use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use samenzicht::commands::demo::{PURPOSE, QUERY, VISITOR};
use serde_json::{Value, json};

use super::Report;
use super::ask::{Asker, middle};
use super::process::memory_of;
use crate::processes::command;
use crate::signer::Signer;
use crate::stand::any_port;

const PATIENCE: Duration = Duration::from_secs(120);
/// After so long without a question it is at rest.
const REST: Duration = Duration::from_secs(20);
const LATER: usize = 5;

/// A demo's process; ended when dropped.
struct Demo(Child);

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = std::process::Command::new("kill")
            .args(["-INT", &self.0.id().to_string()])
            .status();
        let _ = self.0.wait();
    }
}

/// Starts it; the process and the seconds to its first answer.
async fn first_answer(data: &Path) -> (Demo, f64) {
    let free = || any_port().local_addr().expect("an address");
    let (door, provider) = (free(), free());
    let setting = |name: &str, value: String| (format!("SAMENZICHT__{name}"), value);
    let environment = [
        setting("DEMO__PROVIDER_LISTEN", provider.to_string()),
        setting("GATEWAY__LISTEN", door.to_string()),
    ];
    let arguments = [
        "demo",
        "--data",
        &data.display().to_string(),
        "--listen",
        &door.to_string(),
    ]
    .map(str::to_owned);
    let began = Instant::now();
    let demo = command(&arguments, &environment)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let demo = Demo(demo.expect("the binary runs"));
    let (keys, issuer) = (data.join("keys"), format!("http://{provider}/idp"));
    let url = format!("http://{door}/graphql");
    let mut asker: Option<Asker> = None;
    while began.elapsed() < PATIENCE {
        if asker.is_none() && keys.join("signing-keys.json").is_file() {
            let token = Signer::of_provider(&issuer, &keys).token(VISITOR, 3600);
            asker = Some(Asker::new(&url, &token, PURPOSE, QUERY, &json!({})));
        }
        if let Some(asker) = &asker
            && let Ok(Ok(bytes)) = tokio::time::timeout(Duration::from_millis(500), asker.send()).await
            && let Ok(answer) = serde_json::from_slice::<Value>(&bytes)
            && answer["data"]["signals"]["nodes"]
                .as_array()
                .is_some_and(|nodes| !nodes.is_empty())
        {
            return (demo, began.elapsed().as_secs_f64());
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("the demo does not answer within {PATIENCE:?}");
}

/// Measures, and tells.
pub async fn start(report: &mut Report) {
    let folder = tempfile::tempdir().expect("a folder");
    let (demo, first) = first_answer(folder.path()).await;
    tokio::time::sleep(REST).await;
    let memory = memory_of(demo.0.id());
    drop(demo);
    let mut later = Vec::new();
    for _ in 0..LATER {
        let (demo, seconds) = first_answer(folder.path()).await;
        later.push(seconds);
        drop(demo);
    }
    report.figure("start", json!({ "first": first, "later": later, "memory": memory }));
    report.row(
        "`samenzicht demo` to first answer, with seeding",
        "≤ 5 s",
        format!("{first:.1} s"),
        first <= 5.0,
    );
    let later = middle(later);
    report.row(
        "`samenzicht demo` to first answer, later",
        "≤ 2 s",
        format!("{later:.2} s"),
        later <= 2.0,
    );
    report.row("memory at rest", "≤ 200 MB", format!("{memory} MiB"), memory <= 190);
}
