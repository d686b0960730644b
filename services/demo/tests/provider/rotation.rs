//! Keys that turn, end to end: provider, key set, verifier.

use std::os::unix::fs::PermissionsExt as _;

use demo::provider::{KeyPair, ProviderError};
use foundation::token::Refusal;

use crate::house::{House, LIFETIME, listener};

async fn published(house: &House) -> usize {
    let set: serde_json::Value = house
        .http
        .get(house.address("jwks"))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let keys = set["keys"].as_array().unwrap();
    // The private half of no key is ever shown.
    for private in ["d", "p", "q", "dp", "dq", "qi", "k"] {
        assert!(keys.iter().all(|key| key.get(private).is_none()));
    }
    keys.len()
}

#[tokio::test]
async fn old_and_new_tokens_work_across_a_rotation() {
    let house = House::open().await;
    let before = house.provider.token_for("ilt.inspector").unwrap();
    assert!(house.verify(&before).await.is_ok());
    house.provider.rotate().await.unwrap();
    let after = house.provider.token_for("ilt.inspector").unwrap();
    assert!(house.verify(&after).await.is_ok());
    assert!(house.verify(&before).await.is_ok());
    assert_eq!(published(&house).await, 2);
    house.pass(LIFETIME);
    assert_eq!(house.verify(&before).await, Err(Refusal::Expired));
    // Its tokens have expired by every clock: the former key goes.
    house.pass(300);
    assert_eq!(published(&house).await, 1);
}

#[tokio::test]
async fn a_revoked_key_stops_its_tokens() {
    let house = House::open().await;
    let before = house.provider.token_for("ilt.inspector").unwrap();
    assert!(house.verify(&before).await.is_ok());
    house.provider.rotate().await.unwrap();
    house.provider.revoke_former().await.unwrap();
    let after = house.provider.token_for("ilt.inspector").unwrap();
    assert!(house.verify(&after).await.is_ok());
    assert_eq!(house.verify(&before).await, Err(Refusal::UnknownKey));
}

#[tokio::test]
async fn tokens_stay_good_over_a_restart_and_keys_are_the_owners_only() {
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("identity");
    let first = House::with_keys_in(keys.clone(), listener().await).await;
    let former = first.provider.token_for("ilt.inspector").unwrap();
    first.provider.rotate().await.unwrap();
    let current = first.provider.token_for("ilt.inspector").unwrap();
    let address = first.provider.issuer().to_owned();
    let port = url::Url::parse(&address).unwrap().port().unwrap();
    first.provider.stop().await;

    for entry in std::fs::read_dir(&keys).unwrap() {
        let mode = entry.unwrap().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    assert_eq!(std::fs::metadata(&keys).unwrap().permissions().mode() & 0o777, 0o700);
    assert_eq!(std::fs::read_dir(&keys).unwrap().count(), 1);

    let again = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    let second = House::with_keys_in(keys, again).await;
    assert_eq!(second.provider.issuer(), address);
    assert!(second.verify(&former).await.is_ok());
    assert!(second.verify(&current).await.is_ok());
}

#[tokio::test]
async fn a_key_file_is_read_again_closed_to_others_and_refused_when_broken() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("demo-cli.pem");
    let made = KeyPair::load_or_create(&path).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let read = KeyPair::load_or_create(&path).unwrap();
    assert_eq!(read.kid(), made.kid());
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    std::fs::write(&path, "no key").unwrap();
    let sentence = KeyPair::load_or_create(&path).unwrap_err().to_string();
    assert!(sentence.contains("remove it and a new one is made"), "{sentence}");
    assert!(!format!("{made:?}").contains("PRIVATE"));
}

#[tokio::test]
async fn only_demo_accounts_get_tokens() {
    let house = House::open().await;
    let refused = house.provider.token_for("nobody");
    assert!(matches!(refused, Err(ProviderError::UnknownAccount(_))));
    let caller = house
        .verify(&house.provider.token_for("ilt.inspector").unwrap())
        .await
        .unwrap();
    assert_eq!(caller.subject, "ilt.inspector");
}
