//! Import: dirty deliveries against the API's contract, with everything that can go wrong between them.

mod formats;
mod parties;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use samenzicht::api::{Api, ApiFault, Patience, TokenSource};
use samenzicht::import::delivery::{Delivery, DeliveryFault, End};
use samenzicht::import::mapping::Mapping;
use samenzicht::import::profile;
use samenzicht::import::progress::Progress;
use samenzicht::import::summary::Summary;
use samenzicht::stop::Stop;
use tests::dirty::{self, COLUMNS, PLAIN, Style};
use tests::fake_api::{FakeApi, Mishap, TOKEN};

const ROWS: u32 = 1300;
const TRIES: u32 = 8;

/// Gives good tokens, and counts how often a new one was asked for.
#[derive(Default)]
struct Tokens {
    renewed: AtomicU32,
}

#[async_trait::async_trait]
impl TokenSource for Tokens {
    async fn token(&self, renew: bool) -> Result<String, String> {
        self.renewed.fetch_add(u32::from(renew), Ordering::SeqCst);
        Ok(TOKEN.to_owned())
    }
}

/// An API, a mapping that its steward approved, and a folder for files.
struct Scene {
    platform: FakeApi,
    mapping: Arc<Mapping>,
    tokens: Arc<Tokens>,
    stop: Stop,
    folder: tempfile::TempDir,
}

impl Scene {
    async fn new() -> Self {
        Self::with_mapping(|text| text).await
    }

