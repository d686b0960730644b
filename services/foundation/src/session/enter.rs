//! Entering: who the caller is and which channels are theirs, computed from tables in the request's own
//! transaction. On PostgreSQL the same scope is set for row-level security, for this transaction only.

use std::collections::{BTreeSet, HashMap, HashSet};

use access::{Caller, FOREVER, Instant, Purpose, Rank, Role, Roles};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, QueryResult, Value};
use uuid::Uuid;

use crate::fault::{Code, Fault};
use crate::sql::statement;
use crate::token::Verified;

/// An account that is admitted and not suspended.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The account.
    pub account: Uuid,
    /// Its organisation.
    pub organisation: Uuid,
    /// Whether the organisation is among all participants.
    pub participant: bool,
    /// Its highest rank.
    pub clearance: Rank,
    /// The roles held now.
    pub roles: Roles,
}

/// What a caller may see at one moment under one purpose.
#[derive(Clone, Debug)]
pub struct Scope {
    /// Who.
    pub caller: Caller,
    /// Whether the organisation is among all participants.
    pub participant: bool,
    /// The caller's channels.
    pub channels: Vec<i64>,
    /// The moment: one clock reading for everything the request does.
    pub now: Instant,
}

/// Looks up who calls.
pub(super) async fn standing(
    transaction: &DatabaseTransaction,
    who: &Verified,
    now: Instant,
) -> Result<Standing, Fault> {
    one(standings(transaction, &[who], now).await?)
}

/// The answer about the one that was asked about.
fn one<T>(answers: Vec<Result<T, Fault>>) -> Result<T, Fault> {
    let only = answers.into_iter().next();
    only.unwrap_or_else(|| Err(Fault::broken("an answer for each that is asked about")))
}

/// Looks up who these are, in one statement.
pub(super) async fn standings(
    transaction: &DatabaseTransaction,
    all: &[&Verified],
    now: Instant,
) -> Result<Vec<Result<Standing, Fault>>, Fault> {
    let named = vec!["(a.issuer = ? AND a.subject = ?)"; all.len()].join(" OR ");
    let text = format!(
        "SELECT a.id, a.issuer, a.subject, a.organisation_id, a.clearance, o.participant, r.role,
                COALESCE(a.suspended_at, ?) AS account_suspended, COALESCE(a.ended_at, ?) AS account_ended,
                COALESCE(o.suspended_at, ?) AS organisation_suspended, COALESCE(o.ended_at, ?) AS organisation_ended
         FROM account a
         JOIN organisation o ON o.id = a.organisation_id
         LEFT JOIN role_assignment r ON r.account_id = a.id AND r.valid_from <= ? AND r.valid_until > ?
         WHERE {named}
         ORDER BY CASE WHEN a.ended_at IS NULL THEN 0 ELSE 1 END, a.ended_at DESC, a.id"
    );
    let moments = [FOREVER, FOREVER, FOREVER, FOREVER, now, now].map(Value::from);
    let names = all.iter().flat_map(|who| [who.issuer.as_str(), who.subject.as_str()]);
    let values = moments.into_iter().chain(names.map(Value::from));
    let rows = transaction
        .query_all_raw(statement(transaction.get_database_backend(), &text, values))
        .await?;
    let mut named: HashMap<(String, String), Vec<QueryResult>> = HashMap::new();
    for row in rows {
        let name = (row.try_get("", "issuer")?, row.try_get("", "subject")?);
        named.entry(name).or_default().push(row);
    }
    let rows = |who: &&Verified| named.get(&(who.issuer.clone(), who.subject.clone()));
    let read = |who| stands(rows(who).map(Vec::as_slice).unwrap_or_default(), now);
    Ok(all.iter().map(read).collect())
}

/// Whether the account of these rows stands, and as what.
fn stands(rows: &[QueryResult], now: Instant) -> Result<Standing, Fault> {
    let first = rows.first().ok_or_else(|| Fault::new(Code::AccountUnknown))?;
    for end in [
        "account_suspended",
        "account_ended",
        "organisation_suspended",
        "organisation_ended",
    ] {
        if first.try_get::<i64>("", end)? <= now {
            return Err(Fault::new(Code::AccountSuspended));
        }
    }
    let clearance = Rank::from_number(first.try_get("", "clearance")?);
    let account: Uuid = first.try_get("", "id")?;
    // A person who came back has older accounts too, which have ended.
    let of_this = |row: &&QueryResult| row.try_get::<Uuid>("", "id").is_ok_and(|id| id == account);
    Ok(Standing {
        account,
        organisation: first.try_get("", "organisation_id")?,
        participant: first.try_get("", "participant")?,
        clearance: clearance.ok_or_else(|| Fault::broken("a clearance outside the ranks"))?,
        roles: Roles::new(rows.iter().filter(of_this).filter_map(role)),
    })
}

fn role(row: &QueryResult) -> Option<Role> {
    row.try_get::<Option<i16>>("", "role")
        .ok()
        .flatten()
        .and_then(Role::from_number)
}

