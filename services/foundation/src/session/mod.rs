//! The one door to shared data.
//!
//! A [`Session`] is who asks, for which purpose, at what time; it is opened only from a verified token. Reading
//! goes through [`Reader`], which narrows every query to the visible rows itself, and hands out [`Seen`] values;
//! writing through [`Writer`], which decides, and logs in the write's own transaction. The connection inside is
//! private to this module: there is no other way to a shared row.
//!
//! One request is one moment: all reads of a request share one transaction, opened at the first of them and
//! renewed after a write.

mod about;
mod blind;
mod caretaker;
mod changes;
mod derived;
mod directory;
mod enter;
mod feed;
mod glass;
mod glimpse;
mod happened;
mod kept;
mod own;
mod persons;
mod reader;
mod receipts;
mod scopes;
mod seal;
mod seen;
mod stirred;
mod switchboard;
mod tally;
mod told;
mod weigh;
mod witness;
mod writer;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use access::{Caller, Operation};
use sea_orm::{DatabaseTransaction, DbErr};
use telemetry::Cost;
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::database::Database;
use crate::fault::{Code, Fault, Language};
use crate::log::{Outcome, ProcessingLog};
use crate::outbox::Doorbell;
use crate::pseudonym::PseudonymKey;
use crate::trouble::{Trouble, trouble};
use crate::{clock::Clock, token::Verified};

pub use about::About;
pub use blind::Side;
pub use caretaker::Caretaker;
pub use changes::{Changed, Changes, Heard};
pub use derived::{Derived, Detail};
pub use directory::{Directory, Vocabulary};
pub use enter::{Scope, Standing, set_context};
pub use feed::{FEED, FeedQuery, Indexed, Order, Place, Position, column};
pub use glass::Breakable;
pub use glimpse::Glimpse;
pub use happened::{Happened, Interests, When};
pub use kept::Kept;
pub use own::Own;
pub use persons::ByRecord;
pub(crate) use reader::key;
pub use reader::{FARTHEST, Owned, Page, Part, Protected, Reader, Reference};
pub use receipts::{Receipt, ReceiptPlace};
pub use seal::{Sealed, Sealer};
pub use seen::Seen;
pub use stirred::{Stirred, Window};
pub use switchboard::{Switchboard, Tiding, Tidings, Wanted};
pub use tally::{Facet, Group, Key};
pub use told::{Bounds, Item, Stretch, Told};
pub use weigh::Weighed;
pub use witness::Witness;
pub use writer::{Loaded, Writer};

/// What a service's sessions stand on.
#[derive(Clone)]
pub struct Platform {
    /// The service's name, as in the logs.
    pub service: &'static str,
    /// Its database.
    pub database: Database,
    /// Where its reads are logged.
    pub log: ProcessingLog,
    /// The time.
    pub clock: Clock,
    /// Rings after each committed change.
    pub doorbell: Doorbell,
    /// The secret from which pseudonyms are made; without it there are none.
    pub pseudonyms: Option<PseudonymKey>,
}

impl Platform {
    /// A service's footing on an open database.
    pub fn new(service: &'static str, database: Database, clock: Clock) -> Self {
        let log = ProcessingLog::start(service, database.clone());
        Self {
            service,
            database,
            log,
            clock,
            doorbell: Doorbell::default(),
            pseudonyms: None,
        }
    }

    /// The same with this secret for pseudonyms.
    #[must_use]
    pub fn with_pseudonyms(self, pseudonyms: Option<PseudonymKey>) -> Self {
        Self { pseudonyms, ..self }
    }
}

/// What a request says of itself, beside its token.
#[derive(Clone, Debug, Default)]
pub struct Stated {
    /// The purpose's code, from the header.
    pub purpose: Option<String>,
    /// Our own id of the request; logs join on it.
    pub request: Uuid,
    /// The language of sentences.
    pub language: Language,
    /// A client's own trace id, kept as foreign.
    pub foreign_trace: Option<String>,
}

/// A request's way to the data.
pub struct Session {
    platform: Platform,
    who: Verified,
    stated: Stated,
    read: Mutex<Option<Entered>>,
    witness: std::sync::Mutex<Witness>,
    cost: Arc<Cost>,
    records: AtomicU64,
    changed: AtomicBool,
    brought: std::sync::OnceLock<Brought>,
}

/// A record that a listener's session begins with: it was decided at an earlier moment that the caller may see it.
struct Brought {
    feed: &'static str,
    record: Uuid,
    /// Whether it was found at a later moment that the caller may not any more.
    withdrawn: AtomicBool,
}

/// A read transaction with the caller's scope in it.
struct Entered {
    transaction: DatabaseTransaction,
    scope: Scope,
    /// The ids under which parties are written, as far as they were asked for: at one moment they do not change.
    written: std::sync::Mutex<HashMap<Uuid, Vec<Uuid>>>,
    /// Whether statements are planned for their very values from here on.
    anew: AtomicBool,
}

impl Entered {
    fn new(transaction: DatabaseTransaction, scope: Scope) -> Self {
        Self {
            transaction,
            scope,
            written: std::sync::Mutex::default(),
            anew: AtomicBool::new(false),
        }
    }
}

impl Session {
    /// Opens a session for a verified token. Nothing is looked up yet.
    pub fn open(platform: &Platform, who: Verified, stated: Stated) -> Arc<Self> {
        let witness = std::sync::Mutex::new(Witness::default());
        let cost = Arc::new(Cost::here());
        let platform = Platform {
            database: platform.database.at_the_cost_of(&cost),
            ..platform.clone()
        };
        Arc::new(Self {
            platform,
            who,
            stated,
            read: Mutex::new(None),
            witness,
            cost,
            records: AtomicU64::new(0),
            changed: AtomicBool::new(false),
            brought: std::sync::OnceLock::new(),
        })
    }

