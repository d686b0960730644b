//! Entering: who the caller is and which channels are theirs, computed from tables in the request's own
//! transaction. On PostgreSQL the same scope is set for row-level security, for this transaction only.

use std::collections::{BTreeSet, HashMap};

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

/// An account that stands, and the purpose that it states, if it holds that now.
pub(super) type Admitted = (Standing, Result<Purpose, Fault>);

/// Looks up who calls.
pub(super) async fn standing(
    transaction: &DatabaseTransaction,
    who: &Verified,
    now: Instant,
) -> Result<Standing, Fault> {
    let (standing, _) = one(admitted(transaction, &[(who, "")], now).await?)?;
    Ok(standing)
}

/// The answer about the one that was asked about.
fn one<T>(answers: Vec<Result<T, Fault>>) -> Result<T, Fault> {
    let only = answers.into_iter().next();
    only.unwrap_or_else(|| Err(Fault::broken("an answer for each that is asked about")))
}

/// Looks up who these are and whether they hold the purposes that they state, in one statement.
pub(super) async fn admitted(
    transaction: &DatabaseTransaction,
    asking: &[(&Verified, &str)],
    now: Instant,
) -> Result<Vec<Result<Admitted, Fault>>, Fault> {
    let each: BTreeSet<(&str, &str, &str)> = asking
        .iter()
        .map(|(who, code)| (who.issuer.as_str(), who.subject.as_str(), *code))
        .collect();
    let text = format!(
        "SELECT asked.column1 AS issuer, asked.column2 AS subject, asked.column3 AS code,
                a.id, a.organisation_id, a.clearance, o.participant, r.role,
                COALESCE(a.suspended_at, ?) AS account_suspended, COALESCE(a.ended_at, ?) AS account_ended,
                COALESCE(o.suspended_at, ?) AS organisation_suspended, COALESCE(o.ended_at, ?) AS organisation_ended,
                p.id AS purpose_id, p.allows_personal, p.pseudonyms,
                EXISTS (SELECT 1 FROM account_purpose h WHERE h.purpose_id = p.id AND h.account_id = a.id
                    AND h.valid_from <= ? AND h.valid_until > ?) AS held
         FROM (VALUES {}) AS asked
         JOIN account a ON a.issuer = asked.column1 AND a.subject = asked.column2
         JOIN organisation o ON o.id = a.organisation_id
         LEFT JOIN role_assignment r ON r.account_id = a.id AND r.valid_from <= ? AND r.valid_until > ?
         LEFT JOIN purpose p ON p.code = asked.column3
         ORDER BY CASE WHEN a.ended_at IS NULL THEN 0 ELSE 1 END, a.ended_at DESC, a.id, r.role",
        vec!["(?, ?, ?)"; each.len()].join(", ")
    );
    let named = each.into_iter().flat_map(<[&str; 3]>::from);
    let values = [FOREVER, FOREVER, FOREVER, FOREVER, now, now].map(Value::from);
    let values = values.into_iter().chain(named.map(Value::from));
    let values = values.chain([now, now].map(Value::from));
    let rows = transaction
        .query_all_raw(statement(transaction.get_database_backend(), &text, values))
        .await?;
    let mut named: HashMap<[String; 3], Vec<QueryResult>> = HashMap::new();
    for row in rows {
        let of = [
            row.try_get("", "issuer")?,
            row.try_get("", "subject")?,
            row.try_get("", "code")?,
        ];
        named.entry(of).or_default().push(row);
    }
    let read = |(who, code): &(&Verified, &str)| {
        let of = [who.issuer.clone(), who.subject.clone(), (*code).to_owned()];
        let rows = named.get(&of).map(Vec::as_slice).unwrap_or_default();
        let standing = stands(rows, now)?;
        Ok((standing, held(&rows[0], code)))
    };
    Ok(asking.iter().map(read).collect())
}

