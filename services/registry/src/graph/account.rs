//! The caller, as the API shows it.

use access::Role as AccessRole;
use async_graphql::{Context, Enum, ID, Object};
use foundation::Fault;
use foundation::graphql::kit::Rank;
use foundation::ids::{prefix, write};
use foundation::session::Own;

use super::door::Door;
use super::organisation::Organisation;
use super::purpose::Purpose;

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
