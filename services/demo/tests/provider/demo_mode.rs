//! Outside the demo there is no provider.

use std::time::Duration;

use demo::provider::{
    ClientKey, DemoClient, DemoMode, NotADemo, OperatingMode, Provider, ProviderError, ProviderSettings,
};
use tokio::net::TcpListener;

use crate::house::{CASE_SYSTEM_KEY, accounts, clients, listener};

async fn start(settings: ProviderSettings) -> ProviderError {
    let proof = DemoMode::prove(OperatingMode::Demo, listener().await).unwrap();
    match Provider::start(proof, settings).await {
        Ok(_) => panic!("it started"),
        Err(error) => error,
    }
}

#[tokio::test]
async fn no_proof_when_the_configuration_does_not_say_demo() {
    let refused = DemoMode::prove(OperatingMode::Production, listener().await).unwrap_err();
    assert!(matches!(refused, NotADemo::Configuration));
    assert!(refused.to_string().contains("demo mode only"));
}

#[tokio::test]
async fn no_proof_for_a_listener_that_others_can_reach() {
    let open = TcpListener::bind("0.0.0.0:0").await.unwrap();
    let refused = DemoMode::prove(OperatingMode::Demo, open).unwrap_err();
    assert!(matches!(refused, NotADemo::Reachable(_)));
    assert!(refused.to_string().contains("use 127.0.0.1"));
}

#[tokio::test]
async fn settings_that_cannot_be_right_are_refused() {
    let mut endless = ProviderSettings::new(accounts(), clients());
    endless.token_lifetime = Duration::from_secs(86_401);
    assert!(matches!(start(endless).await, ProviderError::Lifetime));

    let mut twice = ProviderSettings::new(accounts(), clients());
    twice.clients.push(twice.clients[1].clone());
    assert!(start(twice).await.to_string().contains("one client, one grant type"));

    let mut nobody = ProviderSettings::new(accounts(), clients());
    nobody.accounts.clear();
    assert!(start(nobody).await.to_string().contains("not among the demo accounts"));

    let mut keyless = ProviderSettings::new(accounts(), clients());
    let key = ClientKey::Pem("no key".into());
    keyless.clients.push(DemoClient::CommandLine {
        client_id: "keyless".into(),
        key,
    });
    assert!(
        start(keyless)
            .await
            .to_string()
            .starts_with("keyless: its key cannot be read")
    );

    let mut astray = ProviderSettings::new(accounts(), clients());
    let redirect_uris = vec!["http://example.org/done".to_owned()];
    astray.clients.push(DemoClient::Person {
        client_id: "astray".into(),
        redirect_uris,
    });
    assert!(start(astray).await.to_string().starts_with("astray: "));
    assert!(CASE_SYSTEM_KEY.public_jwk().get("d").is_none());
}

#[tokio::test]
async fn nothing_answers_after_the_stop() {
    let house = crate::house::House::open().await;
    let address = house.address("jwks");
    assert!(house.http.get(&address).send().await.unwrap().status().is_success());
    house.provider.stop().await;
    assert!(house.http.get(&address).send().await.is_err());
}
