//! The whole view of a party through the gateway, beside the services asked directly for what the gateway asks of them.
//! By turns, so that whatever else the machine does weighs on both.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::ask::{Asker, float, share};
use super::overheard::{Asked, Overheard};
use super::process::cpu_of;
use super::whole_party::parties;
use super::{Bench, Report};

/// Who looks, and for which purpose: an inspector of the inspectorate that keeps the parties, and somebody in two dozen
/// circles of another.
const READERS: [(&str, &str); 2] = [("ilt.inspector", "toezicht"), ("igj.coordinator", "risicoanalyse")];
const SERVICES: [&str; 2] = ["registry", "signals"];
/// The views that are measured, and the time within which as many are measured as fit.
const VIEWS: usize = 200;
const TIME: Duration = Duration::from_secs(20);
/// Views before those that count.
const WARM: usize = 10;
/// What the others of the services could share if they ran at once.
const CORES: f64 = 2.0;
/// The gateway's part at most.
const PROMISED: f64 = 1.3;

const VIEW: &str = "query ($id: ID!) { party(id: $id) {
    id kind legalName tradeNames version publicTask safetyManagementSystem kept identifiers { scheme value }
    mergedFrom { id legalName } sectors { code name } safetyRegion { code name }
    sites { id name address { street postcode city } coordinates { latitude longitude } identifiers { scheme value } safetyRegion { code name } }
    relations(first: 20) { nodes { id role starts ends party { id legalName } } }
    accountHolders { id name publicContact organisation { code name } }
    supervision { reasons mandate { legalSource organisation { code name } law { code name } } }
    supervisionLevels { id level step reason from state owner { code name } }
    supervisionHistory(first: 20) { nodes { id level step from } }
    covenants(first: 20) { nodes { id title } }
    contacts(first: 20) { nodes { id at kind summary } }
    signals(first: 50) { nodes { id number title category severity urgency observedFrom createdAt state rank tlp rating
        owner { code name } parties { id legalName } regions { code name } visibleBecause { kind purpose circle }
        permittedActions maskedFields { field reason } } pageInfo { hasNextPage endCursor } } } }";

/// How long each took, in microseconds: through the gateway, and of each service all that is its.
#[derive(Default)]
struct Took {
    whole: Vec<u64>,
    parts: [Vec<u64>; 2],
    /// Seconds of processor that the services took when they were asked directly.
    cpu: [f64; 2],
}

/// Asks one after the other; the microseconds of all together.
async fn timed(askers: &[Asker]) -> u64 {
    let began = Instant::now();
    for asker in askers {
        asker.send().await.expect("an answer");
    }
    u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX)
}

/// One round: the gateway and each service, the gateway first in every other round.
async fn round(number: usize, whole: &[Asker], parts: &[Vec<Asker>; 2], processes: [u32; 2], took: &mut Took) {
    if number.is_multiple_of(2) {
        took.whole.push(timed(whole).await);
    }
    for place in 0..parts.len() {
        let before = cpu_of(processes[place]);
        took.parts[place].push(timed(&parts[place]).await);
        took.cpu[place] += cpu_of(processes[place]) - before;
    }
    if !number.is_multiple_of(2) {
        took.whole.push(timed(whole).await);
    }
}

/// As many rounds as fit.
async fn rounds(whole: Asker, parts: &[Vec<Asker>; 2], processes: [u32; 2]) -> Took {
    let whole = [whole];
    for number in 0..WARM {
        round(number, &whole, parts, processes, &mut Took::default()).await;
    }
    let (began, mut took) = (Instant::now(), Took::default());
    let mut number = 0;
    while number < VIEWS && began.elapsed() < TIME {
        round(number, &whole, parts, processes, &mut took).await;
        number += 1;
    }
    took.whole.sort_unstable();
    took.parts.iter_mut().for_each(|part| part.sort_unstable());
    took
}

/// The direct questions of each service, which must answer each without an error.
async fn directly(bench: &mut Bench, asked: &[Asked], token: &str, purpose: &str) -> [Vec<Asker>; 2] {
    let mut parts = [Vec::new(), Vec::new()];
    for (place, service) in SERVICES.into_iter().enumerate() {
        let asker = Asker::new(&bench.service(service), token, purpose, "", &Value::Null);
        for (_, body) in asked.iter().filter(|(to, _)| *to == service) {
            let one = asker.saying(body.clone());
            one.data().await;
            parts[place].push(one);
        }
    }
    parts
}

/// What is told of one party and reader.
struct Told {
    /// Milliseconds in the middle: the gateway, the registry, the service signals, and what is allowed.
    middle: [f64; 4],
    /// The same for 95 of 100.
    most: [f64; 4],
}

fn told(took: &Took) -> Told {
    let at = |of_hundred: usize| {
        #[expect(clippy::cast_precision_loss, reason = "microseconds of an answer are few")]
        let of = |values: &[u64]| share(values, of_hundred) as f64 / 1000.0;
        let (whole, registry, signals) = (of(&took.whole), of(&took.parts[0]), of(&took.parts[1]));
        let cpu = took.cpu[1] * 1000.0 / float(took.whole.len().max(1));
        [
            whole,
            registry,
            signals,
            PROMISED * (registry + signals.max(cpu / CORES)),
        ]
    };
    Told {
        middle: at(50),
        most: at(95),
    }
}

fn tell(report: &mut Report, name: &str, shown: usize, asked: &[Asked], told: &Told, views: usize) {
    let [whole, registry, signals, allowed] = told.middle;
    let [most, _, _, most_allowed] = told.most;
    let fetches = |service: &str| asked.iter().filter(|(to, _)| *to == service).count();
    let measured = format!(
        "{whole:.1} ms beside {registry:.1} (registry, {}) + {signals:.1} (signals, {}): {:.2}; 95 of 100 within {most:.1} of {most_allowed:.1} ms; {shown} signals, {views} views",
        fetches("registry"),
        fetches("signals"),
        whole * PROMISED / allowed,
    );
    report.row(name, "≤ 1.3 of its parts", measured, whole <= allowed);
}

/// Measures, and tells.
pub async fn view(bench: &mut Bench, report: &mut Report) {
    eprintln!("view: completing the parties");
    let parties = parties(bench).await;
    let overheard = Overheard::start(bench, &SERVICES).await;
    let gateway = format!("http://{}/graphql", bench.processes.gateway.address);
    let processes = SERVICES.map(|service| bench.processes.service(service).id());
    let mut figures = Vec::new();
    for (account, purpose) in READERS {
        for (which, id) in &parties {
            let (token, variables) = (bench.token(account), json!({ "id": id }));
            let asker = |url: &str| Asker::new(url, &token, purpose, VIEW, &variables);
            let asked = overheard.asked(&asker(&overheard.url())).await;
            let parts = directly(bench, &asked, &token, purpose).await;
            let whole = asker(&gateway);
            let shown = whole.data().await["party"]["signals"]["nodes"]
                .as_array()
                .map_or(0, Vec::len);
            let took = rounds(whole, &parts, processes).await;
            let told = told(&took);
            let name = format!("view of a party, {which}, {account}");
            tell(report, &name, shown, &asked, &told, took.whole.len());
            figures.push(json!({ "party": which, "reader": account, "shown": shown, "views": took.whole.len(),
                "p50_ms": told.middle, "p95_ms": told.most, "cpu_s": took.cpu, "fetches": asked.iter().map(|(to, _)| to).collect::<Vec<_>>() }));
            report.figure("view", json!(figures));
        }
    }
}
