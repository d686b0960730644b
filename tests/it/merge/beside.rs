//! What stands about a party beside its names: relations, sectors, holders, contacts, levels, covenants, counts and what
//! may be known of hidden signals. All of it follows a merge, and its undoing.

use serde_json::{Value, json};
use tests::world::{On, World};

use crate::access_request::{EXISTENCE, PUBLISH, RECORD, text};

const PARTY: &str = "query ($id: ID!) { party(id: $id) { id kept version legalName
    sectors { code } relations { nodes { role party { id } } pageInfo { hasNextPage } }
    accountHolders { id } contacts { nodes { summary } } supervision { mandate { law { code } } }
    supervisionLevels { level } supervisionHistory { totalCount { exactly } nodes { level party { id } } }
    covenants { totalCount { exactly } nodes { title parties { id } } } } }";
const ONE_BY_ONE: &str = "query ($id: ID!, $c: String, $l: String) { party(id: $id) {
    relations(first: 1) { nodes { role } pageInfo { hasNextPage } }
    contacts(first: 1, after: $c) { nodes { summary } pageInfo { hasNextPage endCursor } }
    supervisionHistory(first: 1, after: $l) { nodes { level } pageInfo { hasNextPage endCursor } } } }";
const COUNTS: &str = "{ signalCounts(by: [PARTY]) { total { exactly } breakdowns { buckets { key count { exactly }
    drillDown } } } }";
const LOOKERS: [&str; 4] = [
    "ilt.inspector",
    "ilt.account_holder",
    "nvwa.coordinator",
    "igj.inspector",
];

struct Stage {
    world: World,
    one: String,
    two: String,
    holding: String,
}

async fn registered(world: &World, who: &str, name: &str, sectors: &[&str]) -> String {
    let register = "mutation ($n: String!, $s: [String!]) { registerParty(
        input: { kind: COMPANY, legalName: $n, sectors: $s }) { party { id } } }";
    let made = world
        .registry_data(who, "toezicht", register, &json!({ "n": name, "s": sectors }))
        .await;
    text(&made["registerParty"]["party"]["id"])
}

/// A published signal of the ILT about parties.
async fn signal(world: &World, title: &str, parties: &[&String]) -> String {
    let input = json!({
        "title": title, "narrative": "Damp boven het emplacement.", "category": "chemicals", "severity": "SERIOUS",
        "observedFrom": "2026-05-30T08:00:00Z", "parties": parties, "labels": { "tlp": "AMBER" },
    });
    let made = world
        .data("ilt.inspector", "toezicht", RECORD, json!({ "i": input }))
        .await;
    let id = text(&made["recordSignal"]["signal"]["id"]);
    world
        .data("ilt.inspector", "toezicht", PUBLISH, json!({ "id": id }))
        .await;
    id
}

impl Stage {
    async fn set(on: On) -> Self {
        let world = World::peopled(on).await;
        let import = "mutation ($s: [SectorInput!]!) { importSectors(source: \"proef\", sectors: $s) { created } }";
        let sectors = json!({ "s": [{ "code": "H", "name": "Vervoer", "nameEn": "Transport" },
            { "code": "50", "name": "Over water", "nameEn": "By water", "parent": "H" }] });
        world
            .registry_data("ilt.administrator", "toezicht", import, &sectors)
            .await;
        let one = registered(&world, "ilt.inspector", "Rederij Voorbeeld", &["H"]).await;
        let two = registered(&world, "nvwa.inspector", "Reederij Voorbeeld", &["50", "H"]).await;
        let holding = registered(&world, "nvwa.inspector", "Holding Elders", &[]).await;
        let stage = Self {
            world,
            one,
            two,
            holding,
        };
        stage.relations().await;
        stage.levels().await;
        stage.signals().await;
        stage
    }

    async fn does(&self, who: &str, mutation: &str, input: Value) {
        self.world
            .registry_data(who, "toezicht", mutation, &json!({ "i": input }))
            .await;
    }

    async fn relations(&self) {
        let relate = "mutation ($i: PartyRelationInput!) { relateParties(input: $i) { id } }";
        for (party, role, other) in [
            (&self.one, "PARENT", &self.holding),
            (&self.two, "OPERATOR", &self.holding),
            (&self.one, "CHILD", &self.two),
        ] {
            let input = json!({ "partyId": party, "role": role, "otherId": other });
            self.does("nvwa.inspector", relate, input).await;
        }
        let assign = "mutation ($i: HolderInput!) { assignHolder(input: $i) { id } }";
        let held = json!({ "account": "ilt.account_holder", "partyId": self.two });
        self.does("ilt.coordinator", assign, held).await;
        let log = "mutation ($i: PartyContactInput!) { logContact(input: $i) { contact { id } } }";
        for (party, day, summary) in [
            (&self.one, 28, "Eerste"),
            (&self.two, 29, "Tweede"),
            (&self.one, 30, "Derde"),
        ] {
            let contact = json!({ "partyId": party, "at": format!("2026-05-{day}T08:00:00Z"), "kind": "TALK",
                "summary": summary });
            self.does("ilt.inspector", log, contact).await;
        }
    }

