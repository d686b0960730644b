//! What is thrown at the platform, and what became of it: a ledger that knows what must be there.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use tests::caller::Caller;
use tests::signals::{RECORD, REVOKE, SHARE, grant, input, item};
use tests::stand::Behind;
use uuid::Uuid;

/// Signals of one delivery.
pub const ITEMS: usize = 20;

const UPSERT: &str = "mutation ($profile: String!, $items: [ImportItem!]!, $key: String) {
    upsertSignals(profile: $profile, items: $items, idempotencyKey: $key) {
        results { line outcome id version errors { code } } } }";
const GRANTS: &str = "query ($id: ID!) { signal(id: $id) { grants { id revokedAt } } }";

/// Something that is asked while the platform may die.
#[derive(Clone, Debug)]
pub enum Deed {
    /// A delivery under a key of its own; its signals bear the key as their title.
    Import { key: String, first: usize },
    /// A signal that nobody was granted yet.
    Share { signal: String },
    /// The only grant of a signal.
    Revoke { signal: String, grant: String },
    /// A draft with a title of its own.
    Record { title: String },
}

/// What became of a deed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// Its answer came.
    Answered,
    /// No answer came, and it stands.
    Stands,
    /// No answer came, and nothing of it is there.
    Nothing,
}

impl Deed {
    /// Its name in the table.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Import { .. } => "import",
            Self::Share { .. } => "share",
            Self::Revoke { .. } => "revoke",
            Self::Record { .. } => "record",
        }
    }

    /// How it is asked.
    pub fn asked(&self, profile: &str) -> (&'static str, Value) {
        match self {
            Self::Import { key, first } => {
                let items: Vec<Value> = (*first..first + ITEMS).map(|line| item(line, key)).collect();
                (UPSERT, json!({ "profile": profile, "items": items, "key": key }))
            }
            Self::Share { signal } => (SHARE, json!({ "id": signal, "grant": grant("igj", "risicoanalyse") })),
            Self::Revoke { grant, .. } => (REVOKE, json!({ "id": grant })),
            Self::Record { title } => (RECORD, json!({ "input": input(title) })),
        }
    }
}

/// Whoever looks into things after the platform is back.
pub struct Witnesses<'w> {
    pub casesystem: &'w Caller,
    pub inspector: &'w Caller,
    pub behind: &'w Behind,
    pub profile: &'w str,
}

impl Witnesses<'_> {
    /// The owner's view of a signal's grants: id, and whether it is revoked.
    async fn grants(&self, signal: &str) -> Vec<(String, bool)> {
        let told = self.inspector.data(GRANTS, json!({ "id": signal })).await;
        let grants = told["signal"]["grants"].as_array().expect("the owner sees it").clone();
        let grant = |grant: &Value| {
            let id = grant["id"].as_str().expect("an id").to_owned();
            (id, !grant["revokedAt"].is_null())
        };
        grants.iter().map(grant).collect()
    }

    async fn titled(&self, title: &str) -> Vec<String> {
        let text = format!("SELECT {} FROM signal WHERE title = ?", self.behind.hex("id"));
        self.behind.texts(&text, vec![title.into()]).await
    }
}

/// What must be there, and who must see it.
#[derive(Default)]
pub struct Ledger {
    /// Every signal of the drill.
    pub all: BTreeSet<String>,
    /// Those whose receiver sees them.
    pub visible: BTreeSet<String>,
    /// Shared by hand, with the grant: what can be revoked.
    pub shared: BTreeMap<String, String>,
    /// Those whose only grant was revoked.
    pub revoked: BTreeSet<String>,
}

impl Ledger {
    /// Looks what became of a deed, holds it against its answer, repeats what is not there, and enters it.
    pub async fn settle(&mut self, deed: &Deed, answer: Option<Value>, by: &Witnesses<'_>) -> Fate {
        let stood = match deed {
            Deed::Import { key, .. } => self.import(deed, key, answer.as_ref(), by).await,
            Deed::Share { signal } => self.share(deed, signal, answer.as_ref(), by).await,
            Deed::Revoke { signal, grant } => self.revoke(deed, (signal, grant), by).await,
            Deed::Record { title } => self.record(title, answer.as_ref(), by).await,
        };
        match (answer.is_some(), stood) {
            (true, true) => Fate::Answered,
            (true, false) => panic!("LOST: {deed:?} was answered and is not there"),
            (false, true) => Fate::Stands,
            (false, false) => Fate::Nothing,
        }
    }