    /// What the request says of itself.
    pub fn stated(&self) -> &Stated {
        &self.stated
    }

    /// Whom the token names.
    pub fn who(&self) -> &Verified {
        &self.who
    }

    /// What the session stands on.
    pub fn platform(&self) -> &Platform {
        &self.platform
    }

    /// What the request has cost so far.
    pub fn cost(&self) -> &Cost {
        &self.cost
    }

    /// Who asked, once that was looked up and found good.
    pub fn caller(&self) -> Option<Caller> {
        self.witness().caller.clone()
    }

    /// How many records the log says were seen or counted, once the request has ended.
    pub fn records(&self) -> u64 {
        self.records.load(Ordering::Relaxed)
    }

    /// What a fault is to whoever asked: once a change may stand, nobody is told that nothing happened.
    pub fn honest(&self, fault: Fault) -> Fault {
        if self.changed.load(Ordering::Acquire) {
            fault.unsettled()
        } else {
            fault
        }
    }

    /// Notes that a change is committed, or may be.
    fn may_have_changed(&self) {
        self.changed.store(true, Ordering::Release);
    }

    /// The fault for a commit that failed: where the database itself said no, nothing of it stands.
    fn uncommitted(&self, error: DbErr) -> Fault {
        let gone = trouble(&error) == Some(Trouble::Gone);
        self.changed.store(gone, Ordering::Release);
        self.honest(error.into())
    }

    /// Reads under the stated purpose, at one moment for the whole request.
    ///
    /// # Errors
    /// The account or purpose does not stand, or the role reads nothing (`FORBIDDEN`).
    pub async fn reader(&self) -> Result<Reader<'_>, Fault> {
        let reader = self.entered().await?;
        access::may_ever(&reader.scope().caller.roles, Operation::Read)
            .map_err(|_| self.withdraw(refused(access::Refusal::Role, Operation::Read)))?;
        Ok(reader)
    }

    /// Reads who is who under the stated purpose, whatever the role: nothing else can be read through it.
    ///
    /// # Errors
    /// The account or purpose does not stand.
    pub async fn directory(&self) -> Result<Directory<'_>, Fault> {
        Ok(Directory::new(self.entered().await?))
    }

    async fn entered(&self) -> Result<Reader<'_>, Fault> {
        let mut read = self.read.lock().await;
        self.witness().protected = true;
        if read.is_none() {
            let transaction = self.platform.database.begin_read().await?;
            let entered = self.enter(&transaction, false).await;
            let scope = entered.map_err(|fault| self.withdraw(fault))?;
            self.still_sees(&transaction, &scope).await?;
            *read = Some(Entered::new(transaction, scope));
        }
        Ok(Reader { session: self, read })
    }

    /// Begins a write. The role is asked before anything is looked up.
    ///
    /// # Errors
    /// The account or purpose does not stand, or the role may never do this (`FORBIDDEN`).
    pub async fn writer(&self, operation: Operation) -> Result<Writer<'_>, Fault> {
        self.witness().protected = true;
        // What was read before must not outlive the change.
        self.end_read().await;
        let transaction = self.platform.database.begin_write().await?;
        let scope = self.enter(&transaction, true).await?;
        access::may_ever(&scope.caller.roles, operation).map_err(|refusal| refused(refusal, operation))?;
        Ok(Writer::new(self, transaction, scope, operation))
    }

    /// Gives the connection back without an answer: nothing was shown.
    pub async fn end(&self) {
        self.end_read().await;
    }

    /// Ends the request: its reads are logged durably, or the answer must be withheld.
    ///
    /// # Errors
    /// `LOG_UNAVAILABLE`: nothing of the answer may leave.
    pub async fn finish(&self, operation: &str, outcome: Outcome) -> Result<(), Fault> {
        let caller = self.end_read().await;
        let witness = std::mem::take(&mut *self.witness());
        if !witness.protected {
            return Ok(());
        }
        self.witness().caller.clone_from(&caller);
        let lines = witness.lines(self, operation, caller.as_ref(), outcome);
        let records: usize = lines.processing.iter().map(|line| line.records.len()).sum();
        self.records
            .store(u64::try_from(records).unwrap_or(u64::MAX), Ordering::Relaxed);
        self.platform.log.write(lines).await
    }

    async fn enter(&self, transaction: &DatabaseTransaction, writing: bool) -> Result<Scope, Fault> {
        let now = self.platform.clock.now();
        let purpose = self
            .stated
            .purpose
            .as_deref()
            .ok_or_else(|| Fault::new(Code::PurposeRequired))?;
        let scope = enter::enter(transaction, &self.who, purpose, now, writing).await?;
        self.witness().caller = Some(scope.caller.clone());
        Ok(scope)
    }

    async fn end_read(&self) -> Option<Caller> {
        if let Some(entered) = self.read.lock().await.take()
            && let Err(error) = entered.transaction.rollback().await
        {
            tracing::debug!(%error, "ending a read");
        }
        self.witness().caller.clone()
    }

    fn witness(&self) -> std::sync::MutexGuard<'_, Witness> {
        self.witness.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// The fault for a refusal of the policy.
fn refused(refusal: access::Refusal, operation: Operation) -> Fault {
    let code = match refusal {
        access::Refusal::Role => Code::Forbidden,
        access::Refusal::NotOwner => Code::NotOwner,
        access::Refusal::State => Code::WrongState,
    };
    Fault::new(code).with("operation", operation.code())
}
