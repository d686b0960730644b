//! What can be asked of who joins: accounts, and what they hold.

use serde_json::json;

use super::asked::{Asked, Service, asked};

/// Everything protected that those who keep accounts can ask or do.
pub fn everything() -> Vec<Asked> {
    let of = |query: &str| asked(Service::Registry, "ilt.administrator", query, json!({}));
    let reads = [
        "{ accounts { nodes { name } } }",
        "{ account(name: \"ilt.inspector\") { name } }",
    ];
    let changes = [
        "admitAccount(input: { name: \"ilt.new\", displayName: \"N\", issuer: \"https://idp.example.nl\", subject: \"n\" })",
        "suspendAccount(account: \"ilt.inspector\")",
        "endAccount(account: \"ilt.inspector\")",
        "takeRole(account: \"ilt.inspector\", role: INSPECTOR)",
        "lowerClearance(account: \"ilt.inspector\", clearance: INTERN)",
        "takePurpose(account: \"ilt.inspector\", purpose: \"toezicht\")",
        "listCircle(account: \"ilt.case_system\", circle: \"cmj\", listed: true)",
    ];
    // What is so already changes nothing, and is answered by reading it.
    let idle = [
        "resumeAccount(account: \"ilt.inspector\")",
        "givePurpose(account: \"ilt.inspector\", purpose: \"toezicht\")",
    ];
    let change = |call: &&str| of(&format!("mutation {{ {call} {{ name }} }}"));
    let touching = |asked: Asked| Asked { touches: true, ..asked };
    let mut all: Vec<Asked> = reads.iter().map(|query| of(query)).collect();
    all.extend(changes.iter().map(change).map(touching));
    all.extend(idle.iter().map(change));
    all
}
