//! A month of work by seven inspectorates, through the gateway alone: HTTP, tokens, purposes. After every step everybody
//! is asked what there is to see, and each week every number is held against its list.
//!
//! The script (`month/week1.toml` and so on) says who does what, and who should see it then; its keys are explained in
//! [`script::Step`], its audiences in [`audience`]. What the script states is kept in [`oracle`], by plain sets. Nothing
//! goes by the back door but the clock.

mod audience;
mod cast;
mod numbers;
mod oracle;
mod play;
mod script;
mod watch;
mod weak;

use tests::world::On;

#[tokio::test(flavor = "multi_thread")]
async fn a_month_on_an_embedded_database() {
    play::month(On::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_month_under_both_locks() {
    play::month(On::Postgres).await;
}
