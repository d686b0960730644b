//! A reader that keeps a copy by the change feed, over HTTP, from a platform that dies now and then.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::{Value, json};
use tests::caller::Caller;

use super::ground::answered;

const CHANGES: &str = "query ($first: Int!, $after: String) { changes(first: $first, after: $after) {
    nodes { kind id signal { id version } } cursor hasMore } }";

/// Between two looks of a copy that has all there is.
const PAUSE: Duration = Duration::from_millis(2);

/// A copy, and the cursor at which it stands.
#[derive(Clone, Default)]
pub struct Copy {
    pub records: BTreeMap<String, i64>,
    cursor: Option<String>,
    /// Every id that this copy was ever told as seen, and in how many pages.
    pub seen: BTreeMap<String, i64>,
    /// Every id that this copy was ever told as gone.
    pub gone: BTreeSet<String>,
    /// How many pages were answered.
    pub pages: u64,
}

impl Copy {
    /// Asks for one page; whether there is more, or nothing when nobody answers.
    pub async fn page(&mut self, caller: &Caller, first: usize) -> Option<bool> {
        let asked = json!({ "first": first, "after": self.cursor });
        let page = answered(caller, CHANGES, &asked).await?["changes"].take();
        let mut told = BTreeSet::new();
        for change in page["nodes"].as_array().expect("changes") {
            let id = change["id"].as_str().expect("an id").to_owned();
            if change["kind"] == "REMOVED" {
                assert!(change["signal"].is_null(), "{change:#}");
                self.records.remove(&id);
                self.gone.insert(id);
                continue;
            }
            let version = change["signal"]["version"].as_i64().expect("a number");
            let before = self.records.insert(id.clone(), version);
            assert!(before <= Some(version), "{id} goes back from {before:?} to {version}");
            told.insert(id);
        }
        // A record may stand in a page twice, when its channel is new to the copy; its line is one.
        for id in told {
            *self.seen.entry(id).or_default() += 1;
        }
        self.cursor = page["cursor"].as_str().map(str::to_owned);
        self.pages += 1;
        Some(page["hasMore"] == Value::Bool(true))
    }

    /// Reads in small pages until told to stop, or until nobody answers; the copy as it stands then.
    pub async fn follow(mut self, caller: Caller, stop: Arc<AtomicBool>) -> Self {
        while !stop.load(Ordering::Relaxed) {
            match self.page(&caller, 5).await {
                None => break,
                Some(true) => {}
                Some(false) => tokio::time::sleep(PAUSE).await,
            }
        }
        self
    }

    /// Takes all there is.
    pub async fn level(&mut self, caller: &Caller) {
        while self.page(caller, 200).await.expect("the platform lives") {}
    }
}
