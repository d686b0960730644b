//! The demo over HTTP: what a visitor sees, what others must not, and that it comes back as it was.

use std::collections::BTreeSet;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::time::{Duration, Instant};

use samenzicht::commands::Failure;
use samenzicht::commands::demo::{Demo, QUERY, VISITOR};
use serde_json::{Value, json};
use tests::caller::{Answer, Caller};
use tests::stand::{Behind, Shape, Stand, any_port, settings};

/// How long a first and a later start take on an idle machine with two cores; tests allow four times as much.
const FIRST_START: Duration = Duration::from_secs(5);
const LATER_START: Duration = Duration::from_secs(2);
const ALLOWANCE: u32 = 4;

/// Headers that say which answer this is, not what is in it.
const OF_EVERY_ANSWER: [&str; 3] = ["date", "x-request-id", "traceresponse"];

fn texts(list: &Value, field: &str) -> BTreeSet<String> {
    let nodes = list.as_array().expect("a list");
    nodes
        .iter()
        .map(|node| node[field].as_str().expect("a text").to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_printed_query_answers_with_what_the_visitor_may_see() {
    let stand = Stand::up(Shape::OneProcess).await;
    let answer = stand.caller(VISITOR, "risicoanalyse").data(QUERY, json!({})).await;
    let nodes = answer["signals"]["nodes"].as_array().expect("a list");
    assert_eq!(nodes.len(), 10, "{answer:#}");
    let names = stand
        .behind
        .texts("SELECT legal_name FROM party WHERE legal_name IS NOT NULL", vec![])
        .await;
    let mut joined = 0;
    for node in nodes {
        assert!(
            node["owner"]["name"].is_string(),
            "the registry gives the owner's name: {node:#}"
        );
        for ground in node["visibleBecause"].as_array().expect("a list") {
            let own = ground["kind"] == "OWN";
            assert!(own || ground["purpose"] == "risicoanalyse", "{node:#}");
        }
        for party in node["parties"].as_array().expect("a list") {
            let name = party["legalName"].as_str();
            assert!(
                name.is_none_or(|name| names.iter().any(|known| known == name)),
                "{party}"
            );
            assert_ne!(
                party["identifiers"],
                json!([]),
                "the registry gives the identifiers: {party}"
            );
            joined += usize::from(name.is_some());
        }
    }
    assert!(joined >= 8, "names from the registry: {joined}");

    let all = "{ signals(first: 500) { nodes { title owner { code } reporter { name } personsInvolved } } }";
    let seen = stand.caller(VISITOR, "risicoanalyse").data(all, json!({})).await;
    let titles = texts(&seen["signals"]["nodes"], "title");
    for (title, shared) in [
        ("Dampontwikkeling bij laden van chemicaliëntanker", true),
        ("Walpersoneel duizelig na koppelen van laadarm", true),
        ("Plantaardige olie met geur van oplosmiddel", true),
        ("Reinigingscertificaten met hetzelfde volgnummer", false),
        ("Tip over nachtelijk lozen van waswater", false),
        ("Vaartijdenboek klopt niet met sluispassages", false),
    ] {
        assert_eq!(titles.contains(title), shared, "{title}");
    }
    assert!(
        !seen.to_string().to_lowercase().contains("canarie"),
        "an analyst sees no persons: {seen:#}"
    );
    stand.down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_party_has_the_signals_that_its_reader_may_see() {
    let stand = Stand::up(Shape::OneProcess).await;
    let party = format!("pty_{}", registry::seed::Noun::Party.id("mts-verzinsel").simple());
    let query = "query ($id: ID!) { party(id: $id) { id legalName
        signals(first: 50) { totalCount { exactly } nodes { title owner { code name } parties { id legalName } } } } }";
    let mut counts = Vec::new();
    for (account, purpose) in [
        ("ilt.inspector", "toezicht"),
        ("igj.analyst", "risicoanalyse"),
        ("ivho.inspector", "toezicht"),
    ] {
        let answer = stand.caller(account, purpose).data(query, json!({ "id": party })).await;
        let nodes = answer["party"]["signals"]["nodes"].as_array().expect("a list").clone();
        assert_eq!(
            answer["party"]["signals"]["totalCount"]["exactly"],
            nodes.len(),
            "{account}"
        );
        for node in &nodes {
            let about = node["parties"].as_array().expect("a list");
            assert!(
                about.iter().any(|about| about["id"] == party.as_str()),
                "{account}: {node:#}"
            );
        }
        counts.push(nodes.len());
    }
    assert_eq!(
        counts,
        [4, 3, 0],
        "ILT with its draft, IGJ what is shared, IvhO nothing"
    );
    let nested =
        "{ signals(first: 20) { nodes { title parties { legalName signals(first: 3) { nodes { title } } } } } }";
    let answer = stand
        .caller("igj.analyst", "risicoanalyse")
        .data(nested, json!({}))
        .await;
    let titles = stand
        .caller("igj.analyst", "risicoanalyse")
        .data("{ signals(first: 500) { nodes { title } } }", json!({}))
        .await;
    let titles = texts(&titles["signals"]["nodes"], "title");
    for signal in answer["signals"]["nodes"].as_array().expect("a list") {
        for party in signal["parties"].as_array().expect("a list") {
            let of_party = texts(&party["signals"]["nodes"], "title");
            assert!(of_party.is_subset(&titles), "no way around by a party: {of_party:?}");
            assert!(!of_party.is_empty(), "at least this signal itself: {signal:#}");
        }
    }
    stand.down().await;
}

/// What is asked about one signal, and about one that never was.
fn questions() -> [(&'static str, &'static str); 8] {
    [
        (
            "query ($id: ID!) { signal(id: $id) { id number title owner { name } parties { legalName } } }",
            "sig",
        ),
        (
            "query ($id: ID!) { a: signal(id: $id) { version } signals(first: 3) { nodes { title } } }",
            "sig",
        ),
        (
            "mutation ($id: ID!) { publishSignal(id: $id, version: 1) { signal { id } } }",
            "sig",
        ),
        (
            "mutation ($id: ID!) { editSignal(id: $id, version: 3, input: { title: \"x\" }) { signal { id } } }",
            "sig",
        ),
        (
            "mutation ($id: ID!) { labelSignal(id: $id, version: 2, labels: { tlp: RED }) { signal { id } } }",
            "sig",
        ),
        (
            "mutation ($id: ID!) { shareSignal(id: $id, grant: { to: { organisation: \"ivho\" }, purpose: \"toezicht\",
            legalBasis: \"demo-uitwisseling\" }) { signal { id } } }",
            "sig",
        ),
        (
            "mutation ($id: ID!) { retractSignal(id: $id, version: 2, reason: \"x\") { signal { id } } }",
            "sig",
        ),
        (
            "mutation ($id: ID!) { revokeGrant(grantId: $id) { signal { id } } }",
            "grt",
        ),
    ]
}

fn differing_headers(one: &Answer, other: &Answer) -> BTreeSet<String> {
    let names = one.headers.keys().chain(other.headers.keys());
    let differ = names.filter(|name| {
        let (one, other) = (one.headers.get_all(*name), other.headers.get_all(*name));
        one.iter().ne(other.iter())
    });
    differ.map(ToString::to_string).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_hidden_looks_like_what_never_was() {
    let stand = Stand::up(Shape::OneProcess).await;
    let one = async |text: &str| {
        // SQLite stores ids as bytes.
        stand
            .behind
            .texts(&format!("SELECT lower(hex(id)) FROM {text}"), vec![])
            .await
            .pop()
            .expect("one")
    };
    let hidden = one("signal WHERE title LIKE 'Tip over nachtelijk%'").await;
    let shared = "signal_grant WHERE signal_id IN (SELECT id FROM signal WHERE title LIKE 'Tip over nachtelijk%')";
    let grant = one(shared).await;
    let retracted = one("signal WHERE state = 2").await;
    let outsiders = [
        ("ivho.inspector", "toezicht"),
        ("igj.analyst", "risicoanalyse"),
        ("ilt.inspector", "toezicht"),
        ("ilt.admin", "verantwoording"),
    ];
    let mut unequal = BTreeSet::new();
    for (account, purpose) in outsiders {
        let caller = stand
            .caller(account, purpose)
            .header("x-request-id", &uuid::Uuid::now_v7().to_string());
        for (question, prefix) in questions() {
            let real = if prefix == "grt" { &grant } else { &hidden };
            let mut answers = Vec::new();
            for id in [real.clone(), uuid::Uuid::now_v7().simple().to_string()] {
                answers.push(caller.ask(question, json!({ "id": format!("{prefix}_{id}") })).await);
            }
            assert_eq!(
                answers[0].bytes,
                answers[1].bytes,
                "{account}: {question}\n{}\n{}",
                answers[0].text(),
                answers[1].text()
            );
            assert_eq!(answers[0].status, answers[1].status);
            unequal.append(&mut differing_headers(&answers[0], &answers[1]));
        }
    }
    println!("headers that differ between two answers: {unequal:?}");
    assert!(
        unequal.iter().all(|name| OF_EVERY_ANSWER.contains(&name.as_str())),
        "{unequal:?}"
    );
    // Retracted: as if it never was, for everyone but its owner.
    let see = "query ($id: ID!) { signal(id: $id) { title } }";
    let gone = stand
        .caller("anvs.inspector", "toezicht")
        .data(see, json!({ "id": format!("sig_{retracted}") }))
        .await;
    assert_eq!(gone, json!({ "signal": null }));
    stand.down().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_without_content_see_none() {
    let stand = Stand::up(Shape::OneProcess).await;
    let titles = stand.behind.texts("SELECT title FROM signal", vec![]).await;
    let narratives = stand.behind.texts("SELECT narrative FROM signal", vec![]).await;
    let hidden = stand.behind.texts("SELECT lower(hex(id)) FROM signal", vec![]).await;
    let party = format!("pty_{}", registry::seed::Noun::Party.id("mts-verzinsel").simple());
    let queries = [
        "{ signals(first: 500) { totalCount { exactly atLeast } alsoUnder nodes { title narrative } } }".to_owned(),
        format!(
            "{{ signal(id: \"sig_{}\") {{ title narrative reporter {{ name }} personsInvolved }} }}",
            hidden[0]
        ),
        format!(
            "{{ party(id: \"{party}\") {{ legalName signals {{ totalCount {{ exactly }} nodes {{ title }} }} }} }}"
        ),
        "{ parties(name: \"fictie\") { nodes { legalName signals { nodes { title } } } } }".to_owned(),
        "{ importProfiles { name mapping } }".to_owned(),
    ];
    for account in ["ilt.admin", "igj.admin", "auditor", "ilt.privacy"] {
        let caller = stand.caller(account, "verantwoording");
        let me = caller.data("{ me { account organisation { code } } }", json!({})).await;
        assert_eq!(me["me"]["account"], account, "who one is may be asked");
        for query in &queries {
            let answer = caller.ask(query, json!({})).await;
            let text = answer.text();
            for content in titles.iter().chain(&narratives) {
                assert!(!text.contains(content.trim()), "{account}: {query}\n{text}");
            }
            assert!(!text.to_lowercase().contains("canarie"), "{account}: {query}\n{text}");
            let counted = answer.json().pointer("/data/signals/totalCount/exactly").cloned();
            assert!(counted.is_none_or(|count| count == 0), "{account}: {query}\n{text}");
            assert!(
                !answer.codes().is_empty(),
                "refused in words: {account}: {query}\n{text}"
            );
        }
    }
    stand.down().await;
}

/// A demo in a folder, always on the same ports.
struct Place {
    folder: tempfile::TempDir,
    front: SocketAddr,
    provider: SocketAddr,
}

impl Place {
    fn new() -> Self {
        let address = |listener: TcpListener| listener.local_addr().expect("it has an address");
        let (front, provider) = (any_port(), any_port());
        let folder = tempfile::tempdir().expect("a folder");
        Self {
            folder,
            front: address(front),
            provider: address(provider),
        }
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    async fn start(&self, fresh: bool) -> (Demo, Duration) {
        let bind = |address| TcpListener::bind(address).expect("the port is free again");
        let began = Instant::now();
        let demo = Demo::start(&settings(), self.path(), bind(self.front), bind(self.provider), fresh).await;
        let demo = demo.unwrap_or_else(|failure| panic!("the demo does not start: {failure}"));
        (demo, began.elapsed())
    }

    fn visitor(&self, token: &str) -> Caller {
        Caller::at(format!("http://{}/graphql", self.front))
            .token(token)
            .purpose("risicoanalyse")
    }

    async fn signals(&self, token: &str) -> Value {
        let query = "{ signals(first: 500) { nodes { id number title version updatedAt } } }";
        self.visitor(token).data(query, json!({})).await
    }
}

fn token(demo: &Demo, account: &str) -> String {
    demo.provider().token_for(account).expect("a demo account")
}

async fn stop(demo: Demo) {
    demo.stop()
        .await
        .unwrap_or_else(|failure| panic!("it does not stop: {failure}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn starting_again_finds_everything_again_and_fresh_starts_over() {
    let place = Place::new();
    let (demo, first) = place.start(false).await;
    let old = token(&demo, VISITOR);
    let input = json!({ "title": "Van een bezoeker", "narrative": "Blijft staan.", "category": "food-safety",
        "severity": "MINOR", "observedFrom": "2026-11-01T08:00:00Z" });
    let record = "mutation ($input: SignalInput!) { recordSignal(input: $input) { signal { id number } } }";
    place.visitor(&old).data(record, json!({ "input": input })).await;
    let before = place.signals(&old).await;
    assert!(before.to_string().contains("Van een bezoeker"));
    stop(demo).await;

    let (demo, later) = place.start(false).await;
    assert_eq!(
        place.signals(&old).await,
        before,
        "the same data, with the token of before"
    );
    stop(demo).await;

    let (demo, _) = place.start(true).await;
    let refused = place.visitor(&old).ask("{ me { account } }", json!({})).await;
    assert_eq!(
        (refused.status, refused.codes()),
        (401, vec!["TOKEN_INVALID".to_owned()]),
        "other keys"
    );
    let anew = place.signals(&token(&demo, VISITOR)).await;
    assert!(!anew.to_string().contains("Van een bezoeker"), "{anew:#}");
    assert_eq!(
        texts(&anew["signals"]["nodes"], "title").len() + 1,
        texts(&before["signals"]["nodes"], "title").len()
    );
    stop(demo).await;

    println!("first start {first:?}, later start {later:?}");
    assert!(first < FIRST_START * ALLOWANCE, "first start: {first:?}");
    assert!(later < LATER_START * ALLOWANCE, "later start: {later:?}");
}

async fn refused(place: &Place, fresh: bool) -> Failure {
    let second = Demo::start(&settings(), place.path(), any_port(), any_port(), fresh).await;
    match second {
        Ok(demo) => {
            stop(demo).await;
            panic!("two on one folder (fresh: {fresh})")
        }
        Err(failure) => failure,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_one_on_the_same_folder_is_refused_by_name() {
    let place = Place::new();
    let (demo, _) = place.start(false).await;
    let visitor = token(&demo, VISITOR);
    let before = place.signals(&visitor).await;
    let file = place.path().join("samenzicht.db");
    for fresh in [false, true] {
        let failure = refused(&place, fresh).await.to_string();
        assert!(failure.contains(&file.display().to_string()), "{failure}");
        assert!(
            failure.contains("in use by another process") && failure.contains("stop the platform first"),
            "{failure}"
        );
    }
    for arguments in [vec!["migrate"], vec!["serve", "signals", "--listen", "127.0.0.1:0"]] {
        let arguments: Vec<String> = arguments.into_iter().map(str::to_owned).collect();
        let url = (
            "SAMENZICHT__DATABASE__URL".to_owned(),
            format!("sqlite:{}", file.display()),
        );
        let output = tests::processes::command(&arguments, &[url])
            .output()
            .expect("the binary runs");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(
            said.contains(&file.display().to_string()) && said.contains("in use"),
            "{said}"
        );
    }
    assert_eq!(place.signals(&visitor).await, before, "nothing of it was touched");
    stop(demo).await;
    let behind = Behind::sqlite(&file).await;
    assert_eq!(behind.texts("PRAGMA integrity_check", vec![]).await, ["ok"]);
    behind.close().await;
}
