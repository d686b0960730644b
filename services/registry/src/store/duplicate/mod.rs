//! Parties that may be one (mogelijke dubbelingen): proposed when a party is kept up, shown by score, dismissed by a
//! human.
//!
//! A proposal stands between two ids as they were registered. Readers see it between the parties that these are now, so
//! that a merge, and its undoing, need not touch it.

mod list;
mod propose;

use access::Operation;
use foundation::{Code, Fault, Session};
use sea_orm::{ActiveValue::Set, ColumnTrait, Condition, EntityTrait, QueryFilter, QueryTrait};
use uuid::Uuid;

use super::alias::{all_ids, both};
use super::rows::{duplicate_dismissal, duplicate_proposal};

pub use list::{Place, Proposal, Proposals, page};
pub use propose::propose;

/// Says that two parties are two (afwijzen): they are not proposed again.
///
/// # Errors
/// `FORBIDDEN`; `NOT_FOUND` when one of them does not exist; `ALREADY_ONE` when they are one.
pub async fn dismiss(session: &Session, one: Uuid, other: Uuid, reason: &str) -> Result<(), Fault> {
    use duplicate_proposal::Column;
    let mut writer = session.writer(Operation::MergeParties).await?;
    both(&writer, one, other).await?;
    let (ones, others) = (all_ids(&writer, one).await?, all_ids(&writer, other).await?);
    if ones.contains(&other) {
        return Err(Fault::new(Code::AlreadyOne));
    }
    let (at, caller) = (writer.scope().now, writer.scope().caller.clone());
    let mut rows = Vec::new();
    for (one, other) in ones
        .iter()
        .flat_map(|one| others.iter().map(move |other| (*one, *other)))
    {
        rows.push(duplicate_dismissal::ActiveModel {
            party_id: Set(one.min(other)),
            other_id: Set(one.max(other)),
            dismissed_by: Set(caller.account),
            organisation_id: Set(caller.organisation),
            dismissed_at: Set(at),
            reason: Set(reason.to_owned()),
        });
    }
    writer.insert_unless_taken(rows).await?;
    let between = |ones: &[Uuid], others: &[Uuid]| {
        let one = Column::PartyId.is_in(ones.iter().copied());
        Condition::all()
            .add(one)
            .add(Column::OtherId.is_in(others.iter().copied()))
    };
    let either = Condition::any()
        .add(between(&ones, &others))
        .add(between(&others, &ones));
    let proposals = duplicate_proposal::Entity::delete_many().filter(either);
    writer.execute(&proposals.into_query()).await?;
    writer.noted("party", one, "dismissed", 0);
    writer.noted("party", other, "dismissed", 0);
    writer.commit().await
}