/// Computes the scope and, on PostgreSQL, sets it for row-level security.
pub(super) async fn enter(
    transaction: &DatabaseTransaction,
    who: &Verified,
    purpose: &str,
    now: Instant,
    writing: bool,
) -> Result<Scope, Fault> {
    let standing = standing(transaction, who, now).await?;
    let purpose = one(held_purposes(transaction, &[(standing.account, purpose)], now).await?)?;
    let participant = standing.participant;
    let caller = caller(standing, purpose);
    if writing {
        own_channels(transaction, &caller).await?;
    }
    let channels = channels(transaction, &caller, participant, now).await?;
    let scope = Scope {
        caller,
        participant,
        channels,
        now,
    };
    set_context(transaction, &scope, writing).await?;
    Ok(scope)
}

/// Who that is under this purpose.
pub(super) fn caller(standing: Standing, purpose: Purpose) -> Caller {
    Caller {
        account: standing.account,
        organisation: standing.organisation,
        roles: standing.roles,
        clearance: standing.clearance,
        purpose,
    }
}

/// The purposes that these accounts state, as far as they hold them now, in one statement.
pub(super) async fn held_purposes(
    transaction: &DatabaseTransaction,
    stated: &[(Uuid, &str)],
    now: Instant,
) -> Result<Vec<Result<Purpose, Fault>>, Fault> {
    let accounts: BTreeSet<Uuid> = stated.iter().map(|(account, _)| *account).collect();
    let codes: BTreeSet<&str> = stated.iter().map(|(_, code)| *code).collect();
    let marks = |count| vec!["?"; count].join(",");
    let text = format!(
        "SELECT p.id, p.code, p.allows_personal, p.pseudonyms, h.account_id
         FROM purpose p LEFT JOIN account_purpose h ON h.purpose_id = p.id
             AND h.valid_from <= ? AND h.valid_until > ? AND h.account_id IN ({})
         WHERE p.code IN ({})",
        marks(accounts.len()),
        marks(codes.len())
    );
    let values = [now, now].map(Value::from).into_iter();
    let values = values.chain(accounts.into_iter().map(Value::from));
    let values = values.chain(codes.into_iter().map(Value::from));
    let rows = transaction
        .query_all_raw(statement(transaction.get_database_backend(), &text, values))
        .await?;
    let mut purposes: HashMap<String, Purpose> = HashMap::new();
    let mut held = HashSet::new();
    for row in rows {
        let purpose = purpose(&row)?;
        if let Some(account) = row.try_get::<Option<Uuid>>("", "account_id")? {
            held.insert((account, purpose.code.clone()));
        }
        purposes.insert(purpose.code.clone(), purpose);
    }
    let of = |(account, code): &(Uuid, &str)| {
        let unknown = || Fault::new(Code::PurposeUnknown).with("purpose", *code);
        let purpose = purposes.get(*code).ok_or_else(unknown)?;
        if held.contains(&(*account, (*code).to_owned())) {
            Ok(purpose.clone())
        } else {
            Err(Fault::new(Code::PurposeNotHeld).with("purpose", *code))
        }
    };
    Ok(stated.iter().map(of).collect())
}

fn purpose(row: &QueryResult) -> Result<Purpose, Fault> {
    Ok(Purpose {
        id: row.try_get("", "id")?,
        code: row.try_get("", "code")?,
        allows_personal: row.try_get("", "allows_personal")?,
        pseudonyms: row.try_get("", "pseudonyms")?,
    })
}

/// Makes the channels of the caller's own side where they do not exist yet, before the scope is computed: a write
/// must see what it writes, the first record of an organisation too.
async fn own_channels(transaction: &DatabaseTransaction, caller: &Caller) -> Result<(), Fault> {
    let text = if transaction.get_database_backend() == DbBackend::Postgres {
        "SELECT intern_channel(own.kind, own.audience, ?)
         FROM (VALUES (5::smallint, ?), (6::smallint, ?), (7::smallint, ?)) AS own (kind, audience)
         WHERE NOT EXISTS (SELECT 1 FROM channel c
             WHERE c.kind = own.kind AND c.audience = own.audience AND c.purpose_id = ?)"
    } else {
        "INSERT INTO channel (purpose_id, kind, audience)
         SELECT ?, own.column1, own.column2 FROM (VALUES (5, ?), (6, ?), (7, ?)) AS own
         WHERE NOT EXISTS (SELECT 1 FROM channel c
             WHERE c.kind = own.column1 AND c.audience = own.column2 AND c.purpose_id = ?)"
    };
    let (nil, organisation) = (Uuid::nil(), caller.organisation);
    let values = [
        nil.into(),
        organisation.into(),
        caller.account.into(),
        organisation.into(),
        nil.into(),
    ];
    transaction
        .execute_raw(statement(transaction.get_database_backend(), text, values))
        .await?;
    Ok(())
}

