//! The caller, and the accounts of its organisation for those who keep them, as the API shows them.

use access::Role as AccessRole;
use async_graphql::{Context, Enum, Error, ID, InputObject, Object, SimpleObject};
use foundation::graphql::kit::{DateTime, PAGE_DEFAULT, PageInfo, Rank, cursor, page_cost, page_size, read_cursor};
use foundation::ids::{prefix, write};
use foundation::session::{Own, Position};
use foundation::{Code, Fault, Session};

use super::door::Door;
use super::organisation::Organisation;
use super::purpose::Purpose;
use super::raise;
use crate::model::admission::NewAccount;
use crate::store::{account, role};

/// Questions about accounts.
#[derive(Default)]
pub(super) struct AccountQuery;

/// Questions about accounts.
#[Object]
impl AccountQuery {
    /// The caller (ik). Answers without a purpose.
    async fn me(&self, ctx: &Context<'_>) -> Result<Option<Me>, Fault> {
        Ok(Some(Me(Door::of(ctx).session.own().await?)))
    }

    /// The accounts of the own organisation (accounts), by name, for its administrators and data stewards.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn accounts(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "Some(PAGE_DEFAULT)", desc = "How many, 1 to 500.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Result<Option<AccountConnection>, Fault> {
        let size = page_size(first)?;
        let place = after.as_deref().map(read_cursor).transpose()?;
        let session = &Door::of(ctx).session;
        let found = account::own(session, None, place.map(|place| place.record_id), size + 1).await?;
        Ok(Some(AccountConnection::of(found, size, after.is_some())))
    }

    /// One account of the own organisation (account), for its administrators and data stewards.
    async fn account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its name (accountnaam), such as `ilt.inspector`.")] name: String,
    ) -> Result<Option<Account>, Fault> {
        one(&Door::of(ctx).session, &name).await
    }
}

/// An account as it is now, for the answer to a question or a change.
async fn one(session: &Session, name: &str) -> Result<Option<Account>, Fault> {
    Ok(account::own(session, Some(name), None, 1).await?.pop().map(Account))
}

/// An account after a change; null where the change was to the caller itself, which may look no more. It stands all the
/// same: whoever may not look before does not get here.
async fn changed(session: &Session, name: &str) -> Result<Option<Account>, Fault> {
    const OUT: [Code; 4] = [
        Code::AccountSuspended,
        Code::AccountUnknown,
        Code::PurposeNotHeld,
        Code::Forbidden,
    ];
    match one(session, name).await {
        Err(fault) if OUT.contains(&fault.code()) => Ok(None),
        answer => answer,
    }
}

/// Changes to accounts.
#[derive(Default)]
pub(super) struct AccountMutation;

