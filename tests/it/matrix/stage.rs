//! A world with a record for every cell and a caller for every role and relation.
//!
//! The records are the ILT's, made through the API: imported by its case system or recorded by their authors, then
//! shared, revoked, labelled and retracted by its steward. Then time passes: what ended today has ended.

use access::Role;
use foundation::clock::SECOND;
use serde_json::{Value, json};
use tests::world::{BEGINNING, On, World, id};

use super::table::{Cell, GRANTS, RECORDS};

/// The purpose of a request or of a grant, by whether it allows personal data.
pub const STATED: [(&str, &str); 4] = [
    ("personal", "toezicht"),
    ("impersonal", "risicoanalyse"),
    ("not_held", "incidentonderzoek"),
    ("none", ""),
];
/// Whom a record is shared with.
const KINDS: [&str; 4] = ["inspectorate", "circle", "account", "everyone"];
/// When grants that are not yet in force begin.
const NEXT_YEAR: &str = "2027-01-01T00:00:00Z";
/// When grants that are over have ended.
const AT_NOON: &str = "2026-06-01T12:00:00Z";
/// An account that nobody asks as: it holds the one grant of each record that is shared with nobody else.
const GUEST: &str = "nvwa.guest";

/// A record of the stage.
#[derive(Clone, Debug)]
pub struct Actor {
    /// Its id, `sig_…`.
    pub id: String,
    /// One of [`RECORDS`].
    pub record: &'static str,
    /// Whom it is shared with: one of [`KINDS`], or nobody but the guest.
    pub kind: &'static str,
    /// How its grant stands: one of [`GRANTS`], except for another purpose.
    pub grant: &'static str,
    /// The purpose of its grant: `personal` or `impersonal`.
    pub purpose: &'static str,
    /// The account that made it.
    pub author: String,
    /// A grant of it, `grt_…`.
    pub grant_id: String,
    /// Its version.
    pub version: i64,
}

/// Somebody who asks.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The account's name.
    pub account: String,
    /// Its role.
    pub role: &'static str,
    /// Which of the groups: `author`, `owner`, `suspended`, `granted`, `listed`, `stranger`, `left`, `partner`.
    pub group: &'static str,
}

impl Caller {
    /// How this caller stands to a record.
    pub fn relation(&self, record: &Actor) -> &'static str {
        match (self.group, record.kind) {
            ("suspended", _) => "suspended",
            ("author", _) if record.author == self.account => "author",
            ("author" | "owner", _) => "owner",
            ("partner", "everyone") => "non_participant",
            (_, "everyone") => "everyone_grant",
            ("granted" | "listed", "inspectorate") => "inspectorate_grant",
            ("granted", "circle") => "circle_grant",
            ("listed", "circle") => "listed_circle_grant",
            ("left", "circle") => "ex_member",
            ("granted", "account") => "account_grant",
            _ => "stranger",
        }
    }

    /// The cell that decides whether this caller may do something to a record.
    pub fn cell(&self, record: &Actor, operation: &'static str, stated: &'static str) -> Cell {
        let relation = self.relation(record);
        let grant = if !super::table::GRANTED.contains(&relation) {
            "-"
        } else if ["personal", "impersonal"].contains(&stated) && stated != record.purpose {
            "other_purpose"
        } else {
            record.grant
        };
        Cell {
            role: self.role,
            relation,
            operation,
            record: record.record,
            grant,
            purpose: stated,
        }
    }
}

/// The world, who is in it and what is in it.
pub struct Stage {
    /// The world.
    pub world: World,
    /// Everybody who asks.
    pub callers: Vec<Caller>,
    /// Every record.
    pub records: Vec<Actor>,
    /// The approved profile's mapping.
    pub mapping: String,
}

