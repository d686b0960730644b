//! A random world put behind the door: people as rows, records with the feed that the policy computes for them.

use std::collections::BTreeMap;

use access::{Audience, Channel, FOREVER, FeedRow, Shareable};
use tests::bulk::{Bulk, Literal};
use tests::row;
use tests::world::{ISSUER, On, World, id};
use uuid::Uuid;

use super::facts::{Facts, PURPOSES, Record};
use super::kinds::{KINDS, Kind};

/// The parties that records are about.
pub const PARTIES: usize = 3;

/// The columns that every root's table has.
const COMMON: &str =
    "id, owner_id, author_id, created_at, updated_at, version, state, rank, tlp, use_limit, retain_until";
/// The columns that every feed has.
const FEED: &str = "channel, rank, created_at, record_id, grant_id, visible_from, visible_until, owner_id";
/// The columns of grants, but for the record's.
const GRANT: &str =
    "id, owner_id, audience_kind, audience, purpose_id, legal_basis_id, channel, granted_by, granted_at,
    valid_from, valid_until, revoked_at";

/// A party of the world.
pub fn party(number: usize) -> Uuid {
    id(&format!("party {number}"))
}

/// A purpose of the world.
pub fn purpose(number: usize) -> Uuid {
    id(PURPOSES[number])
}

/// The world of these facts.
pub async fn set(on: On, facts: &Facts) -> World {
    let world = World::on(on).await;
    let mut bulk = Bulk::default();
    people(&mut bulk, facts);
    let parties = (0..PARTIES).map(|number| row![party(number), 1_i64, "Partij", "partij"]);
    bulk.add("party (id, kind, legal_name, name_words)", parties.collect());
    records(&mut bulk, facts, on == On::Sqlite);
    bulk.write(&world).await;
    world
}

fn people(bulk: &mut Bulk, facts: &Facts) {
    let purposes = PURPOSES
        .iter()
        .map(|code| row![id(code), *code, *code, *code, "", "", true, false]);
    bulk.add("purpose", purposes.collect());
    bulk.add(
        "legal_basis",
        vec![row![id("demo"), "demo", "Fictieve wet", "", true, "test"]],
    );
    let organisations = facts.organisations.iter().map(|o| {
        let code = o.code.as_str();
        row![
            o.id,
            code,
            code,
            code,
            "inspectorate",
            "",
            o.participant,
            "Loket",
            "0800",
            "a@example.nl",
            o.suspended,
            o.ended
        ]
    });
    let columns = "organisation (id, code, name, name_en, kind, domains, participant, contact_name, contact_phone,
                   contact_email, suspended_at, ended_at)";
    bulk.add(columns, organisations.collect());
    let accounts = facts.accounts.iter().map(|a| {
        let name = a.name.as_str();
        row![
            a.id,
            a.organisation,
            name,
            name,
            ISSUER,
            name,
            a.clearance as i16,
            a.suspended,
            a.ended
        ]
    });
    bulk.add("account", accounts.collect());
    let roles = facts
        .accounts
        .iter()
        .flat_map(|a| a.roles.iter().map(|(role, p)| row![a.id, *role as i16, p.0, p.1]));
    bulk.add("role_assignment", roles.collect());
    let held = facts
        .accounts
        .iter()
        .flat_map(|a| a.purposes.iter().map(|(held, p)| row![a.id, purpose(*held), p.0, p.1]));
    bulk.add("account_purpose", held.collect());
    let coordinator = facts.organisations[0].id;
    let circles = facts.circles.iter().map(|c| {
        let code = c.code.as_str();
        row![c.id, code, code, code, id("demo"), coordinator, c.period.0, c.period.1]
    });
    bulk.add("circle", circles.collect());
    let members = facts
        .circles
        .iter()
        .flat_map(|c| c.members.iter().map(|(member, p)| row![c.id, *member, p.0, p.1]));
    bulk.add("circle_member", members.collect());
    let purposes = facts
        .circles
        .iter()
        .flat_map(|c| c.purposes.iter().map(|number| row![c.id, purpose(*number)]));
    bulk.add("circle_purpose", purposes.collect());
    let listed = facts
        .accounts
        .iter()
        .flat_map(|a| a.listed.iter().map(|circle| row![a.id, *circle]));
    bulk.add("account_circle", listed.collect());
}