    async fn levels(&self) {
        let set =
            "mutation ($i: SupervisionLevelInput!) { setSupervisionLevel(input: $i) { supervisionLevel { id } } }";
        for (party, level, from) in [
            (&self.one, "REGULAR", "2026-01-01"),
            (&self.two, "INTENSIVE", "2026-02-01"),
        ] {
            let step = json!({ "party": party, "level": level, "reason": "Proef.", "from": from });
            self.does("ilt.inspector", set, step).await;
            self.world.clock.advance(1);
        }
        let record = "mutation ($i: CovenantInput!) { recordCovenant(input: $i) { covenant { id } } }";
        let covenant = json!({ "title": "Convenant", "parties": [self.two], "agreedInspections": 4,
            "participants": [{ "organisation": "ilt" }], "selfReport": { "duty": false }, "starts": "2026-01-01" });
        self.does("ilt.inspector", record, covenant).await;
    }

    async fn signals(&self) {
        signal(&self.world, "Een", &[&self.one]).await;
        signal(&self.world, "Beide", &[&self.two, &self.one]).await;
        let told = signal(&self.world, "Verteld", &[&self.two]).await;
        let tell = json!({ "id": told, "v": 2, "d": "TITLE", "c": false });
        self.world.data("ilt.inspector", "toezicht", EXISTENCE, tell).await;
    }

    /// What somebody sees of a party.
    async fn seen(&self, who: &str, party: &str) -> Value {
        let mut answer = self
            .world
            .registry_data(who, "toezicht", PARTY, &json!({ "id": party }))
            .await;
        answer["party"].take()
    }

    /// What may be known of signals about a party that are hidden.
    async fn known(&self, who: &str, party: &str) -> Value {
        let discover = "query ($p: ID!) { discoveries(about: { party: $p }) { nodes { id title } } }";
        let known = self.world.data(who, "toezicht", discover, json!({ "p": party })).await;
        known["discoveries"]["nodes"].clone()
    }

    async fn everything(&self) -> Vec<Value> {
        let mut all = Vec::new();
        for who in LOOKERS {
            for party in [&self.one, &self.two, &self.holding] {
                all.push(self.seen(who, party).await);
            }
        }
        all.push(self.known("igj.inspector", &self.one).await);
        all.push(self.known("igj.inspector", &self.two).await);
        all.push(self.world.data("ilt.inspector", "toezicht", COUNTS, json!({})).await);
        all
    }

    async fn merge(&self) {
        let merge = "mutation ($s: ID!, $d: ID!) { mergeParties(survivor: $s, duplicate: $d, reason: \"Zelfde.\") {
            parties { id } } }";
        let ids = json!({ "s": self.one, "d": self.two });
        self.world
            .registry_data("nvwa.coordinator", "toezicht", merge, &ids)
            .await;
    }

    /// Every bucket of a count is the length of the list behind it; by party: how many.
    async fn counted(&self) -> Vec<(Value, u64)> {
        let counts = self.world.data("ilt.inspector", "toezicht", COUNTS, json!({})).await;
        let mut counted = Vec::new();
        for bucket in counts["signalCounts"]["breakdowns"][0]["buckets"]
            .as_array()
            .expect("buckets")
        {
            let list = "query ($f: SignalFilter) { signals(filter: $f) { nodes { id } totalCount { exactly } } }";
            let listed = self
                .world
                .data("ilt.inspector", "toezicht", list, json!({ "f": bucket["drillDown"] }))
                .await;
            let count = &bucket["count"]["exactly"];
            assert_eq!(&listed["signals"]["totalCount"]["exactly"], count, "{bucket}");
            let nodes = listed["signals"]["nodes"].as_array().map(Vec::len);
            assert_eq!(json!(nodes), *count, "{bucket}");
            counted.push((bucket["key"].clone(), count.as_u64().expect("a number")));
        }
        counted
    }
}

fn values(list: &Value, field: &str) -> Vec<String> {
    let nodes = list.as_array().expect("a list").iter();
    nodes.map(|node| text(&node[field])).collect()
}