    /// All of a delivery is there, or nothing; under its key it is the same again and comes once.
    async fn import(&mut self, deed: &Deed, key: &str, answer: Option<&Value>, by: &Witnesses<'_>) -> bool {
        let before: BTreeSet<String> = by.titled(key).await.into_iter().collect();
        assert!(
            before.is_empty() || before.len() == ITEMS,
            "half of {deed:?}: {}",
            before.len()
        );
        let (query, variables) = deed.asked(by.profile);
        let again = by.casesystem.data(query, variables).await;
        if let Some(answer) = answer {
            assert_eq!(answer, &again, "the same again under its key has the same answer");
        }
        let results = again["upsertSignals"]["results"].as_array().expect("results").clone();
        let mut told = BTreeSet::new();
        for result in &results {
            assert_eq!(result["outcome"], "CREATED", "{result:#}");
            told.insert(
                result["id"]
                    .as_str()
                    .expect("an id")
                    .trim_start_matches("sig_")
                    .to_owned(),
            );
        }
        let after: BTreeSet<String> = by.titled(key).await.into_iter().collect();
        assert_eq!(told, after, "{deed:?}");
        assert!(before.is_empty() || before == after, "the same ids: {deed:?}");
        for id in after {
            let id = format!("sig_{id}");
            self.visible.insert(id.clone());
            self.all.insert(id);
        }
        !before.is_empty()
    }

    async fn share(&mut self, deed: &Deed, signal: &str, answer: Option<&Value>, by: &Witnesses<'_>) -> bool {
        let grants = by.grants(signal).await;
        assert!(grants.len() <= 1, "granted once: {grants:?}");
        let stood = grants.first().cloned();
        if let Some(answer) = answer {
            let told = &answer["shareSignal"]["signal"]["grants"][0]["id"];
            let there = stood.as_ref().map(|(id, _)| json!(id));
            assert_eq!(Some(told), there.as_ref(), "LOST: {deed:?} was answered");
        }
        if stood.is_none() {
            let (query, variables) = deed.asked(by.profile);
            by.inspector.data(query, variables).await;
        }
        let (grant, revoked) = by.grants(signal).await.pop().expect("it is shared now");
        assert!(!revoked, "{deed:?}");
        self.visible.insert(signal.to_owned());
        self.shared.insert(signal.to_owned(), grant);
        stood.is_some()
    }

    async fn revoke(&mut self, deed: &Deed, (signal, grant): (&str, &str), by: &Witnesses<'_>) -> bool {
        let grants = by.grants(signal).await;
        assert_eq!(grants.len(), 1, "{grants:?}");
        let stood = grants[0].1;
        assert_eq!(grants[0].0, grant);
        if !stood {
            let (query, variables) = deed.asked(by.profile);
            by.inspector.data(query, variables).await;
        }
        self.visible.remove(signal);
        self.shared.remove(signal);
        self.revoked.insert(signal.to_owned());
        stood
    }

    async fn record(&mut self, title: &str, answer: Option<&Value>, by: &Witnesses<'_>) -> bool {
        let found = by.titled(title).await;
        assert!(found.len() <= 1, "recorded once: {found:?}");
        if let Some(answer) = answer {
            let told = answer["recordSignal"]["signal"]["id"].as_str().expect("an id");
            assert_eq!(found, [told.trim_start_matches("sig_")], "LOST: {title} was answered");
        }
        self.all.extend(found.iter().map(|id| format!("sig_{id}")));
        !found.is_empty()
    }

    /// Enters a signal that was published before anything was thrown.
    pub fn published(&mut self, signal: &str) {
        self.all.insert(signal.to_owned());
    }
}

/// The lines that say that this account read this record.
pub async fn reads(behind: &Behind, account: &str, id: &str) -> i64 {
    let record: Uuid = id.trim_start_matches("sig_").parse().expect("an id of ours");
    let text = "SELECT COUNT(*) FROM processing_log p JOIN audit_log a ON a.request_id = p.request_id
        WHERE p.operation = 'read' AND a.subject = ? AND p.record_ids LIKE ?";
    behind
        .number(text, vec![account.into(), format!("%{}%", record.simple()).into()])
        .await
}
