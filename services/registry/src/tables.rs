//! The tables of this service, and the views by which the other services see them.
//!
//! Everybody with a content role sees parties and sites, so they have no row-level security. What is personal of a
//! sole trader or natural person stands apart, in `party_personal` and `site_personal`, where row-level security
//! shows a row to its custodians alone. The views leave those tables out, so they may run with their owner's rights:
//! no other service needs a right on a table of this one.
//!
//! `migrate` loads the vocabularies as the owner of the tables (see [`crate::seed`]).

use foundation::migrate::Tables;

mod change;
mod country;
mod covenant;
mod find;
mod find_words;
mod hold;
mod holder;
mod mandate;
mod notice;
mod outbox;
mod party;
mod registry;
mod relation;
mod sector;
mod supervision_level;
mod tombstone;
mod trade_name;

/// Parties, sites, safety regions, categories, and the views of them; a file per step, oldest first.
pub const REGISTRY: Tables = Tables {
    schema: "registry",
    migrations: || {
        vec![
            registry::REGISTRY_0001,
            change::REGISTRY_0002,
            party::REGISTRY_PARTY,
            *covenant::COVENANT,
            covenant::COVENANT_PARTICIPANT,
            *supervision_level::SUPERVISION_LEVEL,
            sector::REGISTRY_SECTOR,
            relation::REGISTRY_RELATION,
            holder::REGISTRY_HOLDER,
            mandate::REGISTRY_MANDATE,
            notice::REGISTRY_NOTICE,
            find::REGISTRY_FIND,
            *hold::HOLDS,
            find_words::REGISTRY_FIND_WORDS,
            *tombstone::TOMBSTONES,
            trade_name::REGISTRY_TRADE_NAME,
            outbox::REGISTRY_OUTBOX,
            country::REGISTRY_COUNTRY,
        ]
    },
};