/// The purpose of a row, if it is held.
fn held(row: &QueryResult, code: &str) -> Result<Purpose, Fault> {
    let Some(id) = row.try_get::<Option<Uuid>>("", "purpose_id")? else {
        return Err(Fault::new(Code::PurposeUnknown).with("purpose", code));
    };
    if !row.try_get::<bool>("", "held")? {
        return Err(Fault::new(Code::PurposeNotHeld).with("purpose", code));
    }
    Ok(Purpose {
        id,
        code: code.to_owned(),
        allows_personal: row.try_get("", "allows_personal")?,
        pseudonyms: row.try_get("", "pseudonyms")?,
    })
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
    let (standing, purpose) = one(admitted(transaction, &[(who, purpose)], now).await?)?;
    let participant = standing.participant;
    let caller = caller(standing, purpose?);
    if writing {
        own_channels(transaction, &caller).await?;
    }
    let mut scope = Scope {
        caller,
        participant,
        channels: Vec::new(),
        now,
    };
    scope.channels = if transaction.get_database_backend() == DbBackend::Postgres {
        channels_in_context(transaction, &scope, writing).await?
    } else {
        channels(transaction, &scope.caller, participant, now).await?
    };
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
    let values = channel_values(caller, participant, now);
    let asked = statement(transaction.get_database_backend(), CHANNELS, values);
    let rows = transaction.query_all_raw(asked).await?;
    rows.iter()
        .map(|row| row.try_get("", "id").map_err(Fault::from))
        .collect()
}

/// The same in the statement that tells row-level security of them, on PostgreSQL.
async fn channels_in_context(
    transaction: &DatabaseTransaction,
    scope: &Scope,
    writing: bool,
) -> Result<Vec<i64>, Fault> {
    if !scope.caller.roles.any(Role::reads_content) {
        set_context(transaction, scope, writing).await?;
        return Ok(Vec::new());
    }
    let text = format!(
        "SELECT mine.ids, {} FROM (SELECT COALESCE(string_agg(id::text, ','), '') AS ids FROM ({CHANNELS}) AS c) AS mine",
        CONTEXT.replacen('?', "mine.ids", 1)
    );
    let values = context_values(scope, writing).into_iter();
    let values = values.chain(channel_values(&scope.caller, scope.participant, scope.now));
    let row = transaction
        .query_one_raw(statement(DbBackend::Postgres, &text, values))
        .await?;
    let row = row.ok_or_else(|| Fault::broken("a context without a row"))?;
    let ids: String = row.try_get("", "ids")?;
    let read = |id: &str| id.parse().map_err(|_| Fault::broken("a channel is a number"));
    ids.split(',').filter(|id| !id.is_empty()).map(read).collect()
}

const CHANNELS: &str = "SELECT id FROM channel WHERE kind = 1 AND audience = ? AND purpose_id = ? AND ?
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
    UNION ALL SELECT id FROM channel WHERE kind = 7 AND audience = ? AND purpose_id = ? AND ?";

fn channel_values(caller: &Caller, participant: bool, now: Instant) -> [Value; 22] {
    let nil = Uuid::nil();
    let (purpose, organisation, account) = (caller.purpose.id, caller.organisation, caller.account);
    let steward = caller.roles.has(Role::DataSteward);
    let every_circle = !caller.roles.only_case_system();
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
    ]
}

const CONTEXT: &str = "set_config('app.channels', ?, true), set_config('app.max_rank', ?, true),
    set_config('app.now', ?, true), set_config('app.organisation', ?, true), set_config('app.writer', ?, true),
    set_config('app.side', ?, true), set_config('app.account', ?, true), set_config('plan_cache_mode', ?, true)";

/// What row-level security is told beside the channels.
fn context_values(scope: &Scope, writing: bool) -> [Value; 7] {
    let own = scope.caller.organisation.to_string();
    // By role and not by channels: before the first record there is no channel, and the organisation's own side
    // (its import profiles, the persons it keeps) is there already.
    let content = scope.caller.roles.any(Role::reads_content);
    [
        (scope.caller.clearance as i16).to_string().into(),
        scope.now.to_string().into(),
        if content { own.clone() } else { String::new() }.into(),
        if writing { own.clone() } else { String::new() }.into(),
        // Whatever the role: what a privacy officer keeps of its organisation holds no content.
        own.into(),
        scope.caller.account.to_string().into(),
        // Every list has its index, whatever it is asked for: it is planned once, and not anew for each that asks.
        if writing { "auto" } else { "force_generic_plan" }.into(),
    ]
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
    let channels = scope.channels.iter().map(ToString::to_string);
    let channels = channels.collect::<Vec<_>>().join(",");
    let values = [channels.into()].into_iter().chain(context_values(scope, writing));
    let told = statement(DbBackend::Postgres, &format!("SELECT {CONTEXT}"), values);
    transaction.execute_raw(told).await?;
    Ok(())
}
