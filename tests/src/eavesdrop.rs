//! Hearing everything that is traced while something is done, at every level, from every thread.
//!
//! What is traced does not say for whom, so a test that listens runs [`alone`], in a process of its own.

use std::fmt::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use telemetry::{Settings, Telemetry};
use tokio::runtime::Runtime;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::filter::dynamic_filter_fn;
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

/// Set in the process of a test that runs alone.
const ALONE: &str = "SAMENZICHT_TEST_ALONE";
/// How long a driver's thread may take to say what it has done after its answer is there.
const ECHO: Duration = Duration::from_millis(40);

static LISTENING: AtomicBool = AtomicBool::new(false);
static TELLING: Mutex<Option<Telemetry>> = Mutex::new(None);
static HEARD: Mutex<Vec<(String, String)>> = Mutex::new(Vec::new());

struct Ears;

#[derive(Default)]
struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let _ = write!(self.0, "{}={value:?} ", field.name());
    }
}

impl<S: Subscriber> Layer<S> for Ears {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut text = Text::default();
        event.record(&mut text);
        let line = (event.metadata().target().to_owned(), text.0);
        HEARD.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    }
}

/// Starts the binary's listener, which also prints errors of a failing test. Later calls do nothing.
pub fn start() {
    begin(None);
}

/// The same for a test that runs alone, which tells a collector of its requests too. To be called before anything else.
pub fn start_telling(endpoint: &str) {
    assert!(std::env::var_os(ALONE).is_some(), "whoever tells runs alone");
    let settings = Settings {
        endpoint: Some(endpoint.to_owned()),
        name: "tests".to_owned(),
        sampled: 1.0,
        every: Duration::from_secs(1),
    };
    begin(Some(&settings));
}

/// Ends what was begun by [`start_telling`]: all of it has been sent.
pub async fn told() {
    let telling = TELLING.lock().unwrap_or_else(PoisonError::into_inner).take();
    telling.expect("it was begun").stop().await;
}

fn begin(telling: Option<&Settings>) {
    let (telemetry, spans) = telling
        .map(|settings| telemetry::start(settings).expect("a collector's address"))
        .unzip();
    let errors = EnvFilter::from_default_env().add_directive(tracing::Level::ERROR.into());
    let print = tracing_subscriber::fmt::layer().with_test_writer().with_filter(errors);
    if telemetry.is_some() {
        *TELLING.lock().unwrap_or_else(PoisonError::into_inner) = telemetry;
    }
    let printing = tracing_subscriber::registry().with(spans).with(print);
    // Other tests are not made slower by ears that they do not use.
    let _ = if std::env::var_os(ALONE).is_some() {
        let listening = dynamic_filter_fn(|_, _| LISTENING.load(Ordering::SeqCst));
        printing.with(Ears.with_filter(listening)).try_init()
    } else {
        printing.try_init()
    };
}

/// Whether this process is the test's own: then it goes on. Otherwise it has been run in one, and passed.
pub fn alone(test: &str) -> bool {
    if std::env::var_os(ALONE).is_some() {
        return true;
    }
    let binary = std::env::current_exe().expect("a test knows its binary");
    let run = std::process::Command::new(binary)
        .args(["--exact", test, "--nocapture"])
        .env(ALONE, "1")
        .output();
    let run = run.expect("the binary runs again");
    let told = String::from_utf8_lossy(&run.stdout);
    let errors = String::from_utf8_lossy(&run.stderr);
    assert!(
        run.status.success() && told.contains("1 passed"),
        "{test}:\n{told}\n{errors}"
    );
    false
}

/// Does something; what came of it, and everything that was traced meanwhile: target and text.
pub fn overhear<T>(runtime: &Runtime, what: impl Future<Output = T>) -> (T, Vec<(String, String)>) {
    assert!(std::env::var_os(ALONE).is_some(), "whoever listens runs alone");
    HEARD.lock().unwrap_or_else(PoisonError::into_inner).clear();
    LISTENING.store(true, Ordering::SeqCst);
    let outcome = runtime.block_on(async {
        let outcome = what.await;
        tokio::time::sleep(ECHO).await;
        outcome
    });
    LISTENING.store(false, Ordering::SeqCst);
    let lines = std::mem::take(&mut *HEARD.lock().unwrap_or_else(PoisonError::into_inner));
    (outcome, lines)
}

/// How many statements were sent to a database.
pub fn statements(heard: &[(String, String)]) -> usize {
    heard.iter().filter(|(target, _)| target == "sqlx::query").count()
}

/// A runtime of one thread.
pub fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime of our own")
}
