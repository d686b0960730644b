//! Organisations and vocabularies: what one organisation puts forward, another confirms.

use futures::future::join_all;
use serde_json::Value;
use tests::world::{On, World};

use super::{account, agree, ask, change, confirm, done, not_confirmed, propose, reads, refused, world};

fn admission(code: &str) -> String {
    format!(
        "proposeAdmission(input: {{ code: \"{code}\", name: \"Nieuwe Inspectie\", nameEn: \"New Inspectorate\", kind: INSPECTORATE,
         oin: \"00000099000000099000\", domains: [\"all\"], participant: true, purposes: [\"toezicht\"],
         contact: {{ name: \"Loket\", phone: \"0800\", email: \"loket@example.nl\" }}, administrators: [{}, {}] }})",
        account(code, "one"),
        account(code, "two")
    )
}

async fn organisation(world: &World, code: &str) -> Value {
    done(
        world,
        "jenv.inspector",
        &format!("{{ organisation(code: \"{code}\") {{ name participant kind }} }}"),
    )
    .await
}

async fn admitted(on: On) {
    let world = world(on).await;
    let (ilt, igj) = ("ilt.administrator", "igj.administrator");
    let id = propose(&world, ilt, &admission("nieuw")).await;
    assert_eq!(
        organisation(&world, "nieuw").await,
        Value::Null,
        "one organisation admits none"
    );
    assert_eq!(not_confirmed(&world, ilt, &id).await, "SECOND_PERSON");
    assert_eq!(
        not_confirmed(&world, "ilt.admin2", &id).await,
        "OTHER_SIDE",
        "two of one organisation are one"
    );
    assert_eq!(not_confirmed(&world, "igj.data_steward", &id).await, "NOT_FOUND");
    let shown = done(
        &world,
        igj,
        "{ pendingDecisions { id kind summary second account proposedBy { code } } }",
    )
    .await;
    assert_eq!(
        shown[0]["account"],
        Value::Null,
        "another organisation learns which organisation, not who: {shown}"
    );
    assert_eq!(shown[0]["proposedBy"]["code"], "ilt");
    confirm(&world, igj, &id).await;
    assert_eq!(organisation(&world, "nieuw").await["kind"], "INSPECTORATE");
    assert_eq!(
        reads(&world, "nieuw.one").await,
        "FORBIDDEN",
        "an administrator sees no content"
    );
    // It can go on by itself at once: two administrators admit an inspector.
    change(
        &world,
        "nieuw.one",
        &format!("admitAccount(input: {})", account("nieuw", "inspector")),
    )
    .await;
    agree(
        &world,
        "nieuw.one",
        "nieuw.two",
        "proposeRole(account: \"nieuw.inspector\", role: INSPECTOR)",
    )
    .await;
    change(
        &world,
        "nieuw.two",
        "givePurpose(account: \"nieuw.inspector\", purpose: \"toezicht\")",
    )
    .await;
    assert_eq!(reads(&world, "nieuw.inspector").await, "ok");
    assert_eq!(refused(&world, ilt, &admission("nieuw")).await, "NAME_TAKEN");

    agree(
        &world,
        ilt,
        igj,
        "proposeParticipation(organisation: \"nieuw\", participant: false)",
    )
    .await;
    assert_eq!(organisation(&world, "nieuw").await["participant"], false);
    let suspend = "proposeSuspension(organisation: \"nieuw\", reason: \"onderzoek\")";
    let id = propose(&world, ilt, suspend).await;
    assert_eq!(reads(&world, "nieuw.inspector").await, "ok");
    confirm(&world, "nvwa.administrator", &id).await;
    assert_eq!(reads(&world, "nieuw.inspector").await, "ACCOUNT_SUSPENDED");
    assert_eq!(refused(&world, ilt, suspend).await, "ALREADY_SO");
    agree(
        &world,
        ilt,
        igj,
        "proposeResumption(organisation: \"nieuw\", reason: \"klaar\")",
    )
    .await;
    assert_eq!(reads(&world, "nieuw.inspector").await, "ok");
    // It ends itself by two of its own.
    let end = "proposeEnd(organisation: \"nieuw\", reason: \"opgeheven\")";
    let id = propose(&world, "nieuw.one", end).await;
    assert_eq!(not_confirmed(&world, "nieuw.one", &id).await, "SECOND_PERSON");
    assert_eq!(not_confirmed(&world, ilt, &id).await, "NOT_FOUND", "its own affair");
    confirm(&world, "nieuw.two", &id).await;
    assert_eq!(reads(&world, "nieuw.inspector").await, "ACCOUNT_SUSPENDED");
    assert_eq!(
        refused(&world, ilt, &admission("nieuw")).await,
        "NAME_TAKEN",
        "codes are never used again"
    );
    assert_eq!(
        refused(
            &world,
            ilt,
            "proposeResumption(organisation: \"nieuw\", reason: \"toch\")"
        )
        .await,
        "WRONG_STATE"
    );
    // Its people are free to go elsewhere.
    let back = account("ilt", "back").replace("subject: \"ilt.back\"", "subject: \"nieuw.inspector\"");
    change(&world, ilt, &format!("admitAccount(input: {back})")).await;
}

/// An organisation that is known and has nobody to administer it gets its administrators, and keeps what it is.
async fn vacant(on: On) {
    let world = world(on).await;
    world.organisation("nieuw", false).await;
    agree(&world, "ilt.administrator", "igj.administrator", &admission("nieuw")).await;
    assert_eq!(organisation(&world, "nieuw").await["name"], "Nieuwe Inspectie");
    assert_eq!(reads(&world, "nieuw.two").await, "FORBIDDEN");
}

/// Two admissions that name the same person, confirmed at the same time: one is in force.
async fn race(on: On) {
    let world = world(on).await;
    let mut calls = Vec::new();
    for code in ["nieuw", "ander"] {
        let call = admission(code).replace(&format!("subject: \"{code}.one\""), "subject: \"zelfde\"");
        let id = propose(&world, "ilt.administrator", &call).await;
        calls.push(format!("mutation {{ confirmDecision(id: \"{id}\") {{ state }} }}"));
    }
    let whos = ["igj.administrator", "nvwa.administrator"];
    let answers = join_all(calls.iter().zip(whos).map(|(query, who)| ask(&world, who, query))).await;
    let told: Vec<_> = answers.iter().filter_map(tests::service::code).collect();
    assert_eq!(told, ["PERSON_ADMITTED"], "{on:?}: {answers:?}");
    let count = "SELECT CAST(COUNT(*) AS TEXT) FROM organisation WHERE code IN ('nieuw', 'ander')";
    assert_eq!(
        world.look(count, vec![]).await,
        ["1"],
        "nothing of the other is half done"
    );
}

async fn vocabularies(on: On) {
    let world = world(on).await;
    let (ilt, igj) = ("ilt.administrator", "igj.administrator");
    let purpose = |code: &str, personal: bool| {
        format!(
            "proposePurpose(input: {{ code: \"{code}\", name: \"Naam\", nameEn: \"Name\", description: \"Waarvoor\",
             descriptionEn: \"What for\", allowsPersonal: {personal}, pseudonyms: false }})"
        )
    };
    agree(&world, ilt, igj, &purpose("nieuw", false)).await;
    change(
        &world,
        ilt,
        "givePurpose(account: \"ilt.inspector\", purpose: \"nieuw\")",
    )
    .await;
    let held = async || done(&world, "ilt.inspector", "{ purposes { code allowsPersonal } }").await;
    let of_new = |held: Value| {
        held.as_array()
            .into_iter()
            .flatten()
            .find(|one| one["code"] == "nieuw")
            .cloned()
    };
    assert_eq!(of_new(held().await).expect("held")["allowsPersonal"], false);
    assert_eq!(refused(&world, ilt, &purpose("nieuw", false)).await, "ALREADY_SO");
    let looser = propose(&world, ilt, &purpose("nieuw", true)).await;
    assert_eq!(not_confirmed(&world, "ilt.admin2", &looser).await, "OTHER_SIDE");
    assert_eq!(
        of_new(held().await).expect("held")["allowsPersonal"],
        false,
        "loosened by nobody alone"
    );
    confirm(&world, igj, &looser).await;
    assert_eq!(of_new(held().await).expect("held")["allowsPersonal"], true);
    let basis = "proposeLegalBasis(input: { code: \"nieuw\", citation: \"Fictieve wet, artikel 2\", description: \"Mag\", fictitious: true, source: \"proef\" })";
    agree(&world, ilt, igj, basis).await;
    assert_eq!(refused(&world, ilt, basis).await, "ALREADY_SO");
    let bases = done(&world, "ilt.inspector", "{ legalBases { code fictitious } }").await;
    assert!(bases.to_string().contains("nieuw"), "{bases}");
    // Two new ones of one code: the second to be confirmed finds it taken.
    let (first, second) = (purpose("twee", false), purpose("twee", true));
    let (first, second) = (propose(&world, ilt, &first).await, propose(&world, ilt, &second).await);
    confirm(&world, igj, &first).await;
    assert_eq!(not_confirmed(&world, igj, &second).await, "NAME_TAKEN");
}

async fn bad_input(on: On) {
    let world = world(on).await;
    let good = admission("nieuw");
    let three = good.replace(
        "administrators: [",
        &format!("administrators: [{}, ", account("nieuw", "three")),
    );
    for (call, expected) in [
        (good.replace("code: \"nieuw\"", "code: \"N\""), "INVALID_INPUT code"),
        (good.replace("0800", ""), "REQUIRED contact.phone"),
        (good.replace("00000099000000099000", "1"), "INVALID_INPUT oin"),
        (
            good.replace("domains: [\"all\"]", "domains: [\"geen\"]"),
            "UNKNOWN_REFERENCE domains.0",
        ),
        (
            good.replace("purposes: [\"toezicht\"]", "purposes: [\"geen\"]"),
            "UNKNOWN_REFERENCE purposes.0",
        ),
        (
            good.replace("purposes: [\"toezicht\"]", "purposes: []"),
            "REQUIRED purposes",
        ),
        (three, "INVALID_INPUT administrators"),
        (
            good.replace("subject: \"nieuw.two\"", "subject: \"nieuw.one\""),
            "INVALID_INPUT administrators.1.subject",
        ),
        (
            good.replace("subject: \"nieuw.two\"", "subject: \"igj.inspector\""),
            "PERSON_ADMITTED administrators.1.subject",
        ),
        (
            good.replace("code: \"nieuw\"", "code: \"igj\"")
                .replace("\"nieuw.", "\"igj."),
            "NAME_TAKEN code",
        ),
        (
            "proposeSuspension(organisation: \"geen\", reason: \"r\")".to_owned(),
            "UNKNOWN_REFERENCE organisation",
        ),
        (
            "proposeSuspension(organisation: \"igj\", reason: \" \")".to_owned(),
            "REQUIRED reason",
        ),
        (
            "proposeParticipation(organisation: \"igj\", participant: true)".to_owned(),
            "ALREADY_SO participant",
        ),
        (
            "proposeResumption(organisation: \"igj\", reason: \"r\")".to_owned(),
            "ALREADY_SO organisation",
        ),
    ] {
        let answer = ask(&world, "ilt.administrator", &format!("mutation {{ {call} {{ id }} }}")).await;
        let told = answer["errors"]
            .as_array()
            .expect("it is refused")
            .iter()
            .map(|error| &error["extensions"]);
        let mut told = told.map(|fault| {
            let (code, field) = (fault["code"].as_str(), fault["field"].as_str());
            format!("{} {}", code.unwrap_or_default(), field.unwrap_or_default())
        });
        assert!(told.any(|told| told == expected), "{call}: {answer}");
    }
    assert_eq!(
        world.look("SELECT CAST(COUNT(*) AS TEXT) FROM decision", vec![]).await,
        ["0"]
    );
}

on_both! { admitted vacant race vocabularies bad_input }
