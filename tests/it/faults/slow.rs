//! Subscribers that do not read: they hold nobody up, a service keeps nothing for them, and after a while they are closed.

use std::time::{Duration, Instant};

use serde_json::json;
use tests::caller::Caller;
use tests::live::{Channel, Heard, Reader};
use tests::processes::{Process, Processes};
use tests::signals::{EDIT, published};
use tests::stand::Stand;

/// Each event is some 200 kB: the longest narrative, ten times.
const WATCH: &str = "subscription { signalChanged { sequence signal { version
    a: narrative b: narrative c: narrative d: narrative e: narrative
    f: narrative g: narrative h: narrative i: narrative j: narrative } } }";
/// Readers of each channel that do not read.
const SLOW: usize = 4;
/// Events for each of them: 20 MB, if somebody kept them.
const EVENTS: i64 = 100;
/// What a service may grow by, in kB, with all of these subscribers: it holds an event of each for a moment.
const GROWTH: i64 = 60_000;
/// Longer than whoever is connected may take nothing.
const CLOSED: Duration = Duration::from_secs(25);
/// Within this an event reaches whoever reads, and a query is answered.
const SOON: Duration = Duration::from_secs(3);

/// The memory that a process holds, in kB.
fn memory(process: &Process) -> i64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", process.id())).expect("the process lives");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let text = line
        .and_then(|line| line.split_whitespace().next())
        .expect("Linux says how much");
    text.parse().expect("a number")
}

async fn edited(owner: &Caller, id: &str, version: i64) {
    let narrative = format!("{version} {}", "damp ".repeat(3_990));
    let input = json!({ "narrative": narrative });
    owner
        .data(EDIT, json!({ "id": id, "version": version, "input": input }))
        .await;
}

/// How many events a reader is told that come late to it, until its stream ends; panics when it does not end.
async fn until_closed(reader: &mut Reader) -> usize {
    let (mut heard, mut sequence) = (0, 0);
    loop {
        match reader.next().await {
            Heard::Next(answer) => {
                // A client that misses one sees it by the number.
                let next = answer["data"]["signalChanged"]["sequence"].as_i64().expect("an event");
                assert!(next > sequence, "{next} after {sequence}");
                (heard, sequence) = (heard + 1, next);
            }
            Heard::Complete | Heard::Closed(..) => return heard,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn subscribers_that_do_not_read_hold_nobody_up_and_are_closed() {
    let mut stand = Stand::of(Processes::start().await).await;
    let owner = stand.caller("ilt.inspector", "toezicht");
    let id = published(&owner, "Aanhoudende damp").await;
    let mut slow = Vec::new();
    for at in Channel::ALL {
        for _ in 0..SLOW {
            slow.push((at, stand.listen(at, &owner, WATCH, json!({})).await));
        }
    }
    let mut fast = stand.listen(Channel::GatewaySocket, &owner, WATCH, json!({})).await;
    // Nothing says that a subscription has begun.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let before: Vec<i64> = stand.processes().all().map(|process| memory(process)).collect();

    let mut latest = Duration::ZERO;
    for version in 2..2 + EVENTS {
        let began = Instant::now();
        edited(&owner, &id, version).await;
        // What came before is told too when it is looked at only now.
        while fast.event_data().await["signalChanged"]["signal"]["version"] != version + 1 {}
        latest = latest.max(began.elapsed());
    }
    let after: Vec<i64> = stand.processes().all().map(|process| memory(process)).collect();
    let growth: Vec<i64> = before
        .iter()
        .zip(&after)
        .map(|(before, after)| after - before)
        .collect();
    println!(
        "| {} subscribers that do not read, {EVENTS} events of 200 kB | whoever reads: {:.2} s at most | gateway and services grow by {growth:?} kB |",
        slow.len(),
        latest.as_secs_f32()
    );
    assert!(growth.iter().skip(1).all(|growth| *growth < GROWTH), "{growth:?}");
    assert!(latest < SOON, "{latest:?}");

    // Whoever reads goes on: it answers the pings meanwhile.
    assert_eq!(fast.within(CLOSED).await, None, "nothing happens");
    for (at, reader) in &mut slow {
        let heard = until_closed(reader).await;
        println!("{at:?}: {heard} events, then closed");
        assert!(
            heard < usize::try_from(EVENTS).expect("few"),
            "{at:?}: it did not take them"
        );
    }
    edited(&owner, &id, 2 + EVENTS).await;
    fast.event_data().await;
    stand.down().await;
}