/// Changes to accounts of the own organisation. Each is in force when it is answered; each may be null beside its error.
#[Object]
impl AccountMutation {
    /// Admits an account (toelaten), as yet without roles and purposes. A person has one account at a time.
    async fn admit_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The account.")] input: AccountInput,
    ) -> Result<Option<Account>, Error> {
        let session = &Door::of(ctx).session;
        let new = NewAccount::from(input);
        let under = |faults: Vec<Fault>| faults.into_iter().map(under_input).collect();
        account::admit(session, &new)
            .await
            .map_err(|faults| raise(ctx, under(faults)))?;
        Ok(one(session, &new.name).await?)
    }

    /// Suspends an account (schorsen): it may do nothing until it is resumed. Its open streams end.
    async fn suspend_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its name, such as `ilt.inspector`.")] account: String,
    ) -> Result<Option<Account>, Fault> {
        let session = &Door::of(ctx).session;
        account::suspend(session, &account).await?;
        changed(session, &account).await
    }

    /// Lets a suspended account go on (hervatten) with what it held.
    async fn resume_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its name, such as `ilt.inspector`.")] account: String,
    ) -> Result<Option<Account>, Fault> {
        let session = &Door::of(ctx).session;
        account::resume(session, &account).await?;
        changed(session, &account).await
    }

    /// Ends an account for good (beëindigen), with its roles and purposes. The person may get a new one, anywhere.
    async fn end_account(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its name, such as `ilt.inspector`.")] account: String,
    ) -> Result<Option<Account>, Fault> {
        let session = &Door::of(ctx).session;
        account::end(session, &account).await?;
        changed(session, &account).await
    }

    /// Takes a role from an account (rol ontnemen).
    async fn take_role(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The account's name, such as `ilt.inspector`.")] account: String,
        #[graphql(desc = "The role that it loses.")] role: Role,
    ) -> Result<Option<Account>, Fault> {
        let session = &Door::of(ctx).session;
        role::take(session, &account, role.into()).await?;
        changed(session, &account).await
    }

    /// Lowers an account's clearance (rubricering verlagen); raising it needs administrator and steward together.
    async fn lower_clearance(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The account's name, such as `ilt.inspector`.")] account: String,
        #[graphql(desc = "The highest rank that it may handle from now on.")] clearance: Rank,
    ) -> Result<Option<Account>, Fault> {
        let session = &Door::of(ctx).session;
        account::lower_clearance(session, &account, clearance.into()).await?;
        changed(session, &account).await
    }

    /// Gives an account a purpose (doel toekennen).
    async fn give_purpose(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The account's name, such as `ilt.inspector`.")] account: String,
        #[graphql(desc = "The purpose's code, such as `toezicht`.")] purpose: String,
    ) -> Result<Option<Account>, Fault> {
        let session = &Door::of(ctx).session;
        account::give_purpose(session, &account, &purpose).await?;
        changed(session, &account).await
    }

    /// Takes a purpose from an account (doel ontnemen).
    async fn take_purpose(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The account's name, such as `ilt.inspector`.")] account: String,
        #[graphql(desc = "The purpose's code, such as `toezicht`.")] purpose: String,
    ) -> Result<Option<Account>, Fault> {
        let session = &Door::of(ctx).session;
        account::take_purpose(session, &account, &purpose).await?;
        changed(session, &account).await
    }

    /// Lists a circle that a case system may read (samenwerkingsverband toevoegen), or takes it off the list.
    async fn list_circle(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The case system's account name, such as `ilt.casesystem`.")] account: String,
        #[graphql(desc = "The circle's code, such as `cmj`.")] circle: String,
        #[graphql(desc = "Whether it is listed from now on.")] listed: bool,
    ) -> Result<Option<Account>, Fault> {
        let session = &Door::of(ctx).session;
        account::list_circle(session, &account, &circle, listed).await?;
        changed(session, &account).await
    }
}

fn under_input(fault: Fault) -> Fault {
    if fault.field().is_some() {
        fault.under("input")
    } else {
        fault
    }
}

/// An account to admit (toe te laten account).
#[derive(InputObject)]
pub(super) struct AccountInput {
    /// Its name (accountnaam): the organisation's code, a dot and a code, such as `ilt.inspector`. Never used again.
    name: String,
    /// What colleagues read (weergavenaam).
    display_name: String,
    /// Who vouches for the person (uitgever): the `iss` of its tokens.
    issuer: String,
    /// The person at that issuer (subject): the `sub` of its tokens.
    subject: String,
}

impl From<AccountInput> for NewAccount {
    fn from(input: AccountInput) -> Self {
        Self {
            name: input.name,
            display_name: input.display_name,
            issuer: input.issuer,
            subject: input.subject,
        }
    }
}

/// An account of the own organisation (account), as those who keep accounts see it.
#[derive(Clone)]
pub(super) struct Account(pub account::Account);

/// An account of the own organisation (account), as those who keep accounts see it.
#[Object]
impl Account {
    /// Its identity (kenmerk), such as `acc_…`.
    async fn id(&self) -> ID {
        write(prefix::ACCOUNT, self.0.account.id)
    }

    /// Its name (accountnaam), such as `ilt.inspector`.
    async fn name(&self) -> &str {
        &self.0.account.name
    }

    /// What colleagues read (weergavenaam).
    async fn display_name(&self) -> &str {
        &self.0.account.display_name
    }

    /// Who vouches for the person (uitgever).
    async fn issuer(&self) -> &str {
        &self.0.account.issuer
    }

    /// The person at that issuer (subject).
    async fn subject(&self) -> &str {
        &self.0.account.subject
    }

    /// The roles that it holds now (rollen).
    async fn roles(&self) -> Vec<Role> {
        self.0.roles.iter().copied().map(Into::into).collect()
    }

