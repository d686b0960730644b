//! The story, played through the signals subgraph on a database of its own.

#[path = "../../../../tests/src/postgres.rs"]
#[allow(dead_code, reason = "shared with other test binaries, which use the rest")]
mod postgres;

use std::cell::Cell;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_graphql::{Request, Variables};
use demo::deeds::{StoryDeed, deeds};
use demo::load::population;
use demo::play::{Call, Played, play};
use demo::story::{Ending, Story};
use foundation::graphql::Subgraph;
use foundation::graphql::executor::PURPOSE_HEADER;
use foundation::tables::{ACCESS, ACCOUNTABILITY};
use foundation::token::{IssuerSettings, KeySettings, TokenSettings, Verified, Verifier};
use foundation::{Clock, Database, Platform};
use http::HeaderMap;
use jiff::Timestamp;
use registry::reference::Reference;
use serde_json::{Value, json};

const ISSUER: &str = "http://127.0.0.1:1/idp";

struct Stage {
    story: Story,
    signals: Arc<dyn Subgraph>,
    registry: Arc<dyn Subgraph>,
    _folder: Option<tempfile::TempDir>,
    _scratch: Option<postgres::Scratch>,
}

/// On an embedded database: one handle for everything.
async fn stage() -> Stage {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite:{}", folder.path().join("samenzicht.db").display());
    let database = Database::open(&url, 4).await.expect("opens");
    Stage {
        _folder: Some(folder),
        ..set(&database, database.clone(), database.clone()).await
    }
}

/// On PostgreSQL: filled by the migrator, played through the service's own login.
async fn stage_on_postgres() -> Stage {
    let cluster = postgres::Cluster::shared();
    let name = cluster.empty().await;
    let open = async |role: &str| Database::open(&cluster.url_for(role, &name), 4).await.expect("opens");
    let (signals, registry) = (open("samenzicht_signals").await, open("samenzicht_registry").await);
    let stage = set(&open("samenzicht_migrator").await, signals, registry).await;
    Stage {
        _scratch: Some(name),
        ..stage
    }
}

async fn set(filled: &Database, database: Database, own: Database) -> Stage {
    let tables = [
        ACCESS,
        ACCOUNTABILITY,
        registry::tables::REGISTRY,
        signals::tables::SIGNALS,
    ];
    foundation::migrate::migrate(filled, &tables).await.expect("migrates");
    let reference = Reference::embedded().expect("is whole");
    let story = Story::embedded(&reference).expect("is whole");
    registry::seed::vocabularies(filled, &reference).await.expect("loads");
    registry::seed::population(filled, &population(&story, ISSUER))
        .await
        .expect("loads");
    let issuer = IssuerSettings {
        jwks_uri: Some(format!("{ISSUER}/jwks")),
        ..IssuerSettings::new(ISSUER, "samenzicht")
    };
    let settings = TokenSettings {
        issuers: vec![issuer],
        leeway_seconds: 0,
        keys: KeySettings::default(),
    };
    let verifier = Verifier::new(settings).expect("settings fit");
    let platform = |service, database| Platform::new(service, database, Clock::System);
    Stage {
        story,
        signals: signals::subgraph(platform("signals", database), verifier.clone()),
        registry: registry::subgraph(platform("registry", own), verifier),
        _folder: None,
        _scratch: None,
    }
}

impl Stage {
    async fn ask(&self, call: Call) -> Value {
        let who = Verified {
            issuer: ISSUER.to_owned(),
            subject: call.subject,
            authorised_party: None,
            token_id: None,
            expires_at: i64::MAX,
        };
        let mut headers = HeaderMap::new();
        headers.insert(PURPOSE_HEADER, call.purpose.parse().expect("a value"));
        let request = Request::new(call.query).variables(Variables::from_json(call.variables));
        let subgraph = if call.service == "registry" {
            &self.registry
        } else {
            &self.signals
        };
        serde_json::to_value(subgraph.execute_as(who, &headers, request).await.response).expect("is JSON")
    }

    async fn list(&self, subject: &str, purpose: &str) -> Vec<Value> {
        let call = Call {
            service: "signals".to_owned(),
            subject: subject.to_owned(),
            purpose: purpose.to_owned(),
            query: "{ signals(first: 500) { nodes { state owner { id } externalReference { reference }
                parties { id } grants { to revokedAt revokedBecause } } } }"
                .to_owned(),
            variables: json!({}),
        };
        let answer = self.ask(call).await;
        assert!(answer.get("errors").is_none(), "{answer}");
        answer["data"]["signals"]["nodes"].as_array().expect("a list").clone()
    }
}

