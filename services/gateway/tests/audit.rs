//! GraphQL over HTTP, by the specification's own audit: the gateway and a subgraph's handler.

use std::process::Command;

use crate::toy::stand::{BOTH, Stand};

/// Runs `infra/graphql-http-audit` and returns what it printed.
async fn audit(url: String) -> String {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../infra/graphql-http-audit");
    let output = tokio::task::spawn_blocking(move || {
        Command::new(script)
            .args([&url, "good-auditor", "toezicht"])
            .output()
            .expect("node is installed")
    })
    .await
    .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    text
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_gateway_passes_every_must_and_should() {
    for shape in BOTH {
        let stand = Stand::up(shape).await;
        let text = audit(stand.url()).await;
        assert!(text.contains("MUST: 13/13") && text.contains("SHOULD: 23/23"), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subgraph_passes_every_must_and_should() {
    let stand = Stand::up(BOTH[0]).await;
    let text = audit(stand.signals.url()).await;
    assert!(text.contains("MUST: 13/13") && text.contains("SHOULD: 23/23"), "{text}");
}
