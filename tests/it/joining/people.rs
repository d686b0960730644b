//! Accounts, roles, purposes and clearances.

use futures::future::join_all;
use tests::world::{On, World};

use super::{account, agree, ask, change, confirm, done, not_confirmed, propose, reads, refused, world};

const ROLES: &str = "{ account(name: \"ilt.new\") { roles clearance purposes circles suspendedAt endedAt } }";

async fn life(on: On) {
    let world = world(on).await;
    let (one, two) = ("ilt.administrator", "ilt.admin2");
    assert_eq!(reads(&world, "ilt.new").await, "ACCOUNT_UNKNOWN");
    change(&world, one, &format!("admitAccount(input: {})", account("ilt", "new"))).await;
    assert_eq!(reads(&world, "ilt.new").await, "PURPOSE_NOT_HELD");
    change(&world, one, "givePurpose(account: \"ilt.new\", purpose: \"toezicht\")").await;
    assert_eq!(reads(&world, "ilt.new").await, "FORBIDDEN", "a purpose is no role");

    let inspector = "proposeRole(account: \"ilt.new\", role: INSPECTOR)";
    let role = propose(&world, one, inspector).await;
    assert_eq!(propose(&world, one, inspector).await, role, "the same waits once");
    assert_eq!(reads(&world, "ilt.new").await, "FORBIDDEN", "one person gives no role");
    assert_eq!(not_confirmed(&world, one, &role).await, "SECOND_PERSON");
    assert_eq!(
        not_confirmed(&world, "igj.administrator", &role).await,
        "NOT_FOUND",
        "not theirs to know"
    );
    assert_eq!(not_confirmed(&world, "ilt.data_steward", &role).await, "NOT_FOUND");
    assert_eq!(not_confirmed(&world, "ilt.inspector", &role).await, "FORBIDDEN");
    confirm(&world, two, &role).await;
    assert_eq!(reads(&world, "ilt.new").await, "ok", "in force at commit");
    assert_eq!(not_confirmed(&world, two, &role).await, "ALREADY_DECIDED");
    assert_eq!(refused(&world, one, inspector).await, "ALREADY_SO");

    change(&world, two, "suspendAccount(account: \"ilt.new\")").await;
    assert_eq!(reads(&world, "ilt.new").await, "ACCOUNT_SUSPENDED");
    change(&world, two, "suspendAccount(account: \"ilt.new\")").await;
    change(&world, one, "resumeAccount(account: \"ilt.new\")").await;
    assert_eq!(reads(&world, "ilt.new").await, "ok");
    change(&world, one, "takePurpose(account: \"ilt.new\", purpose: \"toezicht\")").await;
    assert_eq!(reads(&world, "ilt.new").await, "PURPOSE_NOT_HELD");
    change(&world, one, "givePurpose(account: \"ilt.new\", purpose: \"toezicht\")").await;
    change(&world, one, "takeRole(account: \"ilt.new\", role: INSPECTOR)").await;
    assert_eq!(reads(&world, "ilt.new").await, "FORBIDDEN");
    agree(&world, two, one, inspector).await;
    assert_eq!(
        reads(&world, "ilt.new").await,
        "ok",
        "taken and given again in one moment"
    );
    change(
        &world,
        one,
        "listCircle(account: \"ilt.new\", circle: \"cmj\", listed: true)",
    )
    .await;
    let now = done(&world, one, ROLES).await;
    assert_eq!(now["roles"][0], "INSPECTOR");
    assert_eq!(now["circles"][0], "cmj");
    change(&world, one, "endAccount(account: \"ilt.new\")").await;
    assert_eq!(reads(&world, "ilt.new").await, "ACCOUNT_SUSPENDED");
    assert_eq!(
        refused(&world, one, "resumeAccount(account: \"ilt.new\")").await,
        "WRONG_STATE"
    );
    assert_eq!(
        done(&world, one, ROLES).await["roles"].as_array().map(Vec::len),
        Some(0)
    );

    // The person comes back at another inspectorate, under another account.
    let back = format!(
        "admitAccount(input: {})",
        account("igj", "new").replace("subject: \"igj.new\"", "subject: \"ilt.new\"")
    );
    change(&world, "igj.administrator", &back).await;
    assert_eq!(
        reads(&world, "ilt.new").await,
        "PURPOSE_NOT_HELD",
        "nothing of the old account is left"
    );
    let again = account("ilt", "again").replace("subject: \"ilt.again\"", "subject: \"ilt.new\"");
    let again = format!("admitAccount(input: {again})");
    assert_eq!(refused(&world, one, &again).await, "PERSON_ADMITTED");
}