    /// The highest rank that it may handle (hoogste rubricering).
    async fn clearance(&self) -> Result<Rank, Fault> {
        let rank = access::Rank::from_number(self.0.account.clearance);
        rank.map(Into::into)
            .ok_or_else(|| Fault::broken("a clearance outside the ranks"))
    }

    /// The codes of the purposes that it holds now (doelen).
    async fn purposes(&self) -> &[String] {
        &self.0.purposes
    }

    /// The codes of the circles that it may read, where it is a case system (samenwerkingsverbanden).
    async fn circles(&self) -> &[String] {
        &self.0.circles
    }

    /// Since when it is suspended (geschorst).
    async fn suspended_at(&self) -> Option<DateTime> {
        self.0.account.suspended_at.map(DateTime)
    }

    /// Since when it has ended (beëindigd).
    async fn ended_at(&self) -> Option<DateTime> {
        self.0.account.ended_at.map(DateTime)
    }
}

/// A page of accounts (bladzijde van accounts), by name.
#[derive(SimpleObject)]
pub(super) struct AccountConnection {
    /// The accounts with their places.
    edges: Vec<AccountEdge>,
    /// The accounts alone.
    nodes: Vec<Account>,
    /// Where the page ends.
    page_info: PageInfo,
}

/// An account in a list, with its place there (rand).
#[derive(SimpleObject)]
pub(super) struct AccountEdge {
    /// Its place: give it as `after` to go on from here.
    cursor: String,
    /// The account.
    node: Account,
}

impl AccountConnection {
    /// A page of what was found, which is one more than the page when there is more.
    fn of(mut found: Vec<account::Account>, size: u64, after: bool) -> Self {
        let place = |record_id| {
            cursor(Position {
                created_at: 0,
                record_id,
            })
        };
        let page_info = PageInfo::cut(&mut found, size, after, |one| place(one.account.id));
        let nodes: Vec<Account> = found.into_iter().map(Account).collect();
        let edge = |node: &Account| AccountEdge {
            cursor: place(node.0.account.id),
            node: node.clone(),
        };
        let edges: Vec<AccountEdge> = nodes.iter().map(edge).collect();
        Self {
            edges,
            nodes,
            page_info,
        }
    }
}

/// What an account may do (rol), within its organisation.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "access::Role")]
pub(super) enum Role {
    /// Inspecteur.
    Inspector,
    /// Analist.
    Analyst,
    /// Coördinator.
    Coordinator,
    /// Accounthouder.
    AccountHolder,
    /// Gegevensbeheerder.
    DataSteward,
    /// Functionaris gegevensbescherming (FG): no content.
    PrivacyOfficer,
    /// Beheerder: no content.
    Administrator,
    /// Zaaksysteem.
    CaseSystem,
    /// Auditor: no content.
    Auditor,
}

/// The caller (ik): account, organisation, roles and purposes. Answers without a purpose.
pub(super) struct Me(pub Own);

/// The caller (ik): account, organisation, roles and purposes. Answers without a purpose.
#[Object]
impl Me {
    /// The account's identity (kenmerk), such as `acc_…`.
    async fn id(&self) -> ID {
        write(prefix::ACCOUNT, self.0.standing.account)
    }

    /// The account's name (accountnaam), such as `ilt.inspector`.
    async fn account(&self) -> &str {
        &self.0.account.name
    }

    /// What colleagues read (weergavenaam).
    async fn display_name(&self) -> &str {
        &self.0.account.display_name
    }

    /// The organisation that the account acts for (organisatie).
    async fn organisation(&self) -> Organisation {
        Organisation(self.0.organisation.clone())
    }

    /// The roles that it holds there now (rollen).
    async fn roles(&self) -> Vec<Role> {
        let mut roles: Vec<AccessRole> = self.0.standing.roles.iter().collect();
        roles.sort_unstable();
        roles.into_iter().map(Into::into).collect()
    }

    /// The highest rank that it may handle (hoogste rubricering).
    async fn clearance(&self) -> Rank {
        self.0.standing.clearance.into()
    }

    /// The purposes that it may state (doelen), by code.
    async fn purposes(&self) -> Vec<Purpose> {
        self.0.purposes.iter().cloned().map(Into::into).collect()
    }
}
