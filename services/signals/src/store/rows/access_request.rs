//! A request for access, or for onward sharing: its asker's and its owner's.

use access::{Caller, Role};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait, SimpleExpr};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "access_request")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: i16,
    pub signal_id: Uuid,
    pub handle: Option<Uuid>,
    pub rank: i16,
    pub owner_id: Uuid,
    pub organisation_id: Uuid,
    pub account_id: Uuid,
    pub asked_by: String,
    pub audience_kind: i16,
    pub audience: Uuid,
    pub purpose_id: Uuid,
    pub legal_basis_id: Uuid,
    pub reason: String,
    pub valid_until: i64,
    pub asked_at: i64,
    pub lapses_at: i64,
    pub state: i16,
    pub closed_at: Option<i64>,
    pub closed_by: Option<Uuid>,
    pub answer: Option<String>,
    pub grant_id: Option<Uuid>,
    pub given_audience_kind: Option<i16>,
    pub given_audience: Option<Uuid>,
    pub given_purpose_id: Option<Uuid>,
    pub given_legal_basis_id: Option<Uuid>,
    pub given_until: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl foundation::Owned for Entity {
    /// The account that asked, its organisation's coordinators and stewards, and the owner's stewards: nobody of them
    /// beyond their clearance.
    fn owned_by(caller: &Caller) -> SimpleExpr {
        let asker = Column::AccountId.eq(caller.account);
        let asking_side = Column::OrganisationId.eq(caller.organisation);
        let deciding_side = Column::OwnerId.eq(caller.organisation);
        let mine = match (caller.roles.has(Role::Coordinator), caller.roles.has(Role::DataSteward)) {
            (_, true) => asker.or(asking_side).or(deciding_side),
            (true, false) => asker.or(asking_side),
            (false, false) => asker,
        };
        mine.and(Column::Rank.lte(caller.clearance as i16))
    }
}
