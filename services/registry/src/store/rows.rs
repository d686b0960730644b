//! The registry's own tables as sea-orm entities: private to the store and to the seed.

use foundation::{Kept, Reference, Vocabulary};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::SimpleExpr;
use sea_orm::{QuerySelect, QueryTrait};

/// A field of supervision (toezichtdomein).
pub mod domain {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "domain")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub code: String,
        pub name: String,
        pub name_en: String,
        pub source: String,
    }
    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
    impl Reference for Entity {}
    impl Vocabulary for Entity {}
}

/// A signal category (categorie).
pub mod category {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "category")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub code: String,
        pub name: String,
        pub name_en: String,
        pub domain: String,
        pub source: String,
    }
    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
    impl Reference for Entity {}
    impl Vocabulary for Entity {}
}

/// A safety region (veiligheidsregio).
pub mod safety_region {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "safety_region")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub code: String,
        pub name: String,
        pub source: String,
    }
    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
    impl Reference for Entity {}
    impl Vocabulary for Entity {}
}

/// A supervised party (ondertoezichtstaande).
pub mod party {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "party")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub kind: i16,
        /// None where it is a person's.
        pub legal_name: Option<String>,
        /// The words of its names, normalised; empty where they are a person's.
        pub name_words: String,
    }
    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
    impl Reference for Entity {}
}

/// A trade name (handelsnaam) of a party that is no person.
pub mod party_trade_name {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "party_trade_name")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub party_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub name: String,
    }
    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
    impl Reference for Entity {}
}

/// A number of a party.
pub mod party_identifier {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "party_identifier")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub party_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub scheme: i16,
        pub value: String,
    }
    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
    impl Reference for Entity {}
}

/// An organisation that registered a person. Never shown: who registered somebody is nobody's business.
pub mod party_custodian {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "party_custodian")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub party_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub organisation_id: Uuid,
    }
    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}

    /// The parties that an organisation is a custodian of.
    pub(super) fn parties_of(organisation: Uuid) -> sea_orm::sea_query::SelectStatement {
        Entity::find()
            .select_only()
            .column(Column::PartyId)
            .filter(Column::OrganisationId.eq(organisation))
            .into_query()
    }
}

/// The names of a person: personal.
pub mod party_personal {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "party_personal")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub party_id: Uuid,
        pub legal_name: String,
        /// One per line.
        pub trade_names: String,
    }
    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
    impl Kept for Entity {
        const KIND: &'static str = "party";
        fn record() -> Column {
            Column::PartyId
        }
        fn record_of(model: &Model) -> Uuid {
            model.party_id
        }
        fn kept_by(organisation: Uuid) -> SimpleExpr {
            Column::PartyId.in_subquery(party_custodian::parties_of(organisation))
        }
    }
}

/// A site (vestiging).
pub mod site {
    use super::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "site")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: Uuid,
        pub party_id: Uuid,
        /// None where it is a person's, and then so is the address.
        pub name: Option<String>,
        pub street: Option<String>,
        pub postcode: Option<String>,
        pub city: Option<String>,
        pub latitude: Option<f64>,
        pub longitude: Option<f64>,
        pub region_id: Option<Uuid>,
    }
    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
    impl Reference for Entity {}
}

/// A number of a site.
pub mod site_identifier {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "site_identifier")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub site_id: Uuid,
        #[sea_orm(primary_key, auto_increment = false)]
        pub scheme: i16,
        pub value: String,
    }
    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
    impl Reference for Entity {}
}

/// Name and address of a person's site: personal.
pub mod site_personal {
    use super::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "site_personal")]
    pub struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub site_id: Uuid,
        pub party_id: Uuid,
        pub name: String,
        pub street: Option<String>,
        pub postcode: Option<String>,
        pub city: Option<String>,
        pub latitude: Option<f64>,
        pub longitude: Option<f64>,
    }
    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}
    impl ActiveModelBehavior for ActiveModel {}
    impl Kept for Entity {
        const KIND: &'static str = "site";
        fn record() -> Column {
            Column::SiteId
        }
        fn record_of(model: &Model) -> Uuid {
            model.site_id
        }
        fn kept_by(organisation: Uuid) -> SimpleExpr {
            Column::PartyId.in_subquery(party_custodian::parties_of(organisation))
        }
    }
}