/// What has become one, as one sees it who sees most.
async fn is_one(stage: &Stage) {
    let (one, two, holding) = (&stage.one, &stage.two, &stage.holding);
    for who in LOOKERS {
        assert_eq!(stage.seen(who, one).await, stage.seen(who, two).await, "{who}");
    }
    let seen = stage.seen("ilt.inspector", one).await;
    assert_eq!(values(&seen["sectors"], "code"), ["50", "H"]);
    assert_eq!(
        values(&seen["relations"]["nodes"], "role"),
        ["PARENT", "OPERATOR"],
        "none with itself: {seen}"
    );
    assert_eq!(seen["accountHolders"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        values(&seen["contacts"]["nodes"], "summary"),
        ["Derde", "Tweede", "Eerste"]
    );
    assert_eq!(values(&seen["supervisionLevels"], "level"), ["INTENSIVE"]);
    assert_eq!(
        values(&seen["supervisionHistory"]["nodes"], "level"),
        ["INTENSIVE", "REGULAR"]
    );
    assert_eq!(seen["supervisionHistory"]["totalCount"]["exactly"], 2);
    assert_eq!(seen["covenants"]["nodes"][0]["parties"], json!([{ "id": one }]));
    // Who held the one holds the other, and keeps its log.
    let held = stage.seen("ilt.account_holder", one).await;
    assert_eq!(held["contacts"]["nodes"].as_array().map(Vec::len), Some(3), "{held}");
    assert_eq!(stage.seen("nvwa.coordinator", one).await["kept"], true);
    assert_eq!(stage.seen("igj.inspector", one).await["kept"], false);
    let others = stage.seen("ilt.inspector", holding).await;
    let related: Vec<&Value> = others["relations"]["nodes"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|node| &node["party"]["id"])
        .collect();
    assert_eq!(related, [&json!(one), &json!(one)]);
    let (mut contacts, mut levels) = (Vec::new(), Vec::new());
    let (mut contact, mut level) = (Value::Null, Value::Null);
    for place in 0..3 {
        let variables = json!({ "id": one, "c": contact, "l": level });
        let page = stage
            .world
            .registry_data("ilt.inspector", "toezicht", ONE_BY_ONE, &variables)
            .await["party"]
            .take();
        assert_eq!(page["relations"]["pageInfo"]["hasNextPage"], true);
        contacts.extend(values(&page["contacts"]["nodes"], "summary"));
        levels.extend(values(&page["supervisionHistory"]["nodes"], "level"));
        assert_eq!(page["contacts"]["pageInfo"]["hasNextPage"], place < 2);
        contact = page["contacts"]["pageInfo"]["endCursor"].clone();
        if place == 0 {
            level = page["supervisionHistory"]["pageInfo"]["endCursor"].clone();
        }
    }
    assert_eq!(contacts, ["Derde", "Tweede", "Eerste"], "page by page the same");
    assert_eq!(levels, ["INTENSIVE", "REGULAR", "REGULAR"], "page by page the same");
}

async fn followed(on: On) {
    let stage = Stage::set(on).await;
    let before = stage.everything().await;
    let counted: Vec<u64> = stage.counted().await.into_iter().map(|(_, count)| count).collect();
    assert_eq!(counted, [2, 2], "{on:?}");
    assert_eq!(stage.known("igj.inspector", &stage.one).await, json!([]), "{on:?}");

    stage.merge().await;
    is_one(&stage).await;
    assert_eq!(stage.counted().await, [(json!(stage.one), 3)], "{on:?}");
    let known = stage.known("igj.inspector", &stage.one).await;
    assert_eq!(values(&known, "title"), ["Verteld"], "{on:?}");
    assert_eq!(known, stage.known("igj.inspector", &stage.two).await, "{on:?}");
    for (filter, titles) in [
        (json!({ "parties": { "in": [stage.two] } }), 3),
        (json!({ "parties": { "all": [stage.two, stage.one] } }), 3),
        (json!({ "parties": { "notIn": [stage.two] } }), 0),
    ] {
        let list = "query ($f: SignalFilter) { signals(filter: $f) { nodes { id } totalCount { exactly } } }";
        let found = stage
            .world
            .data("ilt.inspector", "toezicht", list, json!({ "f": filter }))
            .await;
        assert_eq!(found["signals"]["totalCount"]["exactly"], titles, "{on:?}: {filter}");
    }
    // Whoever keeps what was merged may change what it became.
    let edit = "mutation ($id: ID!, $v: Int!) { editParty(id: $id, version: $v, input: { publicTask: \"Veer\" }) {
        party { id version } } }";
    let version = stage.seen("nvwa.inspector", &stage.two).await["version"].clone();
    let edited = stage
        .world
        .registry_data(
            "nvwa.inspector",
            "toezicht",
            edit,
            &json!({ "id": stage.two, "v": version }),
        )
        .await;
    assert_eq!(edited["editParty"]["party"]["id"], json!(stage.one), "{on:?}");

    let undo = "mutation ($d: ID!) { undoMerge(duplicate: $d) { parties { id } } }";
    let two = json!({ "d": stage.two });
    stage
        .world
        .registry_data("ilt.data_steward", "toezicht", undo, &two)
        .await;
    let mut after = stage.everything().await;
    for (place, answer) in after
        .iter_mut()
        .enumerate()
        .filter(|(_, answer)| answer["id"] == json!(stage.one))
    {
        // It was edited in between.
        assert_eq!(answer["version"], 2, "{on:?}: {place}");
        answer["version"] = json!(1);
    }
    assert_eq!(before, after, "{on:?}");
}

#[tokio::test]
async fn what_stands_about_a_party_follows_on_sqlite() {
    followed(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_about_a_party_follows_on_postgresql() {
    followed(On::Postgres).await;
}
