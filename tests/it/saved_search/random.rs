//! Random lives of signals, step by step: what is newly on a reader's list at a step, and was not before it, is what the
//! inbox tells of that step. The lists are the oracle; nothing of versions or grants is known here.

use std::collections::{BTreeMap, BTreeSet};

use foundation::clock::SECOND;
use serde_json::{Value, json};
use tests::world::{On, World};

use super::{INBOX, draft, save, text};

/// How many steps a world lives.
const STEPS: usize = 70;
/// Who searches, under which purpose: others than the owner, of a low rank among them; and the owner's side.
const READERS: [(&str, &str); 4] = [
    ("igj.inspector", "toezicht"),
    ("jenv.coordinator", "incidentonderzoek"),
    ("ilt.analyst", "toezicht"),
    ("ilt.data_steward", "toezicht"),
];

struct Dice(u64);

impl Dice {
    fn of(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % sides as u64).expect("less than the sides")
    }

    fn one<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.of(from.len())]
    }
}

fn filters(who: &str) -> Vec<Value> {
    let mut filters = vec![
        json!({}),
        json!({ "severities": { "in": ["SERIOUS", "CRITICAL"] } }),
        json!({ "text": "lek wagen", "states": { "notIn": ["RETRACTED"] } }),
        json!({ "regions": { "in": ["VR17"] }, "categories": { "notIn": ["youth-care"] } }),
        json!({ "parties": { "none": true }, "observedFrom": "2026-05-15T00:00:00Z" }),
    ];
    if !who.starts_with("igj") {
        filters.push(json!({ "circle": "cmj" }));
    }
    filters
}

/// One random change of a random signal; some are refused, as they would be.
async fn step(world: &World, dice: &mut Dice, signals: &mut Vec<String>) {
    if signals.len() < 4 || dice.of(9) == 0 {
        let more =
            json!({ "severity": dice.one(&["MINOR", "SERIOUS"]), "category": dice.one(&["chemicals", "youth-care"]) });
        signals.push(draft(world, dice.one(&["Lek", "Wagen", "Lek in een wagen"]), more).await);
        return;
    }
    let id = signals[dice.of(signals.len())].clone();
    let party = format!("pty_{}", tests::world::id("party").simple());
    let edits = [
        "severity: MINOR".to_owned(),
        "severity: SERIOUS".to_owned(),
        "severity: CRITICAL".to_owned(),
        "title: \"Lek\"".to_owned(),
        "narrative: \"Een wagen.\"".to_owned(),
        "narrative: \"Geen enkel woord.\"".to_owned(),
        "category: \"youth-care\"".to_owned(),
        "category: \"chemicals\"".to_owned(),
        "regions: [\"VR17\"]".to_owned(),
        "regions: []".to_owned(),
        format!("parties: [\"{party}\"]"),
        "parties: []".to_owned(),
        "observedFrom: \"2026-05-01T08:00:00Z\"".to_owned(),
        "observedFrom: \"2026-05-30T08:00:00Z\"".to_owned(),
        "note: \"nagekeken\"".to_owned(),
    ];
    let call = match dice.of(10) {
        0 | 1 => "publishSignal(ID, VERSION)".to_owned(),
        2 => format!(
            "labelSignal(ID, VERSION, labels: {{ tlp: {}, rank: {} }})",
            dice.one(&["GREEN", "GREEN", "AMBER", "RED"]),
            dice.one(&["INTERN", "VERTROUWELIJK", "DEPARTEMENTAAL_VERTROUWELIJK"])
        ),
        3 | 4 => {
            let to = dice.one(&[
                "organisation: \"igj\"",
                "everyone: true",
                "organisation: \"jenv\"",
                "circle: \"cmj\"",
            ]);
            let purpose = if to.starts_with("circle") {
                "incidentonderzoek"
            } else {
                dice.one(&["toezicht", "incidentonderzoek"])
            };
            format!("shareSignal(ID, grant: {{ to: {{ {to} }}, purpose: \"{purpose}\", legalBasis: \"demo\" }})")
        }
        5 => return revoke(world, dice, &id).await,
        6 if dice.of(4) == 0 => "retractSignal(ID, VERSION, reason: \"proef\")".to_owned(),
        _ => format!("editSignal(ID, VERSION, input: {{ {} }})", edits[dice.of(edits.len())]),
    };
    attempt(world, &id, &call).await;
}

async fn attempt(world: &World, id: &str, call: &str) {
    world.clock.advance(SECOND);
    let seen = "query ($id: ID!) { signal(id: $id) { version } }";
    let seen = world.data("ilt.inspector", "toezicht", seen, json!({ "id": id })).await;
    let call = call
        .replace("ID", &format!("id: \"{id}\""))
        .replace("VERSION", &format!("version: {}", seen["signal"]["version"]));
    let text = format!("mutation {{ {call} {{ warnings {{ code }} }} }}");
    let answer = world.ask("ilt.inspector", "toezicht", &text, json!({})).await;
    let code = answer["errors"][0]["extensions"]["code"].as_str().unwrap_or("none");
    let refused = ["none", "WRONG_STATE", "TLP_FORBIDS_GRANT"];
    assert!(refused.contains(&code), "{call}: {answer:#}");
}

