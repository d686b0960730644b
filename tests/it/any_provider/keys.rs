//! Its keys rotate, and it is not always there: who is in stays in as long as was promised, and nobody hangs.

use std::time::{Duration, Instant};

use demo::provider::KeyPair;
use serde_json::json;
use tests::any_provider::AnyProvider;
use tests::caller::Caller;
use tests::signer::Signer;

use super::House;

/// `identity.keys` here, in seconds.
const MAX_AGE: u64 = 3;
const MAX_STALE: u64 = 25;
/// No answer may take longer, on a busy machine too: one fetch takes a second at most here.
const NO_HANG: Duration = Duration::from_secs(8);
/// What a busy machine may add to the times above.
const ALLOWANCE: Duration = Duration::from_secs(20);

type Doors = [(&'static str, Caller); 3];

#[tokio::test(flavor = "multi_thread")]
async fn keys_rotate_and_the_provider_goes_away_and_comes_back() {
    let (age, stale) = (MAX_AGE.to_string(), MAX_STALE.to_string());
    let identity = [
        ("KEYS__MAX_AGE_SECONDS", age.as_str()),
        ("KEYS__MAX_STALE_SECONDS", &stale),
        ("KEYS__SEARCH_PAUSE_SECONDS", "1"),
        ("KEYS__RETRY_PAUSE_SECONDS", "1"),
        ("KEYS__TIMEOUT_SECONDS", "1"),
    ];
    let mut house = House::open(&identity, 300).await;
    let (second, third) = (KeyPair::generate().expect("a key"), KeyPair::generate().expect("a key"));
    let issuer = house.provider.issuer.clone();
    let by = |pair| Signer::with(&issuer, pair).naming("oid");
    let token = |signer: &Signer| signer.token("ilt.inspector", 600);
    let (old, new, unknown) = (token(&house.signer), token(&by(&second)), token(&by(&third)));
    let doors = house.doors();

    everywhere(&doors, &old, 200, "").await;
    everywhere(&doors, &new, 401, "TOKEN_INVALID").await;
    house.provider.publish(&[&second, &house.first]);
    within(&doors, &new, 200, "", Duration::from_secs(1)).await;
    everywhere(&doors, &old, 200, "").await;
    invented_names_do_not_hammer(&mut house.provider, &doors, &by(&third)).await;

    house.provider.publish(&[&second]);
    within(&doors, &old, 401, "TOKEN_INVALID", Duration::from_secs(MAX_AGE)).await;
    everywhere(&doors, &new, 200, "").await;

    for state in ["hanging", "down"] {
        house.provider.turn(state);
        // Past their age, the keys at hand serve; of a key that is new nobody can say anything.
        tokio::time::sleep(Duration::from_secs(MAX_AGE + 1)).await;
        everywhere(&doors, &new, 200, "").await;
        everywhere(&doors, &unknown, 503, "TOKEN_UNVERIFIABLE").await;
        everywhere(&doors, &new, 200, "").await;
        house.provider.turn("up");
        within(&doors, &unknown, 401, "TOKEN_INVALID", Duration::from_secs(2)).await;
    }
    house.provider.turn("down");
    within(&doors, &new, 503, "TOKEN_UNVERIFIABLE", Duration::from_secs(MAX_STALE)).await;
    house.provider.turn("up");
    within(&doors, &new, 200, "", Duration::from_secs(2)).await;
    house.stand.down().await;
}

/// The status and code of an answer, which does not hang.
async fn answered(caller: &Caller, token: &str) -> (u16, String) {
    let began = Instant::now();
    let answer = caller.clone().token(token).ask("{ __typename }", json!({})).await;
    let took = began.elapsed();
    assert!(took < NO_HANG, "{took:?} for {}", answer.text());
    (answer.status, answer.codes().first().cloned().unwrap_or_default())
}

async fn everywhere(doors: &Doors, token: &str, status: u16, code: &str) {
    for (door, caller) in doors {
        assert_eq!(answered(caller, token).await, (status, code.to_owned()), "{door}");
    }
}

/// Each door comes to answer so, within this time and what a busy machine adds.
async fn within(doors: &Doors, token: &str, status: u16, code: &str, time: Duration) {
    for (door, caller) in doors {
        let began = Instant::now();
        loop {
            let found = answered(caller, token).await;
            if found == (status, code.to_owned()) {
                break;
            }
            assert!(
                began.elapsed() < time + ALLOWANCE,
                "{door} still says {found:?}, not {status} {code}"
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        println!("{door}: {status} {code} after {:?}", began.elapsed());
    }
}

/// Tokens with names of keys that nobody has: each process looks at most once a second.
async fn invented_names_do_not_hammer(provider: &mut AnyProvider, doors: &Doors, signer: &Signer) {
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let (before, began) = (provider.asked(), Instant::now());
    for round in 0..60 {
        let name = format!("junk-{round}");
        let token = signer.headed("ilt.inspector", |header| header["kid"] = json!(name));
        let (door, caller) = &doors[round % doors.len()];
        assert_eq!(
            answered(caller, &token).await,
            (401, "TOKEN_INVALID".to_owned()),
            "{door}"
        );
    }
    let (asked, seconds) = (provider.asked() - before, began.elapsed().as_secs() as i64);
    println!("60 invented names in {seconds} s: the keys were asked for {asked} times");
    assert!((1..=3 * (seconds + 2)).contains(&asked), "{asked} times in {seconds} s");
}
