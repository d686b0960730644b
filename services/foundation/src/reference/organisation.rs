//! Inspectorate or partner body (inspectie of partnerorganisatie).

use sea_orm::entity::prelude::*;

/// A row of `organisation`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "organisation")]
pub struct Model {
    /// Its identity.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its code, such as `ilt`.
    pub code: String,
    /// Its Dutch name.
    pub name: String,
    /// Its English name.
    pub name_en: String,
    /// `inspectorate` or `partner`.
    pub kind: String,
    /// Its organisation identification number (OIN).
    pub oin: Option<String>,
    /// Its domains, as codes separated by spaces.
    pub domains: String,
    /// Whether it is among all participants.
    pub participant: bool,
    /// Whom to call.
    pub contact_name: String,
    /// By phone.
    pub contact_phone: String,
    /// By mail.
    pub contact_email: String,
    /// From when it is suspended.
    pub suspended_at: Option<i64>,
    /// From when it has ended.
    pub ended_at: Option<i64>,
}

/// Joined by hand where needed.
#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl crate::session::Reference for Entity {}

impl crate::session::Vocabulary for Entity {}
