//! What can be asked of parties that may be one.

use serde_json::json;
use tests::world::{World, id};

use super::asked::{Asked, Service, asked, party};

/// Makes a party that may be merged with the world's, and one that was.
pub async fn set(world: &World) {
    for name in ["twin", "merged"] {
        let party = "INSERT INTO party (id, kind, legal_name, name_words) VALUES (?, 1, 'Voorbeeld Chemie', 'voorbeeld chemie')";
        world.run(party, vec![id(name).into()]).await;
    }
    let alias = "INSERT INTO party_alias VALUES (?, ?, ?, ?, ?, 0, 'proef')";
    let values = ["merged", "party", "party", "ilt.coordinator", "ilt"].map(|name| id(name).into());
    world.run(alias, values.to_vec()).await;
}

/// Everything protected that can be asked or done about duplicates.
pub fn everything() -> Vec<Asked> {
    let (twin, merged) = (known("twin"), known("merged"));
    let of = |query: String| asked(Service::Registry, "ilt.coordinator", query, json!({}));
    let change = |call: String| Asked {
        touches: true,
        ..of(format!("mutation {{ {call} {{ parties {{ id }} }} }}"))
    };
    vec![
        of("{ duplicateProposals { nodes { score } } }".to_owned()),
        of("{ parties(search: \"chemie\") { nodes { legalName } } }".to_owned()),
        change(format!(
            "mergeParties(survivor: \"{}\", duplicate: \"{twin}\", reason: \"x\")",
            party()
        )),
        change(format!("undoMerge(duplicate: \"{merged}\")")),
        change(format!(
            "dismissDuplicate(party: \"{}\", other: \"{twin}\", reason: \"x\")",
            party()
        )),
    ]
}

fn known(name: &str) -> String {
    format!("pty_{}", id(name).simple())
}
