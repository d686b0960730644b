//! Starting, changing the graph while running, stopping.

use std::time::{Duration, Instant};

use crate::toy::client::plain;
use crate::toy::stand::{BOTH, SUPERGRAPH, Shape, Stand};

#[tokio::test]
async fn a_request_under_way_is_finished_before_the_end() {
    for shape in BOTH {
        let stand = Stand::up(shape).await;
        let (caller, url) = (stand.client(), stand.url());
        let under_way = tokio::spawn(async move { caller.ask("{ mine }").await });
        tokio::time::sleep(Duration::from_millis(40)).await;
        let asked = Instant::now();
        let Stand {
            gateway,
            world,
            signals,
            registry,
        } = stand;
        gateway.stop().await.unwrap();
        assert!(asked.elapsed() < Duration::from_secs(3), "{shape:?}");
        assert_eq!(under_way.await.unwrap().data()["mine"], "ilt.analyst", "{shape:?}");
        assert!(plain().get(url).send().await.is_err(), "the port is free");
        drop((world, signals, registry));
    }
}

#[tokio::test]
async fn several_gateways_live_in_one_process() {
    let (one, two) = (Stand::up(Shape::InProcess).await, Stand::up(Shape::InProcess).await);
    one.client().ask("{ me { name } }").await;
    assert_eq!((one.world.requests(), two.world.requests()), (1, 0));
    one.gateway.stop().await.unwrap();
    assert_eq!(two.client().ask("{ me { name } }").await.status, 200);
}

#[tokio::test]
async fn a_new_graph_is_taken_up_and_a_broken_one_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("supergraph.graphql");
    std::fs::write(&path, SUPERGRAPH).unwrap();
    let stand = Stand::with(Shape::InProcess, |settings| {
        settings.supergraph = gateway::SupergraphSource::File {
            path: path.clone(),
            poll: Duration::from_millis(100),
        };
    })
    .await;
    assert_eq!(stand.client().ask("{ mine }").await.status, 200);
    std::fs::write(&path, "type Query {").unwrap();
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert_eq!(stand.client().ask("{ mine }").await.data()["mine"], "ilt.analyst");
    let less: String = SUPERGRAPH
        .lines()
        .filter(|line| !line.trim_start().starts_with("mine:"))
        .map(|line| format!("{line}\n"))
        .collect();
    std::fs::write(&path, less).unwrap();
    let mut codes = Vec::new();
    for _ in 0..40 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let reply = stand.client().ask("{ mine }").await;
        codes = reply.codes().into_iter().map(str::to_owned).collect();
        if !codes.is_empty() {
            break;
        }
    }
    assert_eq!(codes, ["GRAPHQL_VALIDATION_FAILED"]);
}
