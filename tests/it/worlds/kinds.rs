//! The kinds of labelled roots: the same owners, marks, grants and feeds are put into the tables of each, and the same
//! is asked of each.

use std::collections::BTreeMap;
use std::sync::Arc;

use access::Channel;
use foundation::graphql::Subgraph;
use tests::bulk::{Bulk, Literal};
use tests::row;
use tests::world::{World, id};

use super::facts::{Facts, Grant, Record};
use super::stage::{granted, party, shareable};
use super::told::told;

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
    },
    Kind {
        name: "covenant",
        list: "covenants",
        about: "covenants",
        service: |world| &world.registry,
        policies: || text(registry::tables::REGISTRY),
        feed_policy: "read_covenant_feed",
    },
    Kind {
        name: "supervision_level",
        list: "supervisionLevels",
        about: "supervisionHistory",
        service: |world| &world.registry,
        policies: || text(registry::tables::REGISTRY),
        feed_policy: "read_supervision_level_feed",
    },
];

fn text(tables: foundation::migrate::Tables) -> String {
    (tables.migrations)()
        .iter()
        .map(|migration| migration.postgres)
        .collect()
}

/// What the records of a kind of the registry say themselves, and what its feeds repeat of it.
struct Own {
    name: &'static str,
    columns: &'static str,
    values: fn() -> Vec<Literal>,
    filter_columns: &'static str,
    filters: fn(&Record) -> Vec<Literal>,
}

const OWN: [Own; 2] = [
    Own {
        name: "covenant",
        columns: "title, period, report_duty, starts_at, ends_at",
        values: || row!["Convenant", 1_i64, false, 0_i64, 1_i64],
        filter_columns: "starts_at, ends_at",
        filters: |_| row![0_i64, 1_i64],
    },
    Own {
        name: "supervision_level",
        columns: "party_id, level, step, reason, starts_at",
        values: || row![party(0), 1_i64, 1_i64, "Reden", 0_i64],
        filter_columns: "level, starts_at, state",
        filters: |record| row![1_i64, 0_i64, record.state as i16],
    },
];

const COMMON: &str =
    "id, owner_id, author_id, created_at, updated_at, version, state, rank, tlp, use_limit, retain_until";
const FEED: &str = "channel, rank, created_at, record_id, grant_id, visible_from, visible_until, owner_id";
const GRANT: &str =
    "id, owner_id, audience_kind, audience, purpose_id, legal_basis_id, channel, granted_by, granted_at,
    valid_from, valid_until, revoked_at";

/// Puts all records into the tables of the registry's kinds.
pub fn put(bulk: &mut Bulk, facts: &Facts, channels: &BTreeMap<Channel, i64>) {
    for own in &OWN {
        of_kind(bulk, facts, own, channels);
    }
}

fn of_kind(bulk: &mut Bulk, facts: &Facts, own: &Own, channels: &BTreeMap<Channel, i64>) {
    let (mut records, mut feed, mut about, mut subjects, mut grants) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (place, record) in facts.records.iter().enumerate() {
        let created = i64::try_from(place).expect("few enough");
        records.push(common(record, created).into_iter().chain((own.values)()).collect());
        let parties: Vec<_> = told(place).parties.iter().map(|number| party(*number)).collect();
        subjects.extend(parties.iter().map(|party| row![record.id, 1_i64, *party]));
        for row in access::feed(&shareable(record)) {
            let common = row![
                channels[&row.channel],
                record.rank as i16,
                created,
                record.id,
                row.grant,
                row.visible_from,
                row.visible_until,
                record.owner,
            ];
            let row: Vec<Literal> = common.into_iter().chain((own.filters)(record)).collect();
            let of = |party: &uuid::Uuid| row![*party].into_iter().chain(row.clone()).collect::<Vec<_>>();
            about.extend(parties.iter().map(of));
            feed.push(row);
        }
        grants.extend(record.grants.iter().map(|grant| granting(record, grant, channels)));
    }
    let Own {
        name,
        columns,
        filter_columns,
        ..
    } = own;
    bulk.add(format!("{name} ({COMMON}, {columns})"), records);
    bulk.add(format!("{name}_subject"), subjects);
    bulk.add(format!("{name}_feed ({FEED}, {filter_columns})"), feed);
    bulk.add(
        format!("{name}_subject_feed (subject_id, {FEED}, {filter_columns})"),
        about,
    );
    bulk.add(format!("{name}_grant ({name}_id, {GRANT})"), grants);
}

fn common(record: &Record, created: i64) -> Vec<Literal> {
    row![
        record.id,
        record.owner,
        record.author,
        created,
        created,
        1_i64,
        record.state as i16,
        record.rank as i16,
        record.tlp as i16,
        1_i64,
        record.retained,
    ]
}

fn granting(record: &Record, grant: &Grant, channels: &BTreeMap<Channel, i64>) -> Vec<Literal> {
    let channel = granted(grant.audience, grant.purpose);
    let (kind, audience, purpose) = channel.key();
    let (from, until) = if grant.period.0 < grant.period.1 {
        grant.period
    } else {
        (0, access::FOREVER)
    };
    row![
        record.id,
        grant.id,
        record.owner,
        kind,
        audience,
        purpose,
        id("demo"),
        channels[&channel],
        record.author,
        0_i64,
        from,
        until,
        grant.revoked.then_some(0_i64),
    ]
}
