//! A person's names and addresses reach its custodians alone, and each showing is logged.

use foundation::ids::{prefix, write};
use registry::seed::Noun;
use serde_json::{Value, json};

use crate::world::{CANARY, CANARY_STREET, World, both};

fn question() -> String {
    format!(
        "{{ party(id: \"{}\") {{ kind legalName tradeNames identifiers {{ value }} maskedFields {{ field reason }} }}
            site(id: \"{}\") {{ name address {{ street }} maskedFields {{ field reason }} safetyRegion {{ code }} }} }}",
        *write(prefix::PARTY, Noun::Party.id("trader")),
        *write(prefix::SITE, Noun::Site.id("atelier")),
    )
}

async fn unmaskings(world: &World) -> Vec<String> {
    let query = "SELECT kind, fields FROM processing_log WHERE operation = 'unmask' ORDER BY kind";
    world.rows(query, &["kind", "fields"]).await
}

#[tokio::test]
async fn whoever_may_not_see_a_person_is_told_why() {
    for world in both().await {
        for (account, purpose, reason) in [
            ("nvwa.inspector", "toezicht", "NOT_OWNER"),
            ("ilt.analyst", "risicoanalyse", "ROLE"),
            ("ilt.data_steward", "toezicht", "ROLE"),
            ("ilt.inspector", "risicoanalyse", "PURPOSE"),
        ] {
            let answer = world.ask(account, Some(purpose), question()).await;
            let (party, site) = (&answer["data"]["party"], &answer["data"]["site"]);
            let masked = |fields: &[&str]| -> Value {
                fields
                    .iter()
                    .map(|field| json!({ "field": field, "reason": reason }))
                    .collect()
            };
            assert_eq!(party["legalName"], Value::Null, "{}: {answer}", world.name);
            assert_eq!(party["tradeNames"], Value::Null);
            assert_eq!(party["identifiers"][0]["value"], "00009920", "a public number stays");
            assert_eq!(party["maskedFields"], masked(&["legalName", "tradeNames"]), "{account}");
            assert_eq!(site["name"], Value::Null);
            assert_eq!(site["address"], Value::Null);
            assert_eq!(
                site["maskedFields"],
                masked(&["name", "address", "coordinates", "bagId"])
            );
            assert_eq!(site["safetyRegion"]["code"], "VR17");
            let text = answer.to_string();
            assert!(!text.contains("Canarie") && !text.contains("Handel 00009920"), "{text}");
        }
        assert_eq!(unmaskings(&world).await, Vec::<String>::new(), "{}", world.name);
        for name in ["canarie", "eenmanszaak", "handel 00009920"] {
            let query = format!("{{ parties(name: \"{name}\") {{ nodes {{ id }} }} }}");
            let answer = world.ask("ilt.inspector", Some("toezicht"), query).await;
            assert_eq!(
                answer["data"]["parties"]["nodes"],
                json!([]),
                "persons are not found by name"
            );
        }
    }
}

#[tokio::test]
async fn a_custodian_sees_the_person_and_that_is_logged() {
    for world in both().await {
        let about = write(prefix::PARTY, Noun::Party.id("trader"));
        let only_why = format!("{{ party(id: \"{}\") {{ maskedFields {{ field }} }} }}", *about);
        let answer = world.ask("ilt.inspector", Some("toezicht"), only_why).await;
        assert_eq!(
            answer["data"]["party"]["maskedFields"],
            json!([]),
            "{}: {answer}",
            world.name
        );
        assert_eq!(
            unmaskings(&world).await,
            Vec::<String>::new(),
            "asking whether shows nothing"
        );

        let answer = world.ask("ilt.inspector", Some("toezicht"), question()).await;
        let (party, site) = (&answer["data"]["party"], &answer["data"]["site"]);
        assert_eq!(party["legalName"], CANARY, "{}: {answer}", world.name);
        assert_eq!(party["tradeNames"], json!(["Handel 00009920"]));
        assert_eq!(party["maskedFields"], json!([]));
        assert_eq!(site["address"]["street"], CANARY_STREET);
        assert_eq!(
            unmaskings(&world).await,
            ["party name", "site address"],
            "{}",
            world.name
        );
    }
}
