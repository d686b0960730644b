//! A reader that keeps a copy.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tests::dice::Dice;
use tests::world::World;

const CHANGES: &str = "query ($first: Int!, $after: String) { changes(first: $first, after: $after) {
    nodes { kind id signal { id version title state tlp rank remarks { nodes { text } } followUps { nodes { id } } } }
    cursor hasMore } }";
const TABLE: &str = "{ signals(first: 500) {
    nodes { id version title state tlp rank remarks { nodes { text } } followUps { nodes { id } } } } }";

/// Refusals of whoever does not stand now: a copy waits, or is given up, by its own keeper.
const NOT_NOW: [&str; 3] = ["FORBIDDEN", "ACCOUNT_SUSPENDED", "PURPOSE_NOT_HELD"];

/// A copy and the cursor at which it stands.
pub struct Copy {
    who: &'static str,
    purpose: &'static str,
    pub cursor: Option<String>,
    pub records: BTreeMap<String, Value>,
    before: Vec<(Option<String>, BTreeMap<String, Value>)>,
    /// What the reader has ever seen.
    pub ever: BTreeSet<String>,
    /// Whether what it has ever seen is not known.
    pub any: bool,
    /// The kinds of change that it was told.
    pub told: BTreeSet<&'static str>,
}

/// How long other worlds of a busy cluster may hold back what a copy is told.
const PATIENCE: Duration = Duration::from_secs(30);

/// Waits until no transaction of another world in the same cluster holds back what was committed in this one.
async fn settled(world: &World) {
    let held = "SELECT CAST(COUNT(*) AS TEXT) FROM signals_outbox
        WHERE tx >= pg_snapshot_xmin(pg_current_snapshot())::text::bigint";
    while world.name.is_some() && world.look(held, vec![]).await != ["0"] {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

impl Copy {
    /// An empty one.
    pub fn new(who: &'static str, purpose: &'static str) -> Self {
        Self {
            who,
            purpose,
            cursor: None,
            records: BTreeMap::new(),
            before: Vec::new(),
            ever: BTreeSet::new(),
            any: false,
            told: BTreeSet::new(),
        }
    }

    /// What the reader may see now; none when it does not stand.
    pub async fn table(&self, world: &World) -> Option<BTreeMap<String, Value>> {
        let answer = self.ask(world, TABLE, json!({})).await?;
        let nodes = answer["signals"]["nodes"].as_array().expect("a list").clone();
        let id = |node: &Value| node["id"].as_str().expect("an id").to_owned();
        Some(nodes.into_iter().map(|node| (id(&node), node)).collect())
    }

    async fn ask(&self, world: &World, query: &str, variables: Value) -> Option<Value> {
        let mut answer = world.ask(self.who, self.purpose, query, variables).await;
        let code = answer["errors"][0]["extensions"]["code"].as_str();
        if code.is_some_and(|code| NOT_NOW.contains(&code)) {
            return None;
        }
        assert_eq!(code, None, "{} under {}: {answer:#}", self.who, self.purpose);
        Some(answer["data"].take())
    }

    /// Takes some pages of any size, and may remember where it stood.
    pub async fn pull(&mut self, world: &World, dice: &mut Dice, pages: usize) {
        for _ in 0..pages {
            if dice.of(4) == 0 {
                self.before.push((self.cursor.clone(), self.records.clone()));
            }
            let size = 1 + dice.of(6);
            self.page(world, size).await;
        }
    }

    /// Takes a page; whether there is more.
    pub async fn page(&mut self, world: &World, size: usize) -> bool {
        let variables = json!({ "first": size, "after": self.cursor });
        let Some(mut answer) = self.ask(world, CHANGES, variables).await else {
            return false;
        };
        let page = answer["changes"].take();
        let nodes = page["nodes"].as_array().expect("changes");
        assert!(nodes.len() <= size, "{page:#}");
        for change in nodes {
            let id = change["id"].as_str().expect("an id").to_owned();
            if change["kind"] == "REMOVED" {
                assert!(change["signal"].is_null(), "{change:#}");
                assert!(
                    self.any || self.ever.contains(&id),
                    "{} was never {}'s to know",
                    id,
                    self.who
                );
                self.told.insert("REMOVED");
                self.records.remove(&id);
            } else {
                self.told.insert("UPSERTED");
                let (now, had) = (change["signal"].clone(), self.records.get(&id));
                let older = had.is_some_and(|had| had["version"].as_i64() > now["version"].as_i64());
                assert!(!older, "{}: {had:#?} came before {now:#}", self.who);
                self.records.insert(id, now);
            }
        }
        self.cursor = page["cursor"].as_str().map(str::to_owned);
        page["hasMore"] == true
    }

    /// Goes back to where it stood once, with the copy of then, or to nothing.
    pub fn go_back(&mut self, dice: &mut Dice) {
        let place = dice.of(self.before.len() + 1);
        (self.cursor, self.records) = self.before.get(place).cloned().unwrap_or_default();
    }

    /// Takes all there is, and is then what the reader sees. What other worlds of the cluster have under way may hold back
    /// what a copy is told: it asks again, as a case system does.
    pub async fn level(&mut self, world: &World, what: &str) {
        let began = Instant::now();
        loop {
            settled(world).await;
            let mut pages = 0;
            while self.page(world, 40).await {
                pages += 1;
                assert!(pages < 200, "{what}: {} is never told that it has all", self.who);
            }
            let Some(table) = self.table(world).await else {
                return;
            };
            if self.records == table {
                return;
            }
            let held = world.name.is_some() && began.elapsed() < PATIENCE;
            assert!(
                held,
                "{what}: {} under {}: {}",
                self.who,
                self.purpose,
                self.differs(&table)
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// How it differs from what the reader sees.
    fn differs(&self, table: &BTreeMap<String, Value>) -> String {
        let ids: BTreeSet<&String> = self.records.keys().chain(table.keys()).collect();
        let of = |id: &&String| {
            let (has, sees) = (self.records.get(*id), table.get(*id));
            (has != sees).then(|| format!("{id}: has {has:?}, sees {sees:?}"))
        };
        ids.iter().filter_map(of).collect::<Vec<_>>().join("\n")
    }
}
