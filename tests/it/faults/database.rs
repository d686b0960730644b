//! The database falls under load, and the log store is cut off or hangs: refusals say what is true, everything goes on by
//! itself, and nothing that was answered is lost.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tests::caller::{Caller, document};
use tests::postgres::Cluster;
use tests::processes::Processes;
use tests::signals::{RECORD, input};
use tests::stand::Stand;
use tests::whole::halves;

use super::ground::table;

/// What may be told while the platform cannot do what was asked.
pub const CLEAR: [&str; 6] = [
    "BUSY",
    "LOG_UNAVAILABLE",
    "STORE_UNAVAILABLE",
    "OUTCOME_UNKNOWN",
    "TIMEOUT",
    "SERVICE_UNAVAILABLE",
];
/// Those of them that say that nothing was changed.
const UNCHANGED: [&str; 3] = ["BUSY", "LOG_UNAVAILABLE", "STORE_UNAVAILABLE"];
/// Within this it goes on by itself; the gateway rests five seconds from a service that does not answer.
const RECOVERY: Duration = Duration::from_secs(20);
const READ: &str = "{ signals(first: 5) { nodes { id title } } }";

/// What became of what was asked: `DONE`, or a code; nothing when nobody answered.
pub async fn told(caller: &Caller, query: &str, variables: &Value) -> (String, Value) {
    let Ok(answer) = caller.try_send(document(query, variables)).await else {
        return ("nobody".to_owned(), Value::Null);
    };
    let mut answer = answer.json();
    let code = answer["errors"][0]["extensions"]["code"]
        .as_str()
        .unwrap_or("DONE")
        .to_owned();
    (code, answer["data"].take())
}

/// What a load's tasks have heard.
#[derive(Default)]
pub struct Heard {
    /// Each write by its title.
    pub writes: Vec<(String, String)>,
    /// How often each answer was given to a reader.
    pub reads: BTreeMap<String, usize>,
}

/// Writers and readers that go on until they are told to stop.
pub struct Load {
    stop: Arc<AtomicBool>,
    writers: Vec<tokio::task::JoinHandle<Vec<(String, String)>>>,
    readers: Vec<tokio::task::JoinHandle<BTreeMap<String, usize>>>,
}

impl Load {
    /// Begins; outsiders read too, and must never see anything of what is written.
    pub fn begin(writer: &Caller, insider: &Caller, outsiders: &[Caller]) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let write = |number: usize| {
            let (caller, stop) = (writer.clone(), stop.clone());
            tokio::spawn(async move {
                let mut heard = Vec::new();
                while !stop.load(Ordering::Relaxed) {
                    let title = format!("last {number}.{}", heard.len());
                    let (code, _) = told(&caller, RECORD, &json!({ "input": input(&title) })).await;
                    heard.push((title, code));
                }
                heard
            })
        };
        let read = |caller: &Caller, inside: bool| {
            let (caller, stop) = (caller.clone(), stop.clone());
            tokio::spawn(async move {
                let mut heard = BTreeMap::new();
                while !stop.load(Ordering::Relaxed) {
                    let (code, data) = told(&caller, READ, &json!({})).await;
                    let shown = data.to_string().contains("last ");
                    assert!(!shown || (inside && code == "DONE"), "{code}: {data:#}");
                    *heard.entry(code).or_default() += 1;
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                heard
            })
        };
        let writers = (0..3).map(write).collect();
        let readers = outsiders
            .iter()
            .map(|caller| read(caller, false))
            .chain([read(insider, true)]);
        let readers = readers.collect();
        Self { stop, writers, readers }
    }

    /// Ends, and says what was heard.
    pub async fn end(self) -> Heard {
        self.stop.store(true, Ordering::Relaxed);
        let mut heard = Heard::default();
        for writer in self.writers {
            heard.writes.extend(writer.await.expect("a writer ends well"));
        }
        for reader in self.readers {
            for (code, times) in reader.await.expect("nobody sees what they may not") {
                *heard.reads.entry(code).or_default() += times;
            }
        }
        heard
    }
}

impl Heard {
    /// Holds what was told against the titles that stand; prints how often each code was told.
    pub fn holds(&self, what: &str, stand: &[String], clear: &[&str]) {
        let mut standing: BTreeMap<&str, usize> = BTreeMap::new();
        for title in stand {
            *standing.entry(title).or_default() += 1;
        }
        let mut codes: BTreeMap<&str, usize> = BTreeMap::new();
        for (title, code) in &self.writes {
            *codes.entry(code).or_default() += 1;
            let there = standing.get(title.as_str()).copied().unwrap_or_default();
            match code.as_str() {
                "DONE" => assert_eq!(there, 1, "LOST: {title}"),
                code if UNCHANGED.contains(&code) => assert_eq!(there, 0, "GHOST: {title} was refused with {code}"),
                code => assert!(there <= 1, "{title} after {code}"),
            }
        }
        println!("| {what} | writes {codes:?} | reads {:?} |", self.reads);
        let told: BTreeSet<&str> = codes.into_keys().chain(self.reads.keys().map(String::as_str)).collect();
        for code in &told {
            assert!(*code == "DONE" || clear.contains(code), "{what}: {code}");
        }
        assert!(told.len() > 1, "{what}: nobody noticed anything: {told:?}");
    }
}