    async fn with_mapping(change: impl FnOnce(String) -> String) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../infra/mappings/rail-disruptions.toml");
        let text = change(std::fs::read_to_string(path).expect("the committed mapping"));
        let mapping = Arc::new(Mapping::parse("rail-disruptions.toml", text).expect("valid"));
        let platform = FakeApi::start().await;
        platform.with(|inner| inner.approved.insert(mapping.hash.clone()));
        let folder = tempfile::tempdir().expect("a folder");
        Self {
            platform,
            mapping,
            tokens: Arc::default(),
            stop: Stop::default(),
            folder,
        }
    }

    fn api(&self) -> Api {
        let patience = Patience {
            tries: TRIES,
            first_pause: Duration::from_millis(2),
            limit: Duration::from_secs(20),
        };
        Api::new(
            &self.platform.url,
            "toezicht",
            self.tokens.clone(),
            patience,
            self.stop.clone(),
        )
        .expect("loopback")
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).expect("written");
        path
    }

    fn delivery(&self, file: PathBuf) -> Delivery {
        let rejects = Some(self.folder.path().join("rejects.csv"));
        Delivery {
            file,
            format: None,
            mapping: self.mapping.clone(),
            dry_run: false,
            rejects,
            batch: 500,
        }
    }

    async fn import(&self, file: PathBuf) -> (Summary, End) {
        self.delivery(file)
            .run(&self.api(), &self.stop, &mut Progress::none())
            .await
    }

    /// The rejects as rows by column name.
    fn rejects(&self) -> Vec<std::collections::HashMap<String, Vec<u8>>> {
        let path = self.folder.path().join("rejects.csv");
        let mut file = csv::ReaderBuilder::new()
            .flexible(true)
            .from_path(path)
            .expect("a rejects file");
        let names: Vec<String> = file.headers().expect("a header").iter().map(str::to_owned).collect();
        let wanted: Vec<&str> = COLUMNS.iter().copied().chain(["_line", "_field", "_reason"]).collect();
        assert_eq!(names, wanted, "the columns of the file in their order, then three more");
        let rows = file.byte_records().map(|row| row.expect("a row"));
        rows.map(|row| names.iter().cloned().zip(row.iter().map(<[u8]>::to_vec)).collect())
            .collect()
    }

    fn references(&self) -> BTreeSet<String> {
        self.platform
            .with(|inner| inner.signals.keys().map(|(_, reference)| reference.clone()).collect())
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn complete(end: &End) {
    assert!(matches!(end, End::Complete), "{end:?}");
}

#[tokio::test]
async fn a_dirty_delivery_is_taken_in_and_the_rest_comes_back() {
    let scene = Scene::new().await;
    let made = dirty::delivery(1, ROWS, PLAIN);
    let (summary, end) = scene.import(scene.file("rail.csv", &made.bytes)).await;
    complete(&end);
    assert_eq!(summary.rows, u64::from(ROWS));
    assert_eq!(summary.created + summary.rejected, summary.rows);
    assert_eq!(scene.references(), made.good);
    let found: Vec<(u64, String)> = scene
        .rejects()
        .iter()
        .map(|row| (text(&row["_line"]).parse().expect("a number"), text(&row["_field"])))
        .collect();
    let wanted: Vec<(u64, String)> = made.bad.iter().map(|bad| (bad.line, bad.field.to_owned())).collect();
    assert_eq!(found, wanted, "line and field of every refused row");
    assert!(made.bad.len() > 50 && scene.rejects().iter().all(|row| !row["_reason"].is_empty()));
    assert!(
        scene
            .platform
            .with(|inner| inner.batches.iter().all(|size| *size <= 500))
    );
}

#[tokio::test]
async fn the_line_of_a_reject_is_where_its_row_begins_whatever_the_style() {
    for style in [
        Style {
            delimiter: ';',
            line_end: "\r\n",
            mark: true,
        },
        Style {
            delimiter: ';',
            line_end: "\n",
            mark: false,
        },
        Style {
            delimiter: ';',
            line_end: "\n",
            mark: true,
        },
    ] {
        let scene = Scene::with_mapping(|text| text.replace("delimiter = \",\"", "delimiter = \";\"")).await;
        let made = dirty::delivery(2, 400, style);
        let (summary, end) = scene.import(scene.file("rail.csv", &made.bytes)).await;
        complete(&end);
        assert_eq!(
            (summary.created, summary.rejected),
            (made.good.len() as u64, made.bad.len() as u64),
            "{style:?}"
        );
        let lines: Vec<&[u8]> = made.bytes.split(|byte| *byte == b'\n').collect();
        let path = scene.folder.path().join("rejects.csv");
        let mut file = csv::ReaderBuilder::new()
            .delimiter(b';')
            .flexible(true)
            .from_path(path)
            .expect("rejects");
        for row in file.byte_records() {
            let row = row.expect("a row");
            let line: usize = text(&row[14]).parse().expect("a number");
            assert!(
                lines[line - 1].starts_with(&row[0]),
                "line {line} begins with the row's first column"
            );
        }
    }
}

#[tokio::test]
async fn mended_rejects_go_in_by_the_same_mapping() {
    let scene = Scene::new().await;
    let made = dirty::delivery(3, ROWS, PLAIN);
    scene.import(scene.file("rail.csv", &made.bytes)).await;
    let mut mended = csv::Writer::from_writer(Vec::new());
    let columns: Vec<&str> = COLUMNS.iter().copied().chain(["_line", "_field", "_reason"]).collect();
    mended.write_record(&columns).expect("written");
    let rejects = scene.rejects();
    for (number, mut row) in rejects.iter().cloned().enumerate() {
        let field = text(&row["_field"]);
        let column = if field == "signal.narrative" {
            "ns_lines"
        } else {
            field.as_str()
        };
        let value = match column {
            "rdt_id" => format!("mended-{number}"),
            "start_time" => "2009-12-31 23:00:00".to_owned(),
            "end_time" => "2022-12-31 23:00:00".to_owned(),
            "duration_minutes" => "10".to_owned(),
            _ => "Delft-Gouda".to_owned(),
        };
        if !column.is_empty() {
            row.insert(column.to_owned(), value.into_bytes());
        }
        mended
            .write_record(columns.iter().map(|name| &row[*name]))
            .expect("written");
    }
    let (summary, end) = scene
        .import(scene.file("mended.csv", &mended.into_inner().expect("in memory")))
        .await;
    complete(&end);
    assert_eq!((summary.created, summary.rejected), (rejects.len() as u64, 0));
    assert_eq!(
        scene.references().len(),
        ROWS as usize,
        "accepted and mended are all rows"
    );
    assert!(
        !scene.folder.path().join("rejects.csv").exists(),
        "no refused rows, no file"
    );
}

#[tokio::test]
async fn rejects_that_nobody_mended_are_refused_again() {
    let scene = Scene::new().await;
    let made = dirty::delivery(4, ROWS, PLAIN);
    scene.import(scene.file("rail.csv", &made.bytes)).await;
    // A reference that stands twice in the delivery stands once in its rejects: alone it is a row like another.
    let twice = scene
        .rejects()
        .iter()
        .filter(|row| text(&row["_reason"]).contains("already"))
        .count();
    let before = scene.rejects().len();
    let copy = scene.folder.path().join("again.csv");
    std::fs::rename(scene.folder.path().join("rejects.csv"), &copy).expect("moved");
    let (summary, _) = scene.import(copy).await;
    assert!(summary.rejected as usize >= before - twice, "{summary:?}");
}

#[tokio::test]
async fn the_same_delivery_twice_changes_nothing() {
    let scene = Scene::new().await;
    let made = dirty::delivery(5, ROWS, PLAIN);
    let file = scene.file("rail.csv", &made.bytes);
    scene.import(file.clone()).await;
    let before = scene.platform.with(|inner| inner.signals.clone());
    let (summary, end) = scene.import(file).await;
    complete(&end);
    assert_eq!((summary.created, summary.changed), (0, 0));
    assert_eq!(summary.unchanged, made.good.len() as u64);
    assert_eq!(scene.platform.with(|inner| inner.signals.clone()), before);
}

#[tokio::test]
async fn killed_halfway_a_rerun_completes_it() {
    let scene = Arc::new(Scene::new().await);
    let made = dirty::delivery(6, ROWS, PLAIN);
    let file = scene.file("rail.csv", &made.bytes);
    let first = tokio::spawn({
        let (scene, file) = (scene.clone(), file.clone());
        async move {
            scene
                .delivery(file)
                .batch(100)
                .run(&scene.api(), &scene.stop, &mut Progress::none())
                .await
                .0
        }
    });
    scene.platform.batch_arrived().await;
    scene.platform.batch_arrived().await;
    first.abort();
    assert!(first.await.is_err_and(|error| error.is_cancelled()));
    let half = scene.references().len();
    assert!(half > 0 && half < made.good.len(), "{half} of {}", made.good.len());
    let (summary, end) = scene.import(file).await;
    complete(&end);
    assert_eq!(scene.references(), made.good);
    // What was on its way when it was killed may have arrived after we looked.
    assert!(summary.unchanged as usize >= half);
    assert_eq!((summary.created + summary.unchanged) as usize, made.good.len());
}

#[tokio::test]
async fn stopped_it_finishes_what_is_under_way_and_a_rerun_goes_on() {
    let scene = Scene::new().await;
    let made = dirty::delivery(7, ROWS, PLAIN);
    let file = scene.file("rail.csv", &made.bytes);
    let (delivery, api, mut silent) = (scene.delivery(file.clone()).batch(100), scene.api(), Progress::none());
    let running = delivery.run(&api, &scene.stop, &mut silent);
    let stopping = async {
        scene.platform.batch_arrived().await;
        scene.stop.request();
    };
    let ((summary, end), ()) = tokio::join!(running, stopping);
    assert!(matches!(end, End::Stopped), "{end:?}");
    assert!(summary.rows >= 100 && summary.rows < u64::from(ROWS), "{summary:?}");
    assert_eq!(
        summary.created as usize,
        scene.references().len(),
        "what was sent is counted"
    );
    let again = Stop::default();
    let (_, end) = scene
        .delivery(file)
        .run(&scene.api(), &again, &mut Progress::none())
        .await;
    complete(&end);
    assert_eq!(scene.references(), made.good);
}

#[tokio::test]
async fn passing_faults_are_tried_again() {
    let scene = Scene::new().await;
    let made = dirty::delivery(8, ROWS, PLAIN);
    let mishaps = [
        Mishap::Status(500),
        Mishap::AnswerLost,
        Mishap::Status(503),
        Mishap::Code("SERVICE_UNAVAILABLE"),
        Mishap::TokenExpired,
        Mishap::Code("LOG_UNAVAILABLE"),
    ];
    scene.platform.with(|inner| inner.mishaps.extend(mishaps));
    let (summary, end) = scene.import(scene.file("rail.csv", &made.bytes)).await;
    complete(&end);
    assert_eq!(scene.references(), made.good);
    assert_eq!((summary.created + summary.unchanged) as usize, made.good.len());
    assert_eq!(scene.tokens.renewed.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn lasting_faults_end_it_with_their_code() {
    let scene = Scene::new().await;
    let file = scene.file("rail.csv", &dirty::delivery(9, 20, PLAIN).bytes);
    scene
        .platform
        .with(|inner| inner.mishaps.extend([Mishap::Status(500); TRIES as usize]));
    let (summary, end) = scene.import(file.clone()).await;
    assert!(
        matches!(&end, End::Failed(fault) if fault.code() == "API_UNREACHABLE"),
        "{end:?}"
    );
    assert_eq!((summary.rows, scene.platform.with(|inner| inner.requests)), (0, TRIES));
    scene
        .platform
        .with(|inner| inner.mishaps.push_back(Mishap::Code("FORBIDDEN")));
    let (_, end) = scene.import(file.clone()).await;
    assert!(
        matches!(&end, End::Failed(fault) if fault.code() == "FORBIDDEN"),
        "{end:?}"
    );
    assert_eq!(
        scene.platform.with(|inner| inner.requests),
        TRIES + 1,
        "a refusal is not tried again"
    );
    scene
        .platform
        .with(|inner| inner.mishaps.extend([Mishap::TokenExpired; 2]));
    let (_, end) = scene.import(file).await;
    assert!(
        matches!(&end, End::Failed(fault) if fault.code() == "TOKEN_EXPIRED"),
        "{end:?}"
    );
}

#[tokio::test]
async fn a_profile_must_be_proposed_and_approved() {
    let scene = Scene::new().await;
    scene.platform.with(|inner| inner.approved.clear());
    let file = scene.file("rail.csv", &dirty::delivery(10, 20, PLAIN).bytes);
    let (_, end) = scene.import(file.clone()).await;
    assert!(
        matches!(&end, End::Failed(fault) if fault.code() == "PROFILE_NOT_APPROVED"),
        "{end:?}"
    );
    let early = profile::approve(&scene.api(), &scene.mapping)
        .await
        .expect_err("nobody proposed it");
    assert!(
        matches!(&early, ApiFault::Refused { code, .. } if code == "NOT_FOUND"),
        "{early}"
    );
    profile::propose(&scene.api(), &scene.mapping).await.expect("proposed");
    profile::approve(&scene.api(), &scene.mapping).await.expect("approved");
    complete(&scene.import(file).await.1);
}

#[tokio::test]
async fn a_file_without_the_columns_is_refused_before_anything_is_sent() {
    let scene = Scene::new().await;
    let bytes = text(&dirty::delivery(11, 20, PLAIN).bytes).replacen("start_time", "starttime", 1);
    let (summary, end) = scene.import(scene.file("rail.csv", bytes.as_bytes())).await;
    let End::Failed(DeliveryFault::Mapping(fault)) = &end else {
        panic!("{end:?}")
    };
    assert_eq!(fault.key, "fields.observed_from.column");
    assert!(fault.mend.contains("Did you mean `starttime`?"), "{fault}");
    assert_eq!((summary.rows, scene.platform.with(|inner| inner.requests)), (0, 0));
    let (_, end) = scene.import(scene.file("empty.csv", b"")).await;
    assert!(matches!(end, End::Failed(DeliveryFault::Mapping(_))), "{end:?}");
    let (_, end) = scene.import(scene.folder.path().join("absent.csv")).await;
    assert!(matches!(end, End::Failed(DeliveryFault::File { .. })), "{end:?}");
}

#[tokio::test]
async fn a_dry_run_writes_nothing() {
    let scene = Scene::new().await;
    let made = dirty::delivery(12, 600, PLAIN);
    let delivery = Delivery {
        dry_run: true,
        ..scene.delivery(scene.file("rail.csv", &made.bytes))
    };
    let (summary, end) = delivery.run(&scene.api(), &scene.stop, &mut Progress::none()).await;
    complete(&end);
    assert_eq!(
        (summary.created, summary.rejected),
        (made.good.len() as u64, made.bad.len() as u64)
    );
    assert!(scene.references().is_empty());
}

#[tokio::test]
async fn the_double_hour_is_noted_on_the_record() {
    let scene = Scene::new().await;
    let made = dirty::delivery(13, ROWS, PLAIN);
    scene.import(scene.file("rail.csv", &made.bytes)).await;
    let noted: BTreeSet<String> = scene.platform.with(|inner| {
        let noted = inner
            .signals
            .iter()
            .filter(|(_, record)| record["signal"]["note"].is_string());
        noted.map(|((_, reference), _)| reference.clone()).collect()
    });
    assert!(!noted.is_empty());
    assert_eq!(noted, made.remarked);
    scene.platform.with(|inner| {
        for ((_, reference), record) in &inner.signals {
            let (from, until) = (&record["signal"]["observedFrom"], &record["signal"]["observedUntil"]);
            let ordered = until.is_null() || from.as_str() < until.as_str();
            assert!(ordered, "{reference}: {from} {until}");
        }
    });
}

#[tokio::test]
async fn labels_and_grants_follow_the_first_rule_that_fits() {
    let scene = Scene::new().await;
    let made = dirty::delivery(14, ROWS, PLAIN);
    scene.import(scene.file("rail.csv", &made.bytes)).await;
    let mut seen = BTreeSet::new();
    scene.platform.with(|inner| {
        for record in inner.signals.values() {
            let title = record["signal"]["title"].as_str().expect("a title");
            let audiences: Vec<String> = record["grants"]
                .as_array()
                .expect("grants")
                .iter()
                .map(|grant| grant["to"].to_string())
                .collect();
            let tlp = record["signal"]["labels"]["tlp"].as_str().expect("a TLP");
            let wanted: (&str, &[&str]) = match title {
                t if t.contains("seinstoring") => ("AMBER", &[r#"{"circle":"digitale-weerbaarheid"}"#]),
                t if t.contains("persoon") || t.contains("staking") => ("AMBER", &[]),
                t if t.contains("defecte trein") => ("GREEN", &[r#"{"everyone":true}"#, r#"{"everyone":true}"#]),
                _ => continue,
            };
            assert_eq!(
                (tlp, audiences.iter().map(String::as_str).collect::<Vec<_>>()),
                (wanted.0, wanted.1.to_vec()),
                "{title}"
            );
            seen.insert(wanted);
        }
    });
    assert_eq!(seen.len(), 3, "all three ways occur");
}

#[tokio::test]
async fn the_rejects_file_is_never_the_file_itself() {
    let scene = Scene::new().await;
    let file = scene.file("rejects.csv", &dirty::delivery(15, 20, PLAIN).bytes);
    let before = std::fs::read(&file).expect("there");
    let (_, end) = scene.import(file.clone()).await;
    assert!(matches!(end, End::Failed(DeliveryFault::Rejects { .. })), "{end:?}");
    assert_eq!(std::fs::read(&file).expect("there"), before);
}

#[tokio::test]
async fn a_token_is_not_sent_in_the_clear() {
    let tokens: Arc<Tokens> = Arc::default();
    for url in [
        "http://samenzicht.example.nl/graphql",
        "ftp://127.0.0.1/graphql",
        "samenzicht",
    ] {
        let refused = Api::new(url, "toezicht", tokens.clone(), Patience::default(), Stop::default());
        assert!(matches!(refused.err(), Some(ApiFault::Address(_))), "{url}");
    }
}