/// Administrator and steward agree on a clearance, whoever begins; each alone may lower it.
async fn clearance(on: On) {
    let world = world(on).await;
    let (admin, steward) = ("ilt.administrator", "ilt.data_steward");
    let raise = "proposeClearance(account: \"ilt.inspector\", clearance: DEPARTEMENTAAL_VERTROUWELIJK)";
    let lower = "lowerClearance(account: \"ilt.inspector\", clearance: INTERN)";
    let of = "{ account(name: \"ilt.inspector\") { clearance } }";
    assert_eq!(refused(&world, admin, raise).await, "ALREADY_SO");
    change(&world, steward, lower).await;
    assert_eq!(refused(&world, admin, lower).await, "ALREADY_SO");
    for (first, wrong, second) in [(admin, "ilt.admin2", steward), (steward, "ilt.analyst", admin)] {
        assert_eq!(done(&world, first, of).await["clearance"], "INTERN");
        let id = propose(&world, first, raise).await;
        let told = not_confirmed(&world, wrong, &id).await;
        assert!(["OTHER_SIDE", "FORBIDDEN"].contains(&told.as_str()), "{told}");
        assert_eq!(not_confirmed(&world, "igj.data_steward", &id).await, "NOT_FOUND");
        let waiting = done(&world, second, "{ pendingDecisions { id kind summary } }").await;
        assert_eq!(waiting[0]["id"], id.as_str());
        confirm(&world, second, &id).await;
        assert_eq!(
            done(&world, first, of).await["clearance"],
            "DEPARTEMENTAAL_VERTROUWELIJK"
        );
        change(&world, second, lower).await;
    }
}

/// What one person may not be together is refused when it is put forward and, had it come about since, when confirmed.
async fn exclusions(on: On) {
    let world = world(on).await;
    let (one, two) = ("ilt.administrator", "ilt.admin2");
    change(&world, one, &format!("admitAccount(input: {})", account("ilt", "new"))).await;
    let propose_role = |role: &str| format!("proposeRole(account: \"ilt.new\", role: {role})");
    let steward = propose(&world, one, &propose_role("DATA_STEWARD")).await;
    let privacy = propose(&world, two, &propose_role("PRIVACY_OFFICER")).await;
    confirm(&world, two, &steward).await;
    assert_eq!(not_confirmed(&world, one, &privacy).await, "ROLES_EXCLUDE");
    let state = format!("{{ decision(id: \"{privacy}\") {{ state account }} }}");
    assert_eq!(
        done(&world, one, &state).await["state"],
        "PENDING",
        "it waits on, and lapses"
    );
    for role in ["PRIVACY_OFFICER", "ADMINISTRATOR", "AUDITOR"] {
        assert_eq!(
            refused(&world, one, &propose_role(role)).await,
            "ROLES_EXCLUDE",
            "{role}"
        );
    }
    agree(&world, one, two, &propose_role("INSPECTOR")).await;
    assert_eq!(
        refused(
            &world,
            one,
            "proposeRole(account: \"ilt.administrator\", role: INSPECTOR)"
        )
        .await,
        "ROLES_EXCLUDE"
    );
    // Before it lapses, and after.
    world.clock.advance(14 * 24 * 3600 * foundation::clock::SECOND);
    assert_eq!(done(&world, one, &state).await["state"], "LAPSED");
    assert_eq!(not_confirmed(&world, one, &privacy).await, "ALREADY_DECIDED");
    assert_eq!(
        done(&world, one, "{ pendingDecisions { id } }")
            .await
            .as_array()
            .map(Vec::len),
        Some(0)
    );
}