/// The record as the policy takes it.
pub fn shareable(record: &Record) -> Shareable {
    let grant = |grant: &super::facts::Grant| access::Grant {
        id: grant.id,
        audience: grant.audience,
        purpose: purpose(grant.purpose),
        valid_from: grant.period.0,
        valid_until: grant.period.1,
        revoked: grant.revoked,
    };
    Shareable {
        owner: record.owner,
        author: record.author,
        state: record.state,
        tlp: record.tlp,
        retain_until: record.retained,
        frozen: false,
        grants: record.grants.iter().map(grant).collect(),
    }
}

fn granted(audience: Audience, number: usize) -> Channel {
    Channel::Granted {
        audience,
        purpose: purpose(number),
    }
}

/// The channels of this world, by their numbers.
fn channels(facts: &Facts) -> BTreeMap<Channel, i64> {
    let feed = facts
        .records
        .iter()
        .flat_map(|record| access::feed(&shareable(record)))
        .map(|row| row.channel);
    let grants = facts
        .records
        .iter()
        .flat_map(|record| &record.grants)
        .map(|grant| granted(grant.audience, grant.purpose));
    let mut all: Vec<Channel> = feed.chain(grants).collect();
    all.sort_unstable();
    all.dedup();
    all.into_iter().zip(1..).collect()
}

fn records(bulk: &mut Bulk, facts: &Facts, sqlite: bool) {
    let channels = channels(facts);
    let number = |channel: &Channel| channels[channel];
    let keys = channels.iter().map(|(channel, number)| {
        let (kind, audience, purpose) = channel.key();
        row![*number, kind, audience, purpose]
    });
    let table = if sqlite {
        "channel"
    } else {
        "channel (id, kind, audience, purpose_id) OVERRIDING SYSTEM VALUE"
    };
    bulk.add(table, keys.collect());
    for kind in &KINDS {
        of_kind(bulk, facts, kind, &channels);
    }
}

/// All records as records of one kind: the same owners, marks, grants and feeds in that kind's tables.
fn of_kind(bulk: &mut Bulk, facts: &Facts, kind: &Kind, channels: &BTreeMap<Channel, i64>) {
    let number = |channel: &Channel| channels[channel];
    let (mut records, mut feed, mut about, mut subjects, mut grants) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (place, record) in facts.records.iter().enumerate() {
        let created = i64::try_from(place).expect("few enough");
        let common = row![
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
        ];
        records.push(common.into_iter().chain((kind.own)(record, place)).collect());
        subjects.push(row![record.id, 1_i64, party(record.about)]);
        for row in access::feed(&shareable(record)) {
            let FeedRow {
                channel,
                grant,
                visible_from,
                visible_until,
            } = row;
            let rest = row![
                number(&channel),
                record.rank as i16,
                created,
                record.id,
                grant,
                visible_from,
                visible_until,
                record.owner,
            ];
            let rest: Vec<_> = rest.into_iter().chain((kind.filters)(record)).collect();
            let of_party = row![party(record.about)].into_iter().chain(rest.clone()).collect();
            feed.push(rest);
            about.push(of_party);
        }
        grants.extend(record.grants.iter().map(|grant| {
            let channel = granted(grant.audience, grant.purpose);
            grant_row(record, grant, number(&channel))
        }));
    }
    let Kind { name, .. } = kind;
    bulk.add(&format!("{name} ({COMMON}, {})", kind.own_columns), records);
    bulk.add(&format!("{name}_subject"), subjects);
    bulk.add(&format!("{name}_feed ({FEED}, {})", kind.filter_columns), feed);
    bulk.add(
        &format!("{name}_subject_feed (subject_id, {FEED}, {})", kind.filter_columns),
        about,
    );
    bulk.add(&format!("{name}_grant ({name}_id, {GRANT})"), grants);
}

fn grant_row(record: &Record, grant: &super::facts::Grant, number: i64) -> Vec<Literal> {
    let (kind, audience, purpose) = granted(grant.audience, grant.purpose).key();
    let (from, until) = if grant.period.0 < grant.period.1 {
        grant.period
    } else {
        (0, FOREVER)
    };
    row![
        record.id,
        grant.id,
        record.owner,
        kind,
        audience,
        purpose,
        id("demo"),
        number,
        record.author,
        0_i64,
        from,
        until,
        grant.revoked.then_some(0_i64),
    ]
}
