//! What is asked beyond sight: hints, requests, break-glass.

use serde_json::{Value, json};
use tests::world::World;

use super::asked::{Asked, Service, Things, asked, party, record, text};

/// What some may know of and not see.
pub struct Beyond {
    /// The handle of a published signal, of which NVWA may know.
    pub handle: String,
    /// The signal's number.
    pub number: String,
    /// All signals of which NVWA may know.
    pub signals: Vec<String>,
    /// Requests by NVWA's inspector for it and others like it, each to be decided once.
    pub requests: [String; 3],
    /// A case of break-glass that waits for its review.
    pub case: String,
}

const EXISTENCE: &str = "mutation ($id: ID!) { labelExistence(id: $id, version: 2, existence: { discoverable: HIT }) { signal { number } } }";
const DISCOVER: &str = "query ($p: ID!) { discoveries(about: { party: $p }) { nodes { id } } }";
const REQUEST: &str = "mutation ($d: ID!) { requestAccess(discovery: $d, plea: { purpose: \"toezicht\", legalBasis: \"demo\", reason: \"r\", until: \"2026-07-01\" }) { id } }";
const BREAK: &str =
    "mutation ($n: String!) { breakGlass(record: { number: $n }, danger: \"d\", reason: \"r\") { case { id } } }";

impl Beyond {
    /// Makes it: four signals of which NVWA may know; three were asked for.
    pub async fn set(world: &World) -> Self {
        let (mut requests, mut handle, mut number) = (Vec::new(), String::new(), String::new());
        let mut signals = Vec::new();
        for name in ["known a", "known b", "known c", "known d"] {
            let signal = record(world, name).await;
            let publish = "mutation ($id: ID!) { publishSignal(id: $id, version: 1) { warnings { code } } }";
            world
                .data("ilt.inspector", "toezicht", publish, json!({ "id": signal }))
                .await;
            let told = world
                .data("ilt.inspector", "toezicht", EXISTENCE, json!({ "id": signal }))
                .await;
            number = text(&told["labelExistence"]["signal"]["number"]);
            let before = std::mem::take(&mut handle);
            let known = world
                .data("nvwa.inspector", "toezicht", DISCOVER, json!({ "p": party() }))
                .await;
            let known = known["discoveries"]["nodes"].as_array().expect("a list").clone();
            let new = known
                .iter()
                .map(|node| text(&node["id"]))
                .find(|id| *id != before && !requests.iter().any(|(asked, _): &(String, String)| asked == id));
            handle = new.expect("a new one");
            if requests.len() < 3 {
                let made = world
                    .data("nvwa.inspector", "toezicht", REQUEST, json!({ "d": handle }))
                    .await;
                requests.push((handle.clone(), text(&made["requestAccess"]["id"])));
            }
            signals.push(signal);
        }
        let opened = world
            .data("jenv.inspector", "toezicht", BREAK, json!({ "n": number }))
            .await;
        let requests: Vec<String> = requests.into_iter().map(|(_, request)| request).collect();
        Self {
            handle,
            number,
            signals,
            requests: requests.try_into().expect("three"),
            case: text(&opened["breakGlass"]["case"]["id"]),
        }
    }
}

/// What is asked and done beyond sight.
pub fn everything(things: &Things) -> Vec<Asked> {
    let Beyond {
        handle,
        number,
        requests,
        case,
        ..
    } = &things.beyond;
    let of = |who: &str, query: &str, variables: Value| asked(Service::Signals, who, query, variables);
    let touching = |who: &str, query: &str, variables: Value| Asked {
        touches: true,
        ..of(who, query, variables)
    };
    let onward = "mutation ($id: ID!) { requestOnward(id: $id, to: { organisation: \"jenv\" }, plea: { purpose: \"toezicht\", legalBasis: \"demo\", reason: \"r\", until: \"2026-07-01\" }) { id } }";
    vec![
        touching("nvwa.inspector", DISCOVER, json!({ "p": party() })),
        of("nvwa.inspector", "{ accessRequests { nodes { id } } }", json!({})),
        of(
            "nvwa.inspector",
            "query ($id: ID!) { accessRequest(id: $id) { id } }",
            json!({ "id": requests[0] }),
        ),
        of("ilt.privacy_officer", "{ breakGlassCases { nodes { id } } }", json!({})),
        of(
            "ilt.privacy_officer",
            "query ($id: ID!) { breakGlassCase(id: $id) { id } }",
            json!({ "id": case }),
        ),
        touching(
            "ilt.inspector",
            "mutation ($id: ID!) { labelExistence(id: $id, version: 3, existence: { discoverable: TITLE }) { signal { id } } }",
            json!({ "id": things.published }),
        ),
        touching("nvwa.inspector", REQUEST, json!({ "d": handle })),
        touching("igj.inspector", onward, json!({ "id": things.published })),
        touching(
            "ilt.data_steward",
            "mutation ($id: ID!) { approveAccessRequest(id: $id) { id } }",
            json!({ "id": requests[0] }),
        ),
        touching(
            "ilt.data_steward",
            "mutation ($id: ID!) { declineAccessRequest(id: $id, reason: \"r\") { id } }",
            json!({ "id": requests[1] }),
        ),
        touching(
            "nvwa.inspector",
            "mutation ($id: ID!) { withdrawAccessRequest(id: $id) { id } }",
            json!({ "id": requests[2] }),
        ),
        touching("igj.coordinator", BREAK, json!({ "n": number })),
        touching(
            "ilt.privacy_officer",
            "mutation ($id: ID!) { reviewBreakGlass(id: $id, justified: true, judgement: \"j\") { id } }",
            json!({ "id": case }),
        ),
    ]
}