/// The other purposes that the caller holds now.
pub(super) async fn other_purposes(transaction: &DatabaseTransaction, scope: &Scope) -> Result<Vec<Purpose>, Fault> {
    let rows = transaction
        .query_all_raw(statement(
            transaction.get_database_backend(),
            "SELECT p.id, p.code, p.allows_personal, p.pseudonyms FROM purpose p WHERE p.id <> ? AND EXISTS (
                 SELECT 1 FROM account_purpose h WHERE h.purpose_id = p.id AND h.account_id = ?
                 AND h.valid_from <= ? AND h.valid_until > ?) ORDER BY p.code",
            [
                scope.caller.purpose.id.into(),
                scope.caller.account.into(),
                scope.now.into(),
                scope.now.into(),
            ],
        ))
        .await?;
    rows.iter().map(purpose).collect()
}

/// The caller's channels under its purpose. Roles without content have none.
pub(super) async fn channels(
    transaction: &DatabaseTransaction,
    caller: &Caller,
    participant: bool,
    now: Instant,
) -> Result<Vec<i64>, Fault> {
    if !caller.roles.any(Role::reads_content) {
        return Ok(Vec::new());
    }
    let nil = Uuid::nil();
    let (purpose, organisation, account) = (caller.purpose.id, caller.organisation, caller.account);
    let steward = caller.roles.has(Role::DataSteward);
    let every_circle = !caller.roles.only_case_system();
    let rows = transaction
        .query_all_raw(statement(
            transaction.get_database_backend(),
            "SELECT id FROM channel WHERE kind = 1 AND audience = ? AND purpose_id = ? AND ?
             UNION ALL SELECT id FROM channel WHERE kind = 2 AND audience = ? AND purpose_id = ?
             UNION ALL SELECT c.id FROM channel c
                 JOIN circle k ON k.id = c.audience AND k.starts_at <= ? AND k.ends_at > ?
                 WHERE c.kind = 3 AND c.purpose_id = ?
                 AND EXISTS (SELECT 1 FROM circle_member m WHERE m.circle_id = k.id AND m.organisation_id = ?
                     AND m.joined_at <= ? AND m.left_at > ?)
                 AND EXISTS (SELECT 1 FROM circle_purpose q WHERE q.circle_id = k.id AND q.purpose_id = c.purpose_id)
                 AND (? OR EXISTS (SELECT 1 FROM account_circle l WHERE l.circle_id = k.id AND l.account_id = ?))
             UNION ALL SELECT id FROM channel WHERE kind = 4 AND audience = ? AND purpose_id = ?
             UNION ALL SELECT id FROM channel WHERE kind = 5 AND audience = ? AND purpose_id = ?
             UNION ALL SELECT id FROM channel WHERE kind = 6 AND audience = ? AND purpose_id = ?
             UNION ALL SELECT id FROM channel WHERE kind = 7 AND audience = ? AND purpose_id = ? AND ?",
            [
                nil.into(),
                purpose.into(),
                participant.into(),
                organisation.into(),
                purpose.into(),
                now.into(),
                now.into(),
                purpose.into(),
                organisation.into(),
                now.into(),
                now.into(),
                every_circle.into(),
                account.into(),
                account.into(),
                purpose.into(),
                organisation.into(),
                nil.into(),
                account.into(),
                nil.into(),
                organisation.into(),
                nil.into(),
                steward.into(),
            ],
        ))
        .await?;
    rows.iter()
        .map(|row| row.try_get("", "id").map_err(Fault::from))
        .collect()
}

/// Tells row-level security the scope, for this transaction alone (`set_config(…, true)`). The door does; it opens nothing
/// by itself, and who tries the second lock by itself tries it with this.
///
/// # Errors
/// The database's.
pub async fn set_context(transaction: &DatabaseTransaction, scope: &Scope, writing: bool) -> Result<(), Fault> {
    if transaction.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    let channels = scope
        .channels
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(",");
    let writer = if writing {
        scope.caller.organisation.to_string()
    } else {
        String::new()
    };
    // By role and not by channels: before the first record there is no channel, and the organisation's own side
    // (its import profiles, the persons it keeps) is there already.
    let content = scope.caller.roles.any(Role::reads_content);
    let organisation = if content {
        scope.caller.organisation.to_string()
    } else {
        String::new()
    };
    transaction
        .execute_raw(statement(
            DbBackend::Postgres,
            "SELECT set_config('app.channels', ?, true), set_config('app.max_rank', ?, true),
                    set_config('app.now', ?, true), set_config('app.organisation', ?, true),
                    set_config('app.writer', ?, true), set_config('app.side', ?, true),
                    set_config('app.account', ?, true)",
            [
                channels.into(),
                (scope.caller.clearance as i16).to_string().into(),
                scope.now.to_string().into(),
                organisation.into(),
                writer.into(),
                // Whatever the role: what a privacy officer keeps of its organisation holds no content.
                scope.caller.organisation.to_string().into(),
                scope.caller.account.to_string().into(),
            ],
        ))
        .await?;
    Ok(())
}