async fn revoke(world: &World, dice: &mut Dice, id: &str) {
    world.clock.advance(SECOND);
    let grants = "query ($id: ID!) { signal(id: $id) { grants { id revokedAt } } }";
    let grants = world
        .data("ilt.inspector", "toezicht", grants, json!({ "id": id }))
        .await;
    let grants = grants["signal"]["grants"].as_array().expect("grants").clone();
    let live: Vec<&Value> = grants.iter().filter(|grant| grant["revokedAt"].is_null()).collect();
    if live.is_empty() {
        return;
    }
    let end = "mutation ($id: ID!) { revokeGrant(grantId: $id) { warnings { code } } }";
    let grant = live[dice.of(live.len())]["id"].clone();
    world
        .ask("ilt.inspector", "toezicht", end, json!({ "id": grant }))
        .await;
}

/// A search with what was on its list at the last step, and since when.
struct Known {
    who: &'static str,
    purpose: &'static str,
    search: String,
    filter: Value,
    listed: BTreeMap<String, Option<String>>,
}

impl Known {
    /// What is on the list now; what was there when it was saved is on it since no step.
    async fn look(&mut self, world: &World, first: bool) {
        let list = "query ($f: SignalFilter) { signals(filter: $f, first: 500) { nodes { id } } }";
        let list = world
            .data(self.who, self.purpose, list, json!({ "f": self.filter }))
            .await;
        let nodes = list["signals"]["nodes"].as_array().expect("a list");
        let now = jiff::Timestamp::from_microsecond(world.clock.now())
            .expect("in range")
            .to_string();
        let listed = nodes.iter().map(|node| {
            let id = text(&node["id"]);
            let since = self.listed.get(&id).cloned();
            let since = since.unwrap_or_else(|| (!first).then(|| now.clone()));
            (id, since)
        });
        self.listed = listed.collect();
    }

    fn expected(&self) -> BTreeSet<(String, String, String)> {
        let since = |(id, since): (&String, &Option<String>)| Some((self.search.clone(), id.clone(), since.clone()?));
        self.listed.iter().filter_map(since).collect()
    }
}

/// What the inbox tells, a small page at a time: which search found what, when.
async fn told(world: &World, who: &str, purpose: &str) -> BTreeSet<(String, String, String)> {
    let (mut all, mut after) = (Vec::new(), Value::Null);
    loop {
        let page = json!({ "first": 7, "after": after });
        let page = world.data(who, purpose, INBOX, page).await["inbox"].take();
        let nodes = page["nodes"].as_array().expect("items");
        let found = nodes.iter().filter(|node| node["kind"] == "MATCHED");
        all.extend(found.map(|node| {
            (
                text(&node["savedSearch"]["id"]),
                text(&node["signal"]["id"]),
                text(&node["at"]),
            )
        }));
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    let times: Vec<&String> = all.iter().map(|(_, _, at)| at).collect();
    assert!(times.windows(2).all(|pair| pair[0] >= pair[1]), "newest first");
    let set: BTreeSet<_> = all.iter().cloned().collect();
    assert_eq!(set.len(), all.len(), "each once");
    set
}

async fn agree(on: On, seed: u64) {
    let world = World::peopled(on).await;
    world
        .run("UPDATE account SET clearance = 1 WHERE name = 'igj.inspector'", vec![])
        .await;
    let (mut dice, mut signals) = (Dice(seed), Vec::new());
    for _ in 0..12 {
        step(&world, &mut dice, &mut signals).await;
    }
    world.clock.advance(SECOND);
    let mut searches = Vec::new();
    for (who, purpose) in READERS {
        for filter in filters(who) {
            let search = save(&world, who, purpose, filter.clone()).await;
            let mut known = Known {
                who,
                purpose,
                search,
                filter,
                listed: BTreeMap::new(),
            };
            known.look(&world, true).await;
            searches.push(known);
        }
    }
    let mut most = 0;
    for number in 0..STEPS {
        step(&world, &mut dice, &mut signals).await;
        for known in &mut searches {
            known.look(&world, false).await;
        }
        if number % 10 != 9 {
            continue;
        }
        for (who, purpose) in READERS {
            let of = searches
                .iter()
                .filter(|known| known.who == who && known.purpose == purpose);
            let expected: BTreeSet<_> = of.flat_map(Known::expected).collect();
            assert_eq!(
                told(&world, who, purpose).await,
                expected,
                "{on:?} seed {seed} step {number}: {who}"
            );
            most = most.max(expected.len());
        }
    }
    assert!(most > 10, "something was found: {most}");
}

#[tokio::test]
async fn what_is_newly_listed_is_told_on_sqlite() {
    for seed in [1, 2, 3] {
        agree(On::Sqlite, seed).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_newly_listed_is_told_on_postgres() {
    agree(On::Postgres, 4).await;
}