#[tokio::test]
async fn the_whole_story_is_played_once_and_quickly() {
    let stage = stage().await;
    let started = Instant::now();
    let played = play(&stage.story, Timestamp::now(), |call| stage.ask(call))
        .await
        .expect("plays");
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
    println!("{played:?} in {:?}", started.elapsed());
    assert_eq!(played.recorded, stage.story.signals.len());

    let asked = Cell::new(0);
    let counting = |call| {
        asked.set(asked.get() + 1);
        stage.ask(call)
    };
    let again = play(&stage.story, Timestamp::now(), counting).await.expect("plays");
    assert_eq!(
        (again, asked.get()),
        (Played::default(), 1),
        "one look, and nothing to do"
    );

    // What was shared with IGJ is what its analyst sees, with the parties.
    let shared = stage.list("igj.analyst", "risicoanalyse").await;
    assert!(
        shared
            .iter()
            .any(|signal| signal["externalReference"]["reference"] == "tanker-damp-bij-laden")
    );
    assert!(shared.iter().any(|signal| signal["parties"] != json!([])));
}

#[tokio::test]
async fn what_is_done_together_is_done_once() {
    for stage in [stage().await, stage_on_postgres().await] {
        let start = Timestamp::now();
        play(&stage.story, start, |call| stage.ask(call)).await.expect("plays");
        assert_eq!(deeds(&stage.story, start, |call| stage.ask(call)).await, []);
        // Also when it was broken off: each deed is known by what came of it.
        let mut longer = stage.story.clone();
        let never = StoryDeed {
            unless: "signal(id: \"<nothing>\") { id }".to_owned(),
            ..longer.deeds[0].clone()
        };
        longer.deeds.push(never);
        let changes = Cell::new(0);
        let counting = |call: Call| {
            changes.set(changes.get() + usize::from(call.query.starts_with("mutation")));
            stage.ask(call)
        };
        let undone = deeds(&longer, start, counting).await;
        assert_eq!((undone.len(), changes.get()), (1, 0), "{undone:?}");
        assert_eq!(undone[0].reason, "nothing is called <nothing>");
        let asked = Cell::new(0);
        let counting = |call| {
            asked.set(asked.get() + 1);
            stage.ask(call)
        };
        assert_eq!(deeds(&stage.story, start, counting).await, []);
        assert_eq!(asked.get(), 1, "one look, and nothing to do");
    }
}

#[tokio::test]
async fn every_signal_ends_as_the_story_says() {
    for stage in [stage().await, stage_on_postgres().await] {
        ends_as_told(&stage).await;
    }
}

async fn ends_as_told(stage: &Stage) {
    play(&stage.story, Timestamp::now(), |call| stage.ask(call))
        .await
        .expect("plays");
    for signal in &stage.story.signals {
        let own = stage.list(&signal.r#as, signal.purpose.as_str()).await;
        let found = own
            .iter()
            .find(|node| node["externalReference"]["reference"] == signal.key.as_str());
        let found = found.unwrap_or_else(|| panic!("{} is seen by its maker", signal.key));
        let state = match signal.then {
            Ending::Draft => "DRAFT",
            Ending::Publish => "PUBLISHED",
            Ending::Retract => "RETRACTED",
        };
        assert_eq!(found["state"], state, "{}", signal.key);
        let grants = found["grants"].as_array().expect("its owner sees grants");
        assert_eq!(grants.len(), signal.grants.len(), "{}", signal.key);
        for grant in signal.grants.iter().filter_map(|grant| grant.revoked_because.as_ref()) {
            assert!(
                grants.iter().any(|made| made["revokedBecause"] == grant.as_str()),
                "{}",
                signal.key
            );
        }
    }
}

#[tokio::test]
async fn a_play_that_was_broken_off_goes_on_where_it_stopped() {
    let stage = stage().await;
    let mut recorded = 0;
    for patience in [1, 7, 50] {
        let left = Cell::new(patience);
        let breaking = |call| {
            left.set(left.get() - 1);
            let broken = left.get() < 0;
            let answer = (!broken).then(|| stage.ask(call));
            async move {
                match answer {
                    Some(answer) => answer.await,
                    None => json!({ "errors": [{ "message": "the power is gone" }] }),
                }
            }
        };
        let stopped = play(&stage.story, Timestamp::now(), breaking).await.expect_err("stops");
        assert!(stopped.to_string().contains("the power is gone"), "{stopped}");
    }
    let rest = play(&stage.story, Timestamp::now(), |call| stage.ask(call))
        .await
        .expect("plays");
    recorded += rest.recorded;
    assert!(recorded < stage.story.signals.len() && rest.changes > 0, "{rest:?}");
    let again = play(&stage.story, Timestamp::now(), |call| stage.ask(call))
        .await
        .expect("plays");
    assert_eq!(again, Played::default());
}