/// Until an account's query is answered again; how long that took.
pub async fn until_whole(caller: &Caller) -> Duration {
    let began = Instant::now();
    loop {
        let (code, _) = told(caller, READ, &json!({})).await;
        if code == "DONE" {
            return began.elapsed();
        }
        assert!(began.elapsed() < RECOVERY, "it does not recover: {code}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn titles(stand: &Stand) -> Vec<String> {
    stand
        .behind
        .texts("SELECT title FROM signal WHERE title LIKE 'last %'", vec![])
        .await
}

fn load(stand: &Stand) -> Load {
    let outsiders = [
        stand.caller("nvwa.inspector", "toezicht"),
        stand.caller("igj.analyst", "risicoanalyse"),
    ];
    let inspector = stand.caller("ilt.inspector", "toezicht");
    Load::begin(&inspector, &inspector, &outsiders)
}

async fn whole(stand: &Stand) {
    for (what, count) in halves(&stand.behind).await {
        assert_eq!(count, 0, "{what}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_falls_under_load_and_nothing_is_lost() {
    let cluster: &'static Cluster = Box::leak(Box::new(Cluster::that_keeps()));
    let stand = Stand::of(Processes::start_on(cluster, cluster.empty().await).await).await;
    let inspector = stand.caller("ilt.inspector", "toezicht");
    let load = load(&stand);
    let mut slowest = Duration::ZERO;
    for away in [0.0, 1.0, 0.0] {
        tokio::time::sleep(Duration::from_millis(1500)).await;
        tokio::task::spawn_blocking(move || cluster.fall(away))
            .await
            .expect("it falls");
        slowest = slowest.max(until_whole(&inspector).await);
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    let heard = load.end().await;
    heard.holds("PostgreSQL falls 3 times", &titles(&stand).await, &CLEAR);
    println!(
        "| PostgreSQL: answers again after its start | {:.2} s | |",
        slowest.as_secs_f32()
    );
    whole(&stand).await;
    let sees = table(&inspector).await.len();
    assert_eq!(sees, titles(&stand).await.len(), "the owner sees all of it");
    stand.down().await;
}

const DENY: [&str; 2] = [
    "CREATE FUNCTION accountability.cut_off() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'cut off'; END $$",
    "CREATE TRIGGER cut_off BEFORE INSERT ON accountability.processing_log
        FOR EACH ROW EXECUTE FUNCTION accountability.cut_off()",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_log_store_that_is_cut_off_or_hangs_shows_and_changes_nothing() {
    let stand = Stand::of(Processes::start().await).await;
    let inspector = stand.caller("ilt.inspector", "toezicht");
    let cut = load(&stand);
    tokio::time::sleep(Duration::from_secs(1)).await;
    for statement in DENY {
        stand.behind.run(statement, vec![]).await;
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    stand
        .behind
        .run("DROP FUNCTION accountability.cut_off() CASCADE", vec![])
        .await;
    until_whole(&inspector).await;
    cut.end()
        .await
        .holds("the log store is cut off", &titles(&stand).await, &CLEAR);
    whole(&stand).await;

    // It hangs: a read waits ten seconds for its line and no longer. Asked at the service: the gateway waits less.
    let at = format!("http://{}/graphql", stand.signals);
    let reader = Caller::at(at)
        .token(&stand.signer.token("ilt.inspector", 3600))
        .purpose("toezicht");
    let behind = stand.behind.clone();
    let hang = "DO $$ BEGIN LOCK TABLE accountability.audit_log IN ACCESS EXCLUSIVE MODE; PERFORM pg_sleep(12); END $$";
    let hanging = tokio::spawn(async move { behind.run(hang, vec![]).await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    let began = Instant::now();
    let (nothing, variables) = (json!({}), json!({ "input": input("last 9.9") }));
    let (read, written) = tokio::join!(told(&reader, READ, &nothing), told(&reader, RECORD, &variables));
    assert_eq!(read, ("LOG_UNAVAILABLE".to_owned(), Value::Null), "nothing is shown");
    assert!(began.elapsed() < Duration::from_secs(30), "{:?}", began.elapsed());
    println!(
        "| the log store hangs for 12 s | write {} | read {} |",
        written.0, read.0
    );
    hanging.await.expect("it hung");
    let stands = titles(&stand).await.contains(&"last 9.9".to_owned());
    assert_eq!(stands, written.0 == "DONE", "{written:?}");
    until_whole(&inspector).await;
    whole(&stand).await;
    stand.down().await;
}
