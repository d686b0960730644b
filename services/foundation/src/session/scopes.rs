//! Entering for many at once: what each of those who listen may see at one moment.

use std::collections::{BTreeSet, HashMap};

use access::{Caller, Instant, Rank, Role};
use sea_orm::{ConnectionTrait, DatabaseTransaction, Value};
use uuid::Uuid;

use super::Scope;
use super::enter::{admitted, caller, channels, set_context};
use super::feed::listed;
use crate::fault::Fault;
use crate::sql::statement;
use crate::token::Verified;

/// What many callers may see at one moment.
#[derive(Default)]
pub(super) struct Scopes {
    /// Of each, under the purpose that it states; a fault of one is its own.
    pub each: Vec<Result<Scope, Fault>>,
    /// The channels among theirs that name one account.
    named: BTreeSet<i64>,
}

/// The scopes of many callers at one moment. Callers on one side are looked up together: every five hundred take one
/// statement, one for each side, and one for what names an account. Sets nothing for row-level security.
pub(super) async fn scopes(
    transaction: &DatabaseTransaction,
    asking: &[(&Verified, &str)],
    now: Instant,
) -> Result<Scopes, Fault> {
    let mut scopes = Scopes::default();
    for some in asking.chunks(TOGETHER) {
        let mut each = scopes_of(transaction, some, now).await?;
        by_name(transaction, &mut each, &mut scopes.named).await?;
        scopes.each.extend(each);
    }
    Ok(scopes)
}

impl Scopes {
    /// Leaves those channels that name an account to those records alone of which they hold one: for any other record
    /// they decide nothing, and without them callers who see the same are the same.
    pub async fn about(
        &mut self,
        transaction: &DatabaseTransaction,
        feed: &str,
        records: &BTreeSet<Uuid>,
    ) -> Result<(), Fault> {
        let Some(any) = self.each.iter().flatten().next().filter(|_| !records.is_empty()) else {
            return Ok(());
        };
        if self.named.is_empty() {
            return Ok(());
        }
        let channels: Vec<i64> = self.named.iter().copied().collect();
        let text = format!(
            "SELECT DISTINCT channel FROM {feed} WHERE record_id IN ({}) AND channel IN ({})",
            vec!["?"; records.len()].join(","),
            listed(&channels)
        );
        let mut all = Scope {
            channels,
            ..any.clone()
        };
        all.caller.clearance = Rank::ALL.into_iter().max().unwrap_or(all.caller.clearance);
        set_context(transaction, &all, false).await?;
        let values = records.iter().map(|record| Value::from(*record));
        let asked = statement(transaction.get_database_backend(), &text, values);
        for row in transaction.query_all_raw(asked).await? {
            self.named.remove(&row.try_get("", "channel")?);
        }
        for scope in self.each.iter_mut().flatten() {
            scope.channels.retain(|channel| !self.named.contains(channel));
        }
        Ok(())
    }
}

/// So many callers are looked up together: no statement grows without end.
const TOGETHER: usize = 500;

async fn scopes_of(
    transaction: &DatabaseTransaction,
    asking: &[(&Verified, &str)],
    now: Instant,
) -> Result<Vec<Result<Scope, Fault>>, Fault> {
    let mut scopes = Vec::with_capacity(asking.len());
    let mut sides: Vec<(Caller, bool, Vec<i64>)> = Vec::new();
    for admitted in admitted(transaction, asking, now).await? {
        let held = admitted.and_then(|(standing, purpose)| Ok((standing.participant, caller(standing, purpose?))));
        let (participant, caller) = match held {
            Ok(held) => held,
            Err(fault) => {
                scopes.push(Err(fault));
                continue;
            }
        };
        let side = side(&caller);
        let known = sides.iter().find(|(of, among, _)| *of == side && *among == participant);
        let channels = match known {
            Some((_, _, channels)) => channels.clone(),
            None => {
                let channels = channels(transaction, &side, participant, now).await?;
                sides.push((side, participant, channels.clone()));
                channels
            }
        };
        scopes.push(Ok(Scope {
            caller,
            participant,
            channels,
            now,
        }));
    }
    Ok(scopes)
}

/// What a caller has in common with others of its side: all but its name. A case system has circles of its own.
fn side(caller: &Caller) -> Caller {
    let mut side = caller.clone();
    if !caller.roles.only_case_system() {
        side.account = Uuid::nil();
    }
    side
}

/// Adds the channels that name an account, to those whose side was looked up without a name; and orders all.
async fn by_name(
    transaction: &DatabaseTransaction,
    scopes: &mut [Result<Scope, Fault>],
    all: &mut BTreeSet<i64>,
) -> Result<(), Fault> {
    let content = |scope: &&mut Scope| scope.caller.roles.any(Role::reads_content);
    let accounts: BTreeSet<Uuid> = scopes.iter().flatten().map(|scope| scope.caller.account).collect();
    let text = format!(
        "SELECT id, audience, purpose_id FROM channel WHERE kind IN (4, 6) AND audience IN ({})",
        vec!["?"; accounts.len()].join(",")
    );
    let rows = if accounts.is_empty() {
        Vec::new()
    } else {
        let values = accounts.into_iter().map(Value::from);
        let named = statement(transaction.get_database_backend(), &text, values);
        transaction.query_all_raw(named).await?
    };
    let mut named: HashMap<(Uuid, Uuid), Vec<i64>> = HashMap::new();
    for row in rows {
        let of = (row.try_get("", "audience")?, row.try_get("", "purpose_id")?);
        named.entry(of).or_default().push(row.try_get("", "id")?);
    }
    for scope in scopes.iter_mut().flatten().filter(content) {
        // Shared with it under the purpose, and its own, whatever the purpose.
        for purpose in [scope.caller.purpose.id, Uuid::nil()] {
            let of = (scope.caller.account, purpose);
            let channels = named.get(&of).into_iter().flatten();
            scope.channels.extend(channels.clone());
            all.extend(channels);
        }
        scope.channels.sort_unstable();
        scope.channels.dedup();
    }
    Ok(())
}
