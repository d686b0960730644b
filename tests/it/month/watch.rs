//! After each step: everybody is asked for the lists, for what was touched and for the inbox, and each answer must be
//! what the script says; nothing less, and above all nothing more.

use std::collections::{BTreeMap, BTreeSet};

use futures::StreamExt;
use serde_json::Value;

use super::cast::Asker;
use super::play::Play;
use super::script::{Step, told};

/// How many ask at the same time.
const AT_ONCE: usize = 8;

/// Lists that everybody is asked for after each step, by the prefix of their ids.
const LISTS: [(&str, &str); 4] = [
    ("sig_", "signals"),
    ("cov_", "covenants"),
    ("lvl_", "supervisionLevels"),
    ("thm_", "themes"),
];
/// Lists that everybody is asked for when something in them was touched, and each week.
const DESKS: [(&str, &str, &str); 6] = [
    ("req_", "accessRequests", "(first: 100) { nodes { id } }"),
    ("brk_", "breakGlassCases", "(first: 100) { nodes { id } }"),
    ("prp_", "proposals", "(first: 100) { nodes { id } }"),
    ("trg_", "triages", "(first: 100) { nodes { id } }"),
    ("dec_", "pendingDecisions", " { id }"),
    ("hld_", "recordHolds", "(first: 100) { nodes { id } }"),
];
/// What stands beside a signal.
const BESIDE: [&str; 6] = [
    "confirmations",
    "remarks",
    "followUps",
    "links",
    "evidence",
    "proposals",
];

/// Asks everybody, and panics with all differences.
pub async fn everybody(play: &mut Play, step: &Step) {
    let all = !step.week.is_empty();
    let touched = touched(play, step, all);
    let desks: Vec<_> = DESKS
        .into_iter()
        .filter(|(prefix, ..)| all || touched.iter().any(|name| play.id(name).starts_with(prefix)))
        .collect();
    // What the registry holds is asked when something of it was touched.
    let lists: Vec<_> = LISTS
        .into_iter()
        .filter(|(prefix, _)| all || *prefix == "sig_" || touched.iter().any(|name| play.id(name).starts_with(prefix)))
        .collect();
    let document = document(play, &touched, &lists, &desks);
    let askers = play.askers();
    let answers: Vec<(Asker, Value)> = futures::stream::iter(askers)
        .map(|asker| async {
            let answer = play.ask(&asker, &document).await;
            (asker, answer)
        })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let mut differences = Vec::new();
    for (asker, answer) in &answers {
        let mut seen = Look {
            play,
            asker,
            answer,
            differences: &mut differences,
        };
        seen.lists(&lists);
        seen.inbox();
        seen.desks(&desks);
        seen.records(&touched);
    }
    for (asker, _) in answers {
        for record in play.oracle.seen(&asker, "sig_") {
            play.oracle.shown.entry(record).or_default().insert(asker.clone());
        }
    }
    assert!(
        differences.is_empty(),
        "after \"{}\":\n{}",
        step.what,
        differences.join("\n")
    );
    if all || !step.knows.is_empty() {
        discoveries(play, step).await;
    }
}

/// The names of what a step is about; of everything at a week's end.
fn touched(play: &Play, step: &Step, all: bool) -> Vec<String> {
    if all {
        return play.oracle.ids.keys().cloned().collect();
    }
    let record = |line: &String| told(line).0.split(['=', '.', ' ']).next_back().map(str::to_owned);
    let beside = step.beside.iter().filter_map(|line| {
        let place = told(line).0.split_once(" = ")?.1;
        Some(place.split_once('.')?.0.to_owned())
    });
    let named = step.sees.iter().chain(&step.tells).filter_map(record).chain(beside);
    named.collect::<BTreeSet<_>>().into_iter().collect()
}