/// Nobody confirms her own, not even from another inspectorate where she has become administrator since.
async fn same_person(on: On) {
    let world = world(on).await;
    let purpose = "proposePurpose(input: { code: \"nieuw\", name: \"N\", nameEn: \"N\", description: \"N\", descriptionEn: \"N\", allowsPersonal: true, pseudonyms: false })";
    let id = propose(&world, "ilt.admin2", purpose).await;
    assert_eq!(not_confirmed(&world, "ilt.admin2", &id).await, "SECOND_PERSON");
    assert_eq!(
        not_confirmed(&world, "ilt.administrator", &id).await,
        "OTHER_SIDE",
        "a colleague is not elsewhere"
    );
    change(&world, "ilt.administrator", "endAccount(account: \"ilt.admin2\")").await;
    let back = account("igj", "admin3").replace("subject: \"igj.admin3\"", "subject: \"ilt.admin2\"");
    change(&world, "igj.administrator", &format!("admitAccount(input: {back})")).await;
    agree(
        &world,
        "igj.administrator",
        "igj.admin2",
        "proposeRole(account: \"igj.admin3\", role: ADMINISTRATOR)",
    )
    .await;
    change(
        &world,
        "igj.administrator",
        "givePurpose(account: \"igj.admin3\", purpose: \"toezicht\")",
    )
    .await;
    let me = done(&world, "ilt.admin2", "{ me { account } }").await;
    assert_eq!(
        me["account"], "igj.admin3",
        "one person, the account that has not ended"
    );
    let told = not_confirmed(&world, "igj.administrator", &id).await;
    assert_eq!(
        told, "ALREADY_DECIDED",
        "with her account ends what she put forward from it"
    );
    let again = "UPDATE decision SET outcome = NULL, decided_at = NULL";
    world.run(again, vec![]).await;
    assert_eq!(not_confirmed(&world, "ilt.admin2", &id).await, "SECOND_PERSON");
    confirm(&world, "igj.administrator", &id).await;
}

/// An organisation keeps an administrator: two who suspend each other leave one. The next one is then agreed elsewhere.
async fn last(on: On) {
    let world = world(on).await;
    let (one, two) = ("ilt.administrator", "ilt.admin2");
    let calls = [
        (one, "mutation { suspendAccount(account: \"ilt.admin2\") { id } }"),
        (
            two,
            "mutation { suspendAccount(account: \"ilt.administrator\") { id } }",
        ),
    ];
    let answers = join_all(calls.map(|(who, query)| ask(&world, who, query))).await;
    let refusals = answers.iter().filter(|answer| answer.get("errors").is_some()).count();
    assert_eq!(refusals, 1, "{on:?}: {answers:?}");
    let left = if reads(&world, one).await == "ACCOUNT_SUSPENDED" {
        two
    } else {
        one
    };
    for call in [
        "suspendAccount(account: \"{}\")",
        "endAccount(account: \"{}\")",
        "takeRole(account: \"{}\", role: ADMINISTRATOR)",
    ] {
        assert_eq!(
            refused(&world, left, &call.replace("{}", left)).await,
            "LAST_ADMINISTRATOR"
        );
    }
    change(
        &world,
        left,
        &format!("admitAccount(input: {})", account("ilt", "admin4")),
    )
    .await;
    let next = propose(
        &world,
        left,
        "proposeRole(account: \"ilt.admin4\", role: ADMINISTRATOR)",
    )
    .await;
    assert_eq!(not_confirmed(&world, left, &next).await, "SECOND_PERSON");
    confirm(&world, "nvwa.administrator", &next).await;
    let roles = done(&world, left, "{ account(name: \"ilt.admin4\") { roles } }").await;
    assert_eq!(roles["roles"][0], "ADMINISTRATOR");
}

