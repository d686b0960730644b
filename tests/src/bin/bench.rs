//! Measures what the platform costs and prints a table. Run it by `infra/bench`, which builds it and the platform as they
//! are shipped.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use tests::bench::{Bench, Report, cluster, delivery, draw, events, pages, room, start, throughput};

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Pages for the newest 50, each reader and filter.
    Pages,
    /// Lists a second beside hand-written SQL.
    Throughput,
    /// From publishing to subscribers.
    Events,
    /// Import beside hand-written SQL.
    Import,
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

#[tokio::main]
#[expect(clippy::print_stdout, reason = "a table is what it is for")]
async fn main() {
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
    if parts.contains(&Part::Start) {
        start(&mut report).await;
        report.write(&out);
    }
    parts.retain(|part| !matches!(part, Part::Start | Part::None));
    if !parts.is_empty() {
        if let Err(short) =
            room(&std::env::temp_dir(), signals).or_else(|short| running.as_ref().map(|_| ()).ok_or(short))
        {
            eprintln!("{short}");
            std::process::exit(1);
        }
        let mut bench = Bench::up(cluster(running.as_deref()), signals).await;
        report.filled(&bench).await;
        for part in parts {
            match part {
                Part::Pages => {
                    pages(&mut bench, &mut report).await;
                    if signals > FEWER {
                        report.growth(&out, FEWER);
                    }
                }
                Part::Throughput => throughput(&mut bench, &mut report).await,
                Part::Events => events(&mut bench, &mut report).await,
                Part::Import => delivery(&mut bench, &mut report).await,
                Part::Start | Part::None => {}
            }
            report.write(&out);
        }
    }
    draw(&out);
    println!("{}", report.table());
}