fn document(play: &Play, touched: &[String], lists: &[(&str, &str)], desks: &[(&str, &str, &str)]) -> String {
    let mut document = "{ ".to_owned();
    for (_, list) in lists {
        document += &format!("{list}(first: 200) {{ nodes {{ id }} totalCount {{ exactly }} }} ");
    }
    document += "inbox(first: 200) { nodes { kind read signal { id } accessRequest { id } breakGlass { id } } unreadCount { exactly } } ";
    for (_, list, rest) in desks {
        document += &format!("{list}{rest} ");
    }
    let beside: String = BESIDE
        .iter()
        .map(|field| format!("{field}(first: 20) {{ nodes {{ id }} }} "))
        .collect();
    for (place, name) in touched.iter().enumerate() {
        let id = play.id(name);
        match id.get(..4) {
            Some("sig_") => {
                document += &format!(
                    "r{place}: signal(id: \"{id}\") {{ id {beside} triages {{ id }}
                     maskedFields {{ field reason }} reporter {{ name }} }} "
                );
            }
            Some("cov_") => document += &format!("r{place}: covenant(id: \"{id}\") {{ id }} "),
            Some("lvl_") => document += &format!("r{place}: supervisionLevel(id: \"{id}\") {{ id }} "),
            Some("thm_") => document += &format!("r{place}: theme(id: \"{id}\") {{ id }} "),
            _ => {}
        }
    }
    document + "}"
}

/// One asker's answer, as it is looked at.
struct Look<'a> {
    play: &'a Play,
    asker: &'a Asker,
    answer: &'a Value,
    differences: &'a mut Vec<String>,
}

impl Look<'_> {
    fn differs(&mut self, what: &str, expected: impl std::fmt::Debug, found: impl std::fmt::Debug) {
        let asker = self.asker;
        self.differences
            .push(format!("{asker}, {what}: should be {expected:?}, is {found:?}"));
    }

    fn same<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, expected: T, found: T) {
        if expected != found {
            self.differs(what, expected, found);
        }
    }

    /// The code with which a root was refused.
    fn code(&self, root: &str) -> String {
        let errors = self.answer["errors"].as_array().map_or(&[][..], Vec::as_slice);
        let of = |error: &&Value| error["path"][0] == root || error["path"].is_null();
        let code = errors
            .iter()
            .find(of)
            .and_then(|error| error["extensions"]["code"].as_str());
        code.unwrap_or("no error").to_owned()
    }

    /// With which code whoever reads nothing is refused.
    fn refusal(&self) -> String {
        self.play
            .oracle
            .cast
            .refused(self.asker)
            .unwrap_or("FORBIDDEN")
            .to_owned()
    }

    fn names(&self, nodes: &Value) -> BTreeSet<String> {
        let nodes = nodes.as_array().map_or(&[][..], Vec::as_slice);
        let ids = nodes.iter().filter_map(|node| node["id"].as_str());
        ids.map(|id| self.play.oracle.name(id).to_owned()).collect()
    }

    fn out(&self) -> bool {
        self.play.oracle.cast.refused(self.asker).is_some() || !self.play.oracle.cast.holds(self.asker).reads()
    }

    fn lists(&mut self, lists: &[(&str, &str)]) {
        for (prefix, root) in lists {
            let list = &self.answer["data"][*root];
            let expected = self.play.oracle.seen(self.asker, prefix);
            self.same(root, expected.clone(), self.names(&list["nodes"]));
            if self.out() {
                self.same(root, self.refusal(), self.code(root));
            } else {
                let number = list["totalCount"]["exactly"].as_u64();
                self.same(&format!("{root}.totalCount"), Some(expected.len() as u64), number);
            }
        }
    }

    fn inbox(&mut self) {
        let inbox = &self.answer["data"]["inbox"];
        let asked = self.play.oracle.cast.holds(self.asker);
        // To a privacy officer it tells what holds no content.
        let out = self.out() && (self.play.oracle.cast.refused(self.asker).is_some() || !asked.guards_privacy());
        if out {
            self.same("inbox", self.refusal(), self.code("inbox"));
            return;
        }
        let item = |node: &Value| {
            let about = ["signal", "accessRequest", "breakGlass"];
            let id = about.iter().find_map(|about| node[about]["id"].as_str());
            let id = id.unwrap_or("nothing");
            let kind = node["kind"].as_str().unwrap_or_default().to_owned();
            (kind, self.play.oracle.name(id).to_owned(), node["read"] == true)
        };
        let mut told: Vec<_> = inbox["nodes"].as_array().into_iter().flatten().map(item).collect();
        told.sort();
        let expected = self.play.oracle.inbox(self.asker);
        let unread = expected.iter().filter(|(.., read)| !read).count() as u64;
        self.same("inbox", expected, told);
        self.same(
            "inbox.unreadCount",
            Some(unread),
            inbox["unreadCount"]["exactly"].as_u64(),
        );
    }

    fn desks(&mut self, desks: &[(&str, &str, &str)]) {
        for (prefix, root, _) in desks {
            let list = &self.answer["data"][*root];
            let nodes = if list.is_array() { list } else { &list["nodes"] };
            self.same(root, self.play.oracle.seen(self.asker, prefix), self.names(nodes));
            if nodes.is_null() {
                self.same(root, self.refusal(), self.code(root));
            }
        }
    }

    fn records(&mut self, touched: &[String]) {
        for (place, name) in touched.iter().enumerate() {
            let id = self.play.id(name);
            let content = LISTS.iter().any(|(prefix, _)| id.starts_with(prefix));
            if !content {
                continue;
            }
            let record = &self.answer["data"][format!("r{place}")];
            let sees = self.play.oracle.sees(self.asker, name);
            self.same(name, sees, record["id"] == id.as_str());
            if sees && id.starts_with("sig_") {
                self.signal(name, record);
            }
        }
    }

    fn signal(&mut self, name: &str, record: &Value) {
        for field in BESIDE {
            let expected = self.play.oracle.beside(self.asker, name, field);
            self.same(
                &format!("{name}.{field}"),
                expected,
                self.names(&record[field]["nodes"]),
            );
        }
        let expected = self.play.oracle.beside(self.asker, name, "triages");
        self.same(&format!("{name}.triages"), expected, self.names(&record["triages"]));
        let shown = self
            .play
            .oracle
            .cast
            .holds(self.asker)
            .sees_persons(&self.asker.purpose);
        let masked = record["maskedFields"].as_array().into_iter().flatten();
        let masked = masked.clone().any(|masked| masked["field"] == "reporter");
        self.same(&format!("{name}.reporter is masked"), !shown, masked);
        if !shown && !record["reporter"].is_null() {
            self.differs(&format!("{name}.reporter"), "masked", &record["reporter"]);
        }
    }
}