/// Of two who confirm at the same time one does, and the role is given once.
async fn race(on: On) {
    let world = world(on).await;
    world
        .account("ilt.admin3", "ilt", &[access::Role::Administrator], 0)
        .await;
    for role in ["COORDINATOR", "ANALYST", "ACCOUNT_HOLDER"] {
        let call = format!("proposeRole(account: \"ilt.inspector\", role: {role})");
        let id = propose(&world, "ilt.administrator", &call).await;
        let query = format!("mutation {{ confirmDecision(id: \"{id}\") {{ state }} }}");
        let answers = join_all(["ilt.admin2", "ilt.admin3"].map(|who| ask(&world, who, &query))).await;
        let told: Vec<_> = answers.iter().filter_map(tests::service::code).collect();
        assert_eq!(told, ["ALREADY_DECIDED"], "{on:?}: {answers:?}");
    }
    let given = "SELECT CAST(COUNT(*) AS TEXT) FROM role_assignment r JOIN account a ON a.id = r.account_id WHERE a.name = 'ilt.inspector'";
    assert_eq!(world.look(given, vec![]).await, ["4"]);
}

/// Two roles that exclude each other, confirmed at the same time: one is given.
async fn excluding_race(on: On) {
    let world = world(on).await;
    world
        .account("ilt.admin3", "ilt", &[access::Role::Administrator], 0)
        .await;
    change(
        &world,
        "ilt.administrator",
        &format!("admitAccount(input: {})", account("ilt", "new")),
    )
    .await;
    let mut ids = Vec::new();
    for role in ["DATA_STEWARD", "PRIVACY_OFFICER"] {
        let call = format!("proposeRole(account: \"ilt.new\", role: {role})");
        ids.push(propose(&world, "ilt.administrator", &call).await);
    }
    let queries = ids
        .iter()
        .map(|id| format!("mutation {{ confirmDecision(id: \"{id}\") {{ state }} }}"));
    let queries: Vec<(String, &str)> = queries.zip(["ilt.admin2", "ilt.admin3"]).collect();
    let answers = join_all(queries.iter().map(|(query, who)| ask(&world, who, query))).await;
    let told: Vec<_> = answers.iter().filter_map(tests::service::code).collect();
    assert_eq!(told, ["ROLES_EXCLUDE"], "{on:?}: {answers:?}");
}

/// What another organisation decides on its own accounts answers as what never was, byte for byte.
async fn absent(on: On) {
    let world = world(on).await;
    let id = propose(
        &world,
        "ilt.administrator",
        "proposeRole(account: \"ilt.inspector\", role: ANALYST)",
    )
    .await;
    let never = "dec_00000000000000000000000000000000";
    for query in [
        "{ decision(id: \"ID\") { id summary } }",
        "mutation { confirmDecision(id: \"ID\") { id } }",
        "mutation { declineDecision(id: \"ID\", reason: \"nee\") { id } }",
    ] {
        for who in ["igj.administrator", "ilt.data_steward", "igj.data_steward"] {
            let hidden = ask(&world, who, &query.replace("ID", &id)).await.to_string();
            let absent = ask(&world, who, &query.replace("ID", never)).await.to_string();
            assert_eq!(hidden, absent, "{who}: {query}");
        }
    }
    for call in [
        "suspendAccount(account: \"NAME\")",
        "takeRole(account: \"NAME\", role: INSPECTOR)",
        "proposeRole(account: \"NAME\", role: AUDITOR)",
    ] {
        let query = format!("mutation {{ {call} {{ id }} }}");
        let hidden = ask(&world, "igj.administrator", &query.replace("NAME", "ilt.inspector")).await;
        let absent = ask(&world, "igj.administrator", &query.replace("NAME", "ilt.nobody")).await;
        assert_eq!(hidden, absent, "{call}");
    }
}

