//! The kinds of labelled roots: the same worlds are put into the tables of each.

use std::sync::Arc;

use foundation::graphql::Subgraph;
use tests::bulk::Literal;
use tests::row;
use tests::world::World;

use super::facts::Record;
use super::stage::party;

/// A kind of labelled root.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// Its name, which is that of its table.
    pub name: &'static str,
    /// The field that lists it.
    pub list: &'static str,
    /// The field of a party that lists those about it.
    pub about: &'static str,
    /// The service that keeps it.
    pub service: fn(&World) -> &Arc<dyn Subgraph>,
    /// The migrations' text on PostgreSQL, in which its policies are made.
    pub policies: fn() -> String,
    /// The policy on its feed.
    pub feed_policy: &'static str,
    /// The columns of its own that must be said something of.
    pub own_columns: &'static str,
    /// What stands in them.
    pub own: fn(&Record, usize) -> Vec<Literal>,
    /// The columns that its feeds repeat.
    pub filter_columns: &'static str,
    /// What stands in them.
    pub filters: fn(&Record) -> Vec<Literal>,
}

/// All kinds.
pub const KINDS: [Kind; 3] = [
    Kind {
        name: "signal",
        list: "signals",
        about: "signals",
        service: |world| &world.signals,
        policies: || text(signals::tables::SIGNALS),
        feed_policy: "read_feed",
        own_columns: "number, title, narrative, category, severity, urgency, observed_from, origin",
        own: |_, place| {
            let name = format!("R-{place}");
            row![name.as_str(), name.as_str(), "", "general", 1_i64, 1_i64, 0_i64, 1_i64]
        },
        filter_columns: "category, severity, observed_at",
        filters: |_| row!["general", 1_i64, 0_i64],
    },
    Kind {
        name: "covenant",
        list: "covenants",
        about: "covenants",
        service: |world| &world.registry,
        policies: || text(registry::tables::REGISTRY),
        feed_policy: "read_covenant_feed",
        own_columns: "title, period, report_duty, starts_at, ends_at",
        own: |_, _| row!["Convenant", 1_i64, false, 0_i64, 1_i64],
        filter_columns: "starts_at, ends_at",
        filters: |_| row![0_i64, 1_i64],
    },
    Kind {
        name: "supervision_level",
        list: "supervisionLevels",
        about: "supervisionHistory",
        service: |world| &world.registry,
        policies: || text(registry::tables::REGISTRY),
        feed_policy: "read_supervision_level_feed",
        own_columns: "party_id, level, step, reason, starts_at",
        own: |record, _| row![party(record.about), 1_i64, 1_i64, "Reden", 0_i64],
        filter_columns: "level, starts_at, state",
        filters: |record| row![1_i64, 0_i64, record.state as i16],
    },
];

fn text(tables: foundation::migrate::Tables) -> String {
    (tables.migrations)()
        .iter()
        .map(|migration| migration.postgres)
        .collect()
}
