//! The first organisation of a platform: founded once, on the database, with two administrators.

use foundation::Database;
use registry::model::admission::{Admission, NewAccount};
use registry::reference::Reference;
use registry::seed::{SeedError, found, vocabularies};
use tests::postgres::Cluster;
use tests::world::{ISSUER, On, World};

use super::{account, agree, change, confirm, done, not_confirmed, propose};

fn admission(code: &str) -> Admission {
    let administrator = |name: &str| NewAccount {
        name: format!("{code}.{name}"),
        display_name: "Naam (fictief)".to_owned(),
        issuer: ISSUER.to_owned(),
        subject: format!("{code}.{name}"),
    };
    Admission {
        code: code.to_owned(),
        name: "Inspectie".to_owned(),
        name_en: "Inspectorate".to_owned(),
        inspectorate: true,
        oin: None,
        domains: Vec::new(),
        participant: true,
        contact_name: "Loket".to_owned(),
        contact_phone: "0800".to_owned(),
        contact_email: "loket@example.nl".to_owned(),
        administrators: vec![administrator("one"), administrator("two")],
        purposes: vec!["toezicht".to_owned()],
    }
}

async fn founded(on: On) {
    let world = World::on(on).await;
    let migrator = match &world.name {
        None => world.behind.clone(),
        Some(name) => Database::open(&Cluster::shared().url_for("samenzicht_migrator", name), 1)
            .await
            .expect("the migrator enters"),
    };
    vocabularies(&migrator, &Reference::embedded().expect("is whole"))
        .await
        .expect("loads");
    let alone = Admission {
        administrators: admission("ilt").administrators[..1].to_vec(),
        ..admission("ilt")
    };
    let refused = found(&migrator, &alone, &world.clock)
        .await
        .expect_err("one is too few");
    assert!(refused.to_string().contains("exactly two"), "{refused}");
    // The ILT is shipped as data and gets its administrators.
    found(&migrator, &admission("ilt"), &world.clock).await.expect("founds");
    let again = found(&migrator, &admission("nieuw"), &world.clock).await;
    assert!(matches!(again, Err(SeedError::Founded)), "{again:?}");
    assert_eq!(
        done(&world, "ilt.one", "{ me { account roles } }").await["roles"][0],
        "ADMINISTRATOR"
    );
    change(
        &world,
        "ilt.one",
        &format!("admitAccount(input: {})", account("ilt", "inspector")),
    )
    .await;
    agree(
        &world,
        "ilt.one",
        "ilt.two",
        "proposeRole(account: \"ilt.inspector\", role: INSPECTOR)",
    )
    .await;
    let line = "SELECT service || ' ' || operation FROM audit_log WHERE service = 'found'";
    assert_eq!(world.look(line, vec![]).await, ["found found"]);
    // As long as nobody else administers anything, two of the first organisation admit the second.
    let input =
        "code: \"nieuw\", name: \"N\", nameEn: \"N\", kind: INSPECTORATE, participant: true, purposes: [\"toezicht\"],
        contact: { name: \"L\", phone: \"0800\", email: \"l@example.nl\" }";
    let of = |code: &str| {
        let input = input.replace("nieuw", code);
        let (one, two) = (account(code, "one"), account(code, "two"));
        format!("proposeAdmission(input: {{ {input}, administrators: [{one}, {two}] }})")
    };
    agree(&world, "ilt.one", "ilt.two", &of("nieuw")).await;
    let third = propose(&world, "ilt.one", &of("derde")).await;
    assert_eq!(
        not_confirmed(&world, "ilt.two", &third).await,
        "OTHER_SIDE",
        "from then on it takes two organisations"
    );
    confirm(&world, "nieuw.one", &third).await;
    let name = "SELECT name FROM organisation WHERE code = 'ilt'";
    assert_ne!(world.look(name, vec![]).await, ["Inspectie"], "what is shipped stays");
}

on_both! { founded }