async fn bad_input(on: On) {
    let world: World = world(on).await;
    let admin = "ilt.administrator";
    let admit = |input: &str| format!("admitAccount(input: {input})");
    let good = account("ilt", "new");
    let long = "x".repeat(201);
    for (input, expected) in [
        (
            good.replace("ilt.new\", display", "igj.new\", display"),
            "INVALID_INPUT input.name",
        ),
        (
            good.replace("ilt.new\", display", "ilt.\", display"),
            "INVALID_INPUT input.name",
        ),
        (
            good.replace("ilt.new\", display", "ilt.Nieuw\", display"),
            "INVALID_INPUT input.name",
        ),
        (good.replace("Naam (fictief)", " "), "REQUIRED input.displayName"),
        (good.replace("Naam (fictief)", &long), "TOO_LONG input.displayName"),
        (good.replace(tests::world::ISSUER, "idp"), "INVALID_INPUT input.issuer"),
        (
            good.replace("subject: \"ilt.new\"", "subject: \"\""),
            "REQUIRED input.subject",
        ),
        (
            good.replace("ilt.new\", display", "ilt.inspector\", display"),
            "NAME_TAKEN input.name",
        ),
        (
            good.replace("subject: \"ilt.new\"", "subject: \"igj.inspector\""),
            "PERSON_ADMITTED input.subject",
        ),
    ] {
        let answer = ask(&world, admin, &format!("mutation {{ {} {{ id }} }}", admit(&input))).await;
        let told = &answer["errors"][0]["extensions"];
        let told = format!(
            "{} {}",
            told["code"].as_str().unwrap_or_default(),
            told["field"].as_str().unwrap_or_default()
        );
        assert_eq!(told, expected, "{input}: {answer}");
    }
    for call in [
        "suspendAccount(account: \"igj.inspector\")",
        "suspendAccount(account: \"ilt.nobody\")",
        "endAccount(account: \"igj.inspector\")",
    ] {
        assert_eq!(
            refused(&world, admin, call).await,
            "NOT_FOUND",
            "another's is as none: {call}"
        );
    }
    for (call, expected) in [
        (
            "givePurpose(account: \"ilt.inspector\", purpose: \"geen\")",
            "UNKNOWN_REFERENCE",
        ),
        (
            "listCircle(account: \"ilt.case_system\", circle: \"geen\", listed: true)",
            "UNKNOWN_REFERENCE",
        ),
        ("proposeRole(account: \"igj.inspector\", role: ANALYST)", "NOT_FOUND"),
        ("confirmDecision(id: \"dec_1\")", "INVALID_ID"),
        (
            "confirmDecision(id: \"dec_00000000000000000000000000000000\")",
            "NOT_FOUND",
        ),
        (
            "declineDecision(id: \"dec_00000000000000000000000000000000\", reason: \"\")",
            "NOT_FOUND",
        ),
    ] {
        assert_eq!(refused(&world, admin, call).await, expected, "{call}");
    }
    let id = propose(&world, admin, "proposeRole(account: \"ilt.inspector\", role: ANALYST)").await;
    assert_eq!(
        refused(&world, admin, &format!("declineDecision(id: \"{id}\", reason: \" \")")).await,
        "REQUIRED"
    );
    change(
        &world,
        admin,
        &format!("declineDecision(id: \"{id}\", reason: \"vergissing\")"),
    )
    .await;
    assert_eq!(not_confirmed(&world, "ilt.admin2", &id).await, "ALREADY_DECIDED");
}

on_both! { life clearance exclusions same_person last race excluding_race absent bad_input }
