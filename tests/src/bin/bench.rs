//! Measures what the platform costs and prints a table. Run it by `infra/bench`, which builds it and the platform as they
//! are shipped.

use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use futures::FutureExt;
use tests::bench::{Bench, Report, client, cluster, delivery, draw, events, fan, pages, room, start, throughput, view};

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Pages for the newest 50, each reader and filter.
    Pages,
    /// Lists a second beside hand-written SQL.
    Throughput,
    /// From publishing to subscribers, ten signals a second to a hundred.
    Events,
    /// From publishing to subscribers, one signal a second to a thousand.
    Fan,
    /// Import beside hand-written SQL.
    Import,
    /// A file through the command-line client beside hand-written SQL, and the memory that it takes.
    Client,
    /// The whole view of a party through the gateway beside its parts.
    View,
    /// Start and memory of the demo.
    Start,
    /// Nothing: what was measured before is drawn and told.
    None,
}

/// The size beside which a larger one is held.
const FEWER: u64 = 100_000;

/// Measures what the platform costs.
#[derive(Parser)]
struct Arguments {
    /// How many signals there are
    #[arg(long, default_value_t = 100_000)]
    signals: u64,
    /// What is measured [default: all of it]
    #[arg(long, value_enum, value_delimiter = ',')]
    parts: Vec<Part>,
    /// Folder for the figures and plots
    #[arg(long)]
    out: PathBuf,
    /// Folder with the socket of a cluster that runs already; what was filled there before is used again
    #[arg(long)]
    cluster: Option<PathBuf>,
}

/// Measures one part. What it has told stands in the report, also where it does not come to its end.
async fn measure(part: Part, bench: &mut Bench, report: &mut Report, out: &Path) {
    match part {
        Part::Pages => {
            pages(bench, report).await;
            if bench.signals > FEWER {
                report.growth(out, FEWER);
            }
        }
        Part::Throughput => throughput(bench, report).await,
        Part::Events => events(bench, report).await,
        Part::Fan => fan(bench, report).await,
        Part::Import => delivery(bench, report).await,
        Part::Client => client(bench, report).await,
        Part::View => view(bench, report).await,
        // Measured before there is a platform, or never.
        Part::Start | Part::None => {}
    }
}

/// Measures these parts, each for itself; those that failed.
async fn all(parts: &[Part], bench: &mut Bench, report: &mut Report, out: &Path) -> Vec<Part> {
    let mut failed = Vec::new();
    for &part in parts {
        eprintln!("measuring: {part:?}");
        // A part that panics has said why; the next one stands by itself.
        let measured = AssertUnwindSafe(measure(part, bench, report, out)).catch_unwind().await;
        if measured.is_err() {
            failed.push(part);
        }
        report.write(out);
    }
    failed
}

#[tokio::main]
#[expect(clippy::print_stdout, reason = "a table is what it is for")]
async fn main() -> ExitCode {
    let Arguments {
        signals,
        mut parts,
        out,
        cluster: running,
    } = Arguments::parse();
    if parts.is_empty() {
        parts = Part::value_variants().to_vec();
    }
    let mut report = Report::begin(&out, signals);
    let mut failed = Vec::new();
    if parts.contains(&Part::Start) {
        let started = AssertUnwindSafe(start(&mut report)).catch_unwind().await;
        failed.extend(started.is_err().then_some(Part::Start));
        report.write(&out);
    }
    parts.retain(|part| !matches!(part, Part::Start | Part::None));
    if !parts.is_empty() {
        if let Err(short) =
            room(&std::env::temp_dir(), signals).or_else(|short| running.as_ref().map(|_| ()).ok_or(short))
        {
            eprintln!("{short}");
            return ExitCode::FAILURE;
        }
        let mut bench = Bench::up(cluster(running.as_deref()), signals).await;
        report.filled(&bench).await;
        failed.extend(all(&parts, &mut bench, &mut report, &out).await);
    }
    draw(&out);
    println!("{}", report.table());
    if failed.is_empty() {
        return ExitCode::SUCCESS;
    }
    eprintln!("not measured to the end: {failed:?}");
    ExitCode::FAILURE
}