impl Stage {
    /// Sets it.
    pub async fn set(on: On) -> Self {
        let world = World::peopled(on).await;
        let callers = people(&world).await;
        let mapping = mapping();
        let mut records = delivered(&world, &mapping).await;
        records.extend(recorded(&world).await);
        let mut stage = Self {
            world,
            callers,
            records,
            mapping,
        };
        stage.play().await;
        // Authors are what their name says from now on, and nobody who asks may see the highest rank.
        for role in Role::ALL {
            let promote = "UPDATE role_assignment SET role = ? WHERE account_id = ?";
            stage
                .world
                .run(promote, vec![(role as i16).into(), id(&author(role)).into()])
                .await;
            let less = "UPDATE account SET clearance = 1 WHERE id = ?";
            stage.world.run(less, vec![id(&author(role)).into()]).await;
        }
        stage.world.clock.advance(13 * 3600 * SECOND);
        stage
    }

    /// Revokes, labels and retracts as each record's name says.
    async fn play(&mut self) {
        for place in 0..self.records.len() {
            let record = self.records[place].clone();
            let grants = self.grants(&record.id).await;
            if record.grant == "revoked" {
                for grant in &grants {
                    let revoke = "mutation ($id: ID!) { revokeGrant(grantId: $id) { warnings { code } } }";
                    self.steward(revoke, json!({ "id": grant })).await;
                }
            }
            if record.record.starts_with("red") {
                let version = self.version(&record.id).await;
                let label = "mutation ($id: ID!, $v: Int!) { labelSignal(id: $id, version: $v, labels: { tlp: RED }) { warnings { code } } }";
                self.steward(label, json!({ "id": record.id, "v": version })).await;
            }
            if record.record.ends_with("retracted") {
                let version = self.version(&record.id).await;
                let retract = "mutation ($id: ID!, $v: Int!) { retractSignal(id: $id, version: $v, reason: \"proef\") { warnings { code } } }";
                self.steward(retract, json!({ "id": record.id, "v": version })).await;
            }
            let grant_id = grants.into_iter().next().expect("every record has a grant");
            let version = self.version(&record.id).await;
            let record = &mut self.records[place];
            (record.grant_id, record.version) = (grant_id, version);
        }
    }

    async fn steward(&self, query: &str, variables: Value) -> Value {
        self.world.data("ilt.chief", "toezicht", query, variables).await
    }

    async fn grants(&self, signal: &str) -> Vec<String> {
        let ask = "query ($id: ID!) { signal(id: $id) { grants { id } } }";
        let answer = self.steward(ask, json!({ "id": signal })).await;
        let grants = answer["signal"]["grants"]
            .as_array()
            .expect("the steward sees the grants")
            .clone();
        grants.iter().map(|grant| text(&grant["id"])).collect()
    }

    async fn version(&self, signal: &str) -> i64 {
        let ask = "query ($id: ID!) { signal(id: $id) { version } }";
        let answer = self.steward(ask, json!({ "id": signal })).await;
        answer["signal"]["version"]
            .as_i64()
            .expect("the steward sees the version")
    }
}

/// A text in an answer.
pub fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value} is no text"))
        .to_owned()
}

fn author(role: Role) -> String {
    format!("ilt.author_{}", role.code())
}