/// Asks everybody what there is beyond sight about each party of which something may be known.
async fn discoveries(play: &Play, step: &Step) {
    let mut about: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for record in play.oracle.knowable() {
        about
            .entry(play.oracle.party(record).to_owned())
            .or_default()
            .push(record);
    }
    let mut differences = Vec::new();
    for (party, records) in about {
        let id = play.id(&format!("party:{party}"));
        let document = format!(
            "{{ discoveries(about: {{ party: \"{id}\" }}, first: 100) {{ nodes {{ owner {{ code }} title }} }} }}"
        );
        let answers: Vec<(Asker, Value)> = futures::stream::iter(play.askers())
            .map(|asker| async {
                let answer = play.ask(&asker, &document).await;
                (asker, answer)
            })
            .buffer_unordered(AT_ONCE)
            .collect()
            .await;
        for (asker, answer) in answers {
            let told = |record: &&str| {
                let title = play.oracle.knows(&asker, record)?;
                let owner = record.split_once('-').expect("an owner").0.to_owned();
                Some((owner, title))
            };
            let mut expected: Vec<_> = records.iter().filter_map(told).collect();
            let hit = |node: &Value| {
                let owner = node["owner"]["code"].as_str().unwrap_or_default().to_owned();
                (owner, !node["title"].is_null())
            };
            let nodes = answer["data"]["discoveries"]["nodes"].as_array();
            let mut found: Vec<_> = nodes.into_iter().flatten().map(hit).collect();
            expected.sort();
            found.sort();
            if expected != found {
                differences.push(format!(
                    "{asker}, beyond sight about {party}: should be {expected:?}, is {found:?}"
                ));
            }
        }
    }
    assert!(
        differences.is_empty(),
        "after \"{}\":\n{}",
        step.what,
        differences.join("\n")
    );
}
