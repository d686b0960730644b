//! Deliveries that are made once, however often they are sent: the answer is kept with the change, in its transaction.

use access::{Instant, Operation};
use foundation::session::Caretaker;
use foundation::{Code, Fault, Platform, Session};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::import::{self, Item, Outcome};
use super::rows::upsert_receipt as row;

/// The longest key, in characters.
const KEY_MAXIMUM: usize = 200;
/// How long answers are kept, in microseconds: a week.
const KEPT: Instant = 7 * 24 * 3600 * 1_000_000;

/// A request that is to be done once.
#[derive(Clone, Debug)]
pub struct Once {
    /// Its sender's own key for it.
    pub key: String,
    /// The hash of what was asked.
    pub asked: String,
}

/// Takes a delivery in, unless it was taken in before: then the answer of then.
///
/// # Errors
/// `IDEMPOTENCY_KEY_REUSED` when something else was asked under this key; `BUSY` when the same is being done at this
/// moment; what an import says. Then nothing of the delivery stands.
pub async fn once<T: Serialize + DeserializeOwned>(
    session: &Session,
    profile: &str,
    items: Vec<Item>,
    once: Once,
    told: impl FnOnce(Vec<(i32, Outcome)>) -> T + Send,
) -> Result<T, Fault> {
    let mut writer = session.writer(Operation::Import).await?;
    let mut faults = Vec::new();
    foundation::check::required("idempotencyKey", &once.key, KEY_MAXIMUM, &mut faults);
    if let Some(fault) = faults.pop() {
        return Err(fault);
    }
    let before = row::Entity::find().filter(row::Column::IdempotencyKey.eq(once.key.as_str()));
    if let Some(before) = writer.own(before).await?.pop() {
        if before.asked != once.asked {
            return Err(Fault::new(Code::IdempotencyKeyReused).at("idempotencyKey"));
        }
        return serde_json::from_str(&before.answer).map_err(Fault::internal);
    }
    let outcomes = import::take(&mut writer, profile, items, false).await?;
    let answer = told(outcomes);
    let caller = writer.scope().caller.clone();
    let receipt = row::Model {
        id: writer.id(),
        organisation_id: caller.organisation,
        account_id: caller.account,
        idempotency_key: once.key,
        asked: once.asked,
        answer: serde_json::to_string(&answer).map_err(Fault::internal)?,
        at: writer.scope().now,
    };
    if !writer
        .insert_unless_taken(vec![receipt.into_active_model()])
        .await?
        .is_empty()
    {
        return Err(Fault::new(Code::Busy));
    }
    writer.commit().await?;
    Ok(answer)
}

/// Throws away the answers that are kept no longer.
///
/// # Errors
/// The database's.
pub async fn sweep(platform: &Platform) -> Result<(), Fault> {
    let caretaker = Caretaker::begin(platform).await?;
    let old = "DELETE FROM upsert_receipt WHERE at < ?";
    let before = caretaker.now() - KEPT;
    if caretaker.execute(old, vec![before.into()]).await? > 0 {
        caretaker.commit().await?;
    }
    Ok(())
}
