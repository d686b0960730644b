//! A random world put behind the door: people as rows, records with the feed that the policy computes for them.

use std::collections::BTreeMap;

use access::{Audience, Channel, FOREVER, FeedRow, Shareable};
use tests::bulk::{Bulk, Literal};
use tests::row;
use tests::world::{ISSUER, On, World, id};
use uuid::Uuid;

use super::facts::{Facts, PURPOSES, Record};
use super::told::{CATEGORIES, REGIONS, Told, told};

const SIGNAL: &str =
    "signal (id, number, owner_id, author_id, created_at, updated_at, version, state, rank, tlp, use_limit,
    retain_until, title, narrative, category, severity, urgency, observed_from, observed_until, place, note, origin,
    external_system, external_reference, retraction, reliability, valid_until)";
const FEED: &str = "signal_feed (channel, rank, created_at, record_id, grant_id, visible_from, visible_until, owner_id,
    category, severity, observed_at, urgency, origin, state, reliability, valid_until)";
const SUBJECT_FEED: &str =
    "signal_subject_feed (subject_id, channel, rank, created_at, record_id, grant_id, visible_from,
    visible_until, owner_id, category, severity, observed_at, urgency, origin, state, reliability, valid_until)";

/// The parties that records are about.
pub const PARTIES: usize = 3;

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
    records(&mut bulk, facts, on == On::Sqlite);
    bulk.write(&world).await;
    world
}

fn people(bulk: &mut Bulk, facts: &Facts) {
    // Under one of them its readers get pseudonyms.
    let purposes = PURPOSES
        .iter()
        .map(|code| row![id(code), *code, *code, *code, "", "", true, *code == "p1"]);
    bulk.add("purpose", purposes.collect());
    bulk.add("domain", vec![row!["all", "Alles", "All", "test"]]);
    let categories = CATEGORIES.map(|code| row![id(code), code, code, code, "all", "test"]);
    bulk.add("category", categories.to_vec());
    let regions = REGIONS.map(|code| row![id(code), code, code, "test"]);
    bulk.add("safety_region", regions.to_vec());
    let parties = (0..PARTIES).map(|number| row![party(number), 1_i64, "Voorbeeld", "voorbeeld"]);
    bulk.add("party (id, kind, legal_name, name_words)", parties.collect());
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

/// The channel of a grant.
pub fn granted(audience: Audience, number: usize) -> Channel {
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

fn signal(record: &Record, created: i64, told: &Told) -> Vec<Literal> {
    let name = format!("R-{created}");
    row![
        record.id,
        name.as_str(),
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
        name.as_str(),
        "",
        told.category,
        told.severity,
        told.urgency,
        told.observed,
        None::<i64>,
        None::<i64>,
        None::<i64>,
        told.origin,
        None::<i64>,
        None::<i64>,
        None::<i64>,
        told.reliability,
        told.valid_until,
    ]
}

fn fed(record: &Record, created: i64, told: &Told, channel: i64, row: &FeedRow) -> Vec<Literal> {
    row![
        channel,
        record.rank as i16,
        created,
        record.id,
        row.grant,
        row.visible_from,
        row.visible_until,
        record.owner,
        told.category,
        told.severity,
        told.observed,
        told.urgency,
        told.origin,
        record.state as i16,
        told.reliability,
        told.valid_until,
    ]
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
    let (mut signals, mut feed, mut about, mut subjects, mut grants) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut personal = Vec::new();
    for (place, record) in facts.records.iter().enumerate() {
        let created = i64::try_from(place).expect("few enough");
        let told = told(place);
        signals.push(signal(record, created, &told));
        let parties = told.parties.iter().map(|number| (1_i64, party(*number)));
        let about_regions = told.regions.iter().map(|code| (3_i64, id(code)));
        let named: Vec<(i64, Uuid)> = parties.chain(about_regions).collect();
        subjects.extend(named.iter().map(|(kind, subject)| row![record.id, *kind, *subject]));
        let persons = serde_json::to_string(&told.persons).expect("names are texts");
        personal.push(row![
            record.id,
            told.persons.first().copied(),
            None::<i64>,
            persons.as_str()
        ]);
        for row in access::feed(&shareable(record)) {
            let rest = fed(record, created, &told, number(&row.channel), &row);
            for (_, subject) in &named {
                about.push(row![*subject].into_iter().chain(rest.clone()).collect());
            }
            feed.push(rest);
        }
        for grant in &record.grants {
            let channel = granted(grant.audience, grant.purpose);
            let (kind, audience, purpose) = channel.key();
            let (from, until) = if grant.period.0 < grant.period.1 {
                grant.period
            } else {
                (0, FOREVER)
            };
            grants.push(row![
                grant.id,
                record.id,
                record.owner,
                kind,
                audience,
                purpose,
                id("demo"),
                number(&channel),
                record.author,
                0_i64,
                from,
                until,
                grant.revoked.then_some(0_i64),
                None::<i64>,
                None::<i64>,
            ]);
        }
    }
    bulk.add(SIGNAL, signals);
    bulk.add("signal_subject", subjects);
    bulk.add("signal_personal", personal);
    bulk.add(FEED, feed);
    bulk.add(SUBJECT_FEED, about);
    bulk.add("signal_grant", grants);
    super::kinds::put(bulk, facts, &channels);
}