async fn people(world: &World) -> Vec<Caller> {
    world.run("UPDATE account SET clearance = 1", vec![]).await;
    world.organisation("ivho", true).await;
    world.organisation("partner", false).await;
    let mut callers = Vec::new();
    for role in Role::ALL {
        let code = role.code();
        let mut caller = |account: String, group| {
            callers.push(Caller {
                account,
                role: code,
                group,
            })
        };
        world.account(&author(role), "ilt", &[Role::Inspector], 2).await;
        for (organisation, prefix, group) in [
            ("ilt", "suspended_", "suspended"),
            ("igj", "listed_", "listed"),
            ("ivho", "", "left"),
            ("partner", "", "partner"),
        ] {
            let account = format!("{organisation}.{prefix}{code}");
            world.account(&account, organisation, &[role], 1).await;
            caller(account, group);
        }
        caller(author(role), "author");
        caller(format!("ilt.{code}"), "owner");
        caller(format!("igj.{code}"), "granted");
        caller(format!("nvwa.{code}"), "stranger");
    }
    world.account("ilt.chief", "ilt", &[Role::DataSteward], 2).await;
    world.account("ilt.feeder", "ilt", &[Role::CaseSystem], 2).await;
    world.account(GUEST, "nvwa", &[Role::Inspector], 1).await;
    world
        .circle("ring", &["igj", "ivho"], &["toezicht", "risicoanalyse"])
        .await;
    let ring = id("circle ring");
    for caller in callers.iter().filter(|caller| caller.group == "listed") {
        world
            .run(
                "INSERT INTO account_circle VALUES (?, ?)",
                vec![id(&caller.account).into(), ring.into()],
            )
            .await;
    }
    let left = "UPDATE circle_member SET left_at = ? WHERE circle_id = ? AND organisation_id = ?";
    world
        .run(left, vec![BEGINNING.into(), ring.into(), id("ivho").into()])
        .await;
    let suspend = "UPDATE account SET suspended_at = ? WHERE name LIKE 'ilt.suspended%'";
    world.run(suspend, vec![BEGINNING.into()]).await;
    let drop = "DELETE FROM account_purpose WHERE purpose_id = ?";
    world.run(drop, vec![id("incidentonderzoek").into()]).await;
    callers
}

fn audiences(kind: &str) -> Vec<(String, Value)> {
    match kind {
        "inspectorate" => vec![("organisation:igj".to_owned(), json!({ "organisation": "igj" }))],
        "circle" => vec![("circle:ring".to_owned(), json!({ "circle": "ring" }))],
        "everyone" => vec![("everyone".to_owned(), json!({ "everyone": true }))],
        "account" => {
            let named = |role: Role| format!("igj.{}", role.code());
            Role::ALL
                .map(|role| (format!("account:{}", named(role)), json!({ "account": named(role) })))
                .to_vec()
        }
        _ => vec![(format!("account:{GUEST}"), json!({ "account": GUEST }))],
    }
}

/// The profile: what the case system may deliver.
fn mapping() -> String {
    let mut mapping = "publish = true\n[reference]\nsystem = \"stage\"\n[fields]\nreporter_name = \"x\"\n\
                       [labels]\nrank = { column = \"rank\" }\ntlp = { column = \"tlp\" }\n"
        .to_owned();
    for (with, _) in KINDS.into_iter().chain(["nobody"]).flat_map(audiences) {
        for purpose in ["toezicht", "risicoanalyse"] {
            for period in [
                String::new(),
                format!(", valid_from = \"{NEXT_YEAR}\""),
                format!(", valid_until = \"{AT_NOON}\""),
            ] {
                let share = format!("with = \"{with}\", purpose = \"{purpose}\", legal_basis = \"demo\"{period}");
                mapping.push_str(&format!("[[rules]]\nshare = [{{ {share} }}]\n"));
            }
        }
    }
    mapping
}

fn content(name: &str, record: &str) -> Value {
    let rank = if record == "above_clearance" {
        "DEPARTEMENTAAL_VERTROUWELIJK"
    } else {
        "VERTROUWELIJK"
    };
    let retain = if record == "expired" {
        "2026-06-01"
    } else {
        "2030-01-01"
    };
    json!({
        "title": format!("Proefstuk {name}"), "narrative": "Damp boven het emplacement.", "category": "chemicals",
        "severity": "SERIOUS", "observedFrom": "2026-05-30T08:00:00Z", "place": "Kijfhoek",
        "parties": [format!("pty_{}", id("party").simple())], "sites": [format!("sit_{}", id("site").simple())],
        "regions": ["VR17"], "reporter": { "name": "Canarie Melder" }, "personsInvolved": ["Canarie Betrokkene"],
        "externalReference": { "system": "stage", "reference": name },
        "labels": { "rank": rank, "tlp": "GREEN", "retainUntil": retain }
    })
}

fn purpose(class: &str) -> &'static str {
    STATED
        .iter()
        .find(|(known, _)| *known == class)
        .expect("a class of purposes")
        .1
}

