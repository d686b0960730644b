//! What can be asked of who joins: accounts, organisations, circles, vocabularies, and decisions about them.

use serde_json::json;
use tests::world::World;

use super::asked::{Asked, Service, Things, asked};

const PURPOSE: &str = "proposePurpose(input: { code: \"nieuw\", name: \"N\", nameEn: \"N\", description: \"N\",
    descriptionEn: \"N\", allowsPersonal: false, pseudonyms: false })";

/// A decision that an administrator of the ILT may confirm; its id.
pub async fn waiting(world: &World) -> String {
    let query = format!("mutation {{ {PURPOSE} {{ id }} }}");
    let reply = world
        .ask_registry("nvwa.administrator", "toezicht", &query, &json!({}))
        .await;
    let answer = serde_json::to_value(reply.response).expect("an answer is JSON");
    let id = answer["data"]["proposePurpose"]["id"].as_str();
    id.unwrap_or_else(|| panic!("it waits: {answer}")).to_owned()
}

/// Everything protected that those who let others join can ask or do.
pub fn everything(things: &Things) -> Vec<Asked> {
    let decision = &things.decision;
    let reads = [
        "{ pendingDecisions { id } }",
        &format!("{{ decision(id: \"{decision}\") {{ summary }} }}"),
        "{ accounts { nodes { name } } }",
        "{ account(name: \"ilt.inspector\") { name } }",
    ];
    let ilt = "ilt.administrator";
    let confirm = format!("confirmDecision(id: \"{decision}\")");
    let decline = format!("declineDecision(id: \"{decision}\", reason: \"nee\")");
    let changes = [
        (
            ilt,
            "admitAccount(input: { name: \"ilt.new\", displayName: \"N\", issuer: \"https://idp.example.nl\", subject: \"n\" })",
        ),
        (ilt, "suspendAccount(account: \"ilt.inspector\")"),
        (ilt, "endAccount(account: \"ilt.inspector\")"),
        (ilt, "takeRole(account: \"ilt.inspector\", role: INSPECTOR)"),
        (ilt, "lowerClearance(account: \"ilt.inspector\", clearance: INTERN)"),
        (ilt, "takePurpose(account: \"ilt.inspector\", purpose: \"toezicht\")"),
        (ilt, "listCircle(account: \"ilt.case_system\", circle: \"cmj\", listed: true)"),
        (ilt, "proposeRole(account: \"ilt.analyst\", role: COORDINATOR)"),
        (ilt, &confirm),
        (ilt, &decline),
        (
            ilt,
            "proposeAdmission(input: { code: \"nieuw\", name: \"N\", nameEn: \"N\", kind: PARTNER, participant: false,
                contact: { name: \"L\", phone: \"0800\", email: \"l@example.nl\" }, purposes: [\"toezicht\"], administrators: [
                { name: \"nieuw.aa\", displayName: \"A\", issuer: \"https://idp.example.nl\", subject: \"a\" },
                { name: \"nieuw.bb\", displayName: \"B\", issuer: \"https://idp.example.nl\", subject: \"b\" }] })",
        ),
        (ilt, "proposeSuspension(organisation: \"nvwa\", reason: \"proef\")"),
        (ilt, "proposeEnd(organisation: \"nvwa\", reason: \"proef\")"),
        (ilt, "proposeParticipation(organisation: \"nvwa\", participant: false)"),
        (ilt, PURPOSE),
        (ilt, "proposeLegalBasis(input: { code: \"nieuw\", citation: \"Art. 1\", description: \"D\", source: \"S\" })"),
        (
            ilt,
            "foundCircle(input: { code: \"nieuw\", name: \"N\", nameEn: \"N\", purposes: [\"toezicht\"], legalBasis: \"demo\" })",
        ),
        ("igj.administrator", "inviteToCircle(circle: \"cmj\", organisation: \"ilt\")"),
        ("igj.administrator", "proposeCoordinator(circle: \"cmj\", organisation: \"jenv\")"),
        ("igj.administrator", "endMembership(circle: \"cmj\", organisation: \"jenv\")"),
        ("igj.administrator", "endCircle(circle: \"cmj\")"),
        ("jenv.administrator", "leaveCircle(circle: \"cmj\")"),
    ];
    // What is so already changes nothing, and is answered by reading it or refused.
    let idle = [
        (ilt, "resumeAccount(account: \"ilt.inspector\")"),
        (ilt, "givePurpose(account: \"ilt.inspector\", purpose: \"toezicht\")"),
        (ilt, "proposeClearance(account: \"ilt.inspector\", clearance: INTERN)"),
        (ilt, "proposeResumption(organisation: \"nvwa\", reason: \"proef\")"),
    ];
    let change = |(who, call): &(&str, &str)| {
        let query = format!("mutation {{ {call} {{ id }} }}");
        asked(Service::Registry, who, query, json!({}))
    };
    let touching = |asked: Asked| Asked { touches: true, ..asked };
    let read = |query: &&str| asked(Service::Registry, ilt, *query, json!({}));
    let mut all: Vec<Asked> = reads.iter().map(read).collect();
    all.extend(changes.iter().map(change).map(touching));
    all.extend(idle.iter().map(change));
    all
}
