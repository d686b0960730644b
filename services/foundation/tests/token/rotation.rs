//! Keys that come and go, and a provider that is not always there.

use std::time::{Duration, Instant};

use foundation::token::Refusal;
use futures::future::join_all;

use crate::house::{FIRST, House, SECOND, header};

#[tokio::test]
async fn a_new_key_works_at_once_and_without_restart() {
    let house = House::open().await;
    assert!(house.ask(&house.token(&FIRST)).await.is_ok());
    house.publish(&[&FIRST.public, &SECOND.public]);
    assert!(house.ask(&house.token(&SECOND)).await.is_ok());
    assert!(house.ask(&house.token(&FIRST)).await.is_ok());
    assert_eq!(house.fetches(), 2);
}

#[tokio::test]
async fn a_key_that_was_rotated_out_stops() {
    let house = House::open().await;
    assert!(house.ask(&house.token(&FIRST)).await.is_ok());
    house.publish(&[&SECOND.public]);
    // At the latest when the keys have reached their age …
    house.pass(601);
    assert_eq!(house.ask(&house.token(&FIRST)).await, Err(Refusal::UnknownKey));
    assert!(house.ask(&house.token(&SECOND)).await.is_ok());
}

#[tokio::test]
async fn a_key_that_was_rotated_out_stops_when_its_successor_is_first_seen() {
    let house = House::open().await;
    assert!(house.ask(&house.token(&FIRST)).await.is_ok());
    house.publish(&[&SECOND.public]);
    assert!(house.ask(&house.token(&SECOND)).await.is_ok());
    assert_eq!(house.ask(&house.token(&FIRST)).await, Err(Refusal::UnknownKey));
}

#[tokio::test]
async fn invented_key_names_do_not_hammer_the_provider() {
    let house = House::open().await;
    assert!(house.ask(&house.token(&FIRST)).await.is_ok());
    for round in 0..100 {
        let junk = house.ask_header(&header(&format!("junk-{round}"))).await;
        assert_eq!(junk, Err(Refusal::UnknownKey));
    }
    assert_eq!(house.fetches(), 2);
    // Nor do they keep a new key out for longer than the pause between two searches.
    house.publish(&[&SECOND.public]);
    assert_eq!(house.ask(&house.token(&SECOND)).await, Err(Refusal::UnknownKey));
    house.pass(5);
    assert!(house.ask(&house.token(&SECOND)).await.is_ok());
    assert_eq!(house.fetches(), 3);
}

#[tokio::test]
async fn many_at_once_fetch_once() {
    let house = House::open().await;
    let token = house.token(&FIRST);
    let answers = join_all((0..50).map(|_| house.ask(&token))).await;
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(house.fetches(), 1);
    house.publish(&[&FIRST.public, &SECOND.public]);
    let token = house.token(&SECOND);
    let answers = join_all((0..50).map(|_| house.ask(&token))).await;
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(house.fetches(), 2);
}

#[tokio::test]
async fn a_request_that_goes_away_leaves_the_fetch_running() {
    let house = House::open().await;
    let token = house.token(&FIRST);
    {
        // Polled once, then dropped: the fetch has begun and nobody waits for it.
        let mut asking = Box::pin(house.ask(&token));
        assert!(futures::poll!(&mut asking).is_pending());
    }
    assert!(house.ask(&token).await.is_ok());
    assert_eq!(house.fetches(), 1);
}

#[tokio::test]
async fn a_provider_that_is_down_at_first_use_is_told_apart() {
    let house = House::open().await;
    house.goes_down();
    let refusal = house.ask(&house.token(&FIRST)).await.unwrap_err();
    assert_eq!(refusal, Refusal::Unverifiable);
    assert_eq!(refusal.code(), "TOKEN_UNVERIFIABLE");
    assert_eq!(refusal.status(), 503);
    assert_eq!(refusal.challenge(), None);
    for _ in 0..10 {
        assert_eq!(house.ask(&house.token(&FIRST)).await, Err(Refusal::Unverifiable));
    }
    assert_eq!(house.fetches(), 1);
    house.comes_back();
    house.pass(2);
    assert!(house.ask(&house.token(&FIRST)).await.is_ok());
}

#[tokio::test]
async fn keys_outlive_a_short_absence_of_the_provider_and_no_long_one() {
    let house = House::open().await;
    assert!(house.ask(&house.token(&FIRST)).await.is_ok());
    house.goes_down();
    house.pass(1800);
    assert!(house.ask(&house.token(&FIRST)).await.is_ok());
    // Whether there is such a key now, nobody can say.
    assert_eq!(house.ask_header(&header("junk")).await, Err(Refusal::Unverifiable));
    assert_eq!(house.fetches(), 2);
    house.pass(1801);
    assert_eq!(house.ask(&house.token(&FIRST)).await, Err(Refusal::Unverifiable));
    house.comes_back();
    house.pass(2);
    assert!(house.ask(&house.token(&FIRST)).await.is_ok());
}

#[tokio::test]
async fn a_provider_that_hangs_delays_nobody_for_long() {
    let house = House::open().await;
    assert!(house.ask(&house.token(&FIRST)).await.is_ok());
    house.takes(60_000);
    house.pass(601);
    let (first, second) = (house.token(&FIRST), house.token(&SECOND));
    let timed = async |token: &str| {
        let began = Instant::now();
        let answer = house.ask(token).await;
        (answer, began.elapsed())
    };
    // Whose key is known waits a second at most, and nobody else waits at all.
    let (one, other) = tokio::join!(timed(&first), timed(&first));
    assert!(one.0.is_ok() && other.0.is_ok());
    assert!(one.1 < Duration::from_millis(2500), "{:?}", one.1);
    assert!(
        one.1.min(other.1) < Duration::from_millis(500),
        "{:?} {:?}",
        one.1,
        other.1
    );
    // Whose key is not known waits for the fetch, which ends.
    let (answer, took) = timed(&second).await;
    assert_eq!(answer, Err(Refusal::Unverifiable));
    assert!(took < Duration::from_secs(5), "{took:?}");
    let (answer, took) = timed(&second).await;
    assert_eq!(answer, Err(Refusal::Unverifiable));
    assert!(took < Duration::from_millis(500), "{took:?}");
}

#[tokio::test]
async fn one_strange_key_does_not_spoil_the_others() {
    let house = House::open().await;
    let strange = serde_json::json!({ "kty": "AKP", "kid": "new", "alg": "ML-DSA-44", "pub": "…" });
    let broken = serde_json::json!({ "kty": "RSA", "kid": "broken" });
    house.publish(&[&strange, &broken, &FIRST.public]);
    assert!(house.ask(&house.token(&FIRST)).await.is_ok());
    assert_eq!(house.ask_header(&header("new")).await, Err(Refusal::UnknownKey));
}