fn grant(to: &Value, record: &Actor) -> Value {
    let mut grant = json!({ "to": to, "purpose": purpose(record.purpose), "legalBasis": "demo" });
    match record.grant {
        "not_yet" => grant["validFrom"] = json!(NEXT_YEAR),
        "over" => grant["validUntil"] = json!(AT_NOON),
        _ => {}
    }
    grant
}

fn blank(record: &'static str, kind: &'static str, author: String) -> Actor {
    let (id, grant_id) = (String::new(), String::new());
    Actor {
        id,
        record,
        kind,
        grant: "in_force",
        purpose: "personal",
        author,
        grant_id,
        version: 0,
    }
}

/// The records that the case system delivers.
async fn delivered(world: &World, mapping: &str) -> Vec<Actor> {
    let feeder = || "ilt.feeder".to_owned();
    let mut records: Vec<Actor> = RECORDS.iter().map(|record| blank(record, "nobody", feeder())).collect();
    for (record, kind) in RECORDS.iter().flat_map(|record| KINDS.map(|kind| (*record, kind))) {
        for grant in GRANTS.into_iter().filter(|grant| *grant != "other_purpose") {
            let of = |purpose| Actor {
                grant,
                purpose,
                ..blank(record, kind, feeder())
            };
            records.extend(["personal", "impersonal"].map(of));
        }
    }
    let propose = "mutation ($m: String!) { proposeImportProfile(name: \"proef\", mapping: $m) { hash } }";
    let hash = world
        .data("ilt.feeder", "toezicht", propose, json!({ "m": mapping }))
        .await;
    let hash = text(&hash["proposeImportProfile"]["hash"]);
    let approve = "mutation ($h: String!) { approveImportProfile(hash: $h) { hash } }";
    world.data("ilt.chief", "toezicht", approve, json!({ "h": hash })).await;
    let item = |(line, record): (usize, &Actor)| {
        let grants: Vec<Value> = audiences(record.kind).iter().map(|(_, to)| grant(to, record)).collect();
        let draft = ["draft", "red_draft"].contains(&record.record);
        json!({ "line": line, "signal": content(&line.to_string(), record.record), "publish": !draft, "grants": grants })
    };
    let items: Vec<Value> = records.iter().enumerate().map(item).collect();
    let import = "mutation ($p: String!, $i: [ImportItem!]!) { importSignals(profile: $p, items: $i) {
        results { outcome id errors { code field } } } }";
    let answer = world
        .data("ilt.feeder", "toezicht", import, json!({ "p": hash, "i": items }))
        .await;
    let results = answer["importSignals"]["results"]
        .as_array()
        .expect("a result per item")
        .clone();
    for (record, result) in records.iter_mut().zip(&results) {
        assert_eq!(result["outcome"], "CREATED", "{record:?}: {result}");
        record.id = text(&result["id"]);
    }
    records
}

/// The records that each author makes.
async fn recorded(world: &World) -> Vec<Actor> {
    let mut records = Vec::new();
    for role in Role::ALL {
        let who = author(role);
        for record in RECORDS {
            let input = content(&format!("{who} {record}"), record);
            let make = "mutation ($i: SignalInput!) { recordSignal(input: $i) { signal { id } } }";
            let made = world.data(&who, "toezicht", make, json!({ "i": input })).await;
            let signal = text(&made["recordSignal"]["signal"]["id"]);
            let actor = Actor {
                id: signal,
                ..blank(record, "nobody", who.clone())
            };
            let share =
                "mutation ($id: ID!, $g: GrantInput!) { shareSignal(id: $id, grant: $g) { warnings { code } } }";
            let to = grant(&json!({ "account": GUEST }), &actor);
            world
                .data(&who, "toezicht", share, json!({ "id": actor.id, "g": to }))
                .await;
            if !["draft", "red_draft"].contains(&record) {
                let publish = "mutation ($id: ID!) { publishSignal(id: $id, version: 2) { warnings { code } } }";
                world.data(&who, "toezicht", publish, json!({ "id": actor.id })).await;
            }
            records.push(actor);
        }
    }
    records
}
