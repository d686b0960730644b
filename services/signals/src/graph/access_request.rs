//! Requests for access and for onward sharing.

use access::FOREVER;
use async_graphql::{Context, Enum, Error, ID, InputObject, Object, SimpleObject};
use foundation::graphql::kit::{Date, DateTime, PAGE_DEFAULT, PageInfo, cursor, page_cost, page_size, read_cursor};
use foundation::graphql::root::{AudienceInput, AudienceKind};
use foundation::session::Position;
use foundation::{Fault, ids};
use uuid::Uuid;

use super::door::{Door, door};
use super::raise;
use super::signal::mutation::signal_id;
use super::signal::{Organisation, Signal};
use crate::model::access_request::{Kind, Narrowed, Plea, Standing};
use crate::store::access_request::{self, Explained, Filter};

/// What is asked (soort verzoek).
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(name = "AccessRequestKind", remote = "crate::model::access_request::Kind")]
pub enum RequestKind {
    /// Inzage: to see a signal that one may know of.
    Access,
    /// Doorgeven: to share a signal that one sees with somebody else.
    Onward,
}

/// How a request stands (stand van een verzoek).
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(name = "AccessRequestState", remote = "crate::model::access_request::Standing")]
pub enum RequestState {
    /// Open.
    Open,
    /// Goedgekeurd.
    Approved,
    /// Afgewezen.
    Declined,
    /// Teruggenomen.
    Withdrawn,
    /// Vervallen: nobody decided within 10 Dutch working days.
    Lapsed,
}

/// On whose side of a request (kant).
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(name = "AccessRequestSide")]
pub enum Side {
    /// Gevraagd: the own inspectorate asked.
    Asked,
    /// Ontvangen: the own inspectorate decides.
    Received,
}

/// Which requests.
#[derive(InputObject, Clone, Debug, Default)]
pub struct AccessRequestFilter {
    /// Asked or received (gevraagd of ontvangen).
    side: Option<Side>,
    /// How it stands (stand).
    state: Option<RequestState>,
}

/// For whom access is asked (voor wie).
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(name = "RequestFor")]
pub enum For {
    /// Het eigen account alleen.
    Account,
    /// De eigen inspectie.
    Organisation,
}

/// Why, for what and until when something is asked (onderbouwing).
#[derive(InputObject, Clone, Debug)]
pub struct PleaInput {
    /// The code of the purpose (doel).
    purpose: String,
    /// The code of the legal basis (grondslag).
    legal_basis: String,
    /// Why (reden), at most 2,000 characters.
    reason: String,
    /// The last Dutch date on which it is needed (tot en met).
    until: Date,
}

impl PleaInput {
    fn read(self) -> Plea {
        Plea {
            purpose: self.purpose,
            legal_basis: self.legal_basis,
            reason: self.reason,
            until: self.until.0,
        }
    }
}

/// What a steward changes of a request on approving it (inperking); what is left out stays as it was asked.
#[derive(InputObject, Clone, Debug, Default)]
pub struct NarrowedInput {
    /// The asking account alone, instead of its inspectorate.
    #[graphql(default = false)]
    only_account: bool,
    /// The code of another purpose (doel).
    purpose: Option<String>,
    /// The code of another legal basis (grondslag).
    legal_basis: Option<String>,
    /// An earlier last Dutch date (tot en met).
    until: Option<Date>,
}

impl NarrowedInput {
    fn read(self) -> Narrowed {
        Narrowed {
            only_account: self.only_account,
            purpose: self.purpose,
            legal_basis: self.legal_basis,
            until: self.until.map(|date| date.0),
        }
    }
}

/// What a request asks for or was given (reikwijdte).
#[derive(SimpleObject, Clone, Debug)]
pub struct RequestedGrant {
    /// To whom.
    kind: AudienceKind,
    /// The code of the organisation or circle, or the account's name; null for everyone.
    to: Option<String>,
    /// The code of its purpose (doel).
    purpose: String,
    /// The code of its legal basis (grondslag).
    legal_basis: String,
    /// Until when, exclusive.
    until: Option<DateTime>,
}

impl RequestedGrant {
    fn of(kind: i16, to: String, purpose: String, legal_basis: String, until: i64) -> Self {
        Self {
            kind: AudienceKind::of(kind),
            to: (kind != 1).then_some(to),
            purpose,
            legal_basis,
            until: (until < FOREVER).then_some(DateTime(until)),
        }
    }
}

/// Request for access, or for onward sharing (verzoek om inzage of doorgeven). Only for the side that asked and the
/// stewards of the side that decides.
pub struct AccessRequest {
    explained: Explained,
    now: i64,
    door: Door,
}

impl AccessRequest {
    /// A request that is the caller's to see, at this moment.
    pub fn new(explained: Explained, now: i64, door: Door) -> Self {
        Self { explained, now, door }
    }
}

/// Request for access, or for onward sharing (verzoek om inzage of doorgeven). Only for the side that asked and the
/// stewards of the side that decides.
#[Object]
impl AccessRequest {
    /// Its id, `req_…`.
    async fn id(&self) -> ID {
        ids::write(ids::prefix::ACCESS_REQUEST, self.explained.row.id)
    }

    /// What is asked (soort).
    async fn kind(&self) -> Result<RequestKind, Fault> {
        let kind = Kind::from_number(self.explained.row.kind);
        Ok(kind.ok_or_else(|| Fault::broken("a request of no kind"))?.into())
    }

    /// How it stands now (stand).
    async fn state(&self) -> Result<RequestState, Fault> {
        let row = &self.explained.row;
        let standing = Standing::of(row.state, row.lapses_at, self.now);
        Ok(standing.ok_or_else(|| Fault::broken("a request in no state"))?.into())
    }

    /// The handle by which it was asked for (treffer), `dsc_…`; null for onward sharing.
    async fn discovery(&self) -> Option<ID> {
        let handle = self.explained.row.handle?;
        Some(ids::write(ids::prefix::DISCOVERY, handle))
    }

    /// The signal that it is about (signaal); null while the caller does not see it.
    async fn signal(&self) -> Result<Option<Signal>, Fault> {
        let seen = self.door.signal(self.explained.row.signal_id).await?;
        Ok(seen.map(|seen| Signal::new(seen, self.door.clone())))
    }

    /// Who decides (eigenaar).
    async fn owner(&self) -> Organisation {
        Organisation {
            id: ids::write(ids::prefix::ORGANISATION, self.explained.row.owner_id),
        }
    }

    /// Who asked (vragende inspectie).
    async fn organisation(&self) -> Organisation {
        Organisation {
            id: ids::write(ids::prefix::ORGANISATION, self.explained.row.organisation_id),
        }
    }

    /// Who of them asked (verzoeker), by name: whoever decides must know for whom.
    async fn asked_by(&self) -> &str {
        &self.explained.row.asked_by
    }

    /// Why (reden).
    async fn reason(&self) -> &str {
        &self.explained.row.reason
    }

    /// What is asked for (gevraagd).
    async fn asked(&self) -> RequestedGrant {
        let Explained {
            row,
            to,
            purpose,
            legal_basis,
            ..
        } = self.explained.clone();
        RequestedGrant::of(row.audience_kind, to, purpose, legal_basis, row.valid_until)
    }

    /// What was given (gegeven); null unless it was approved. It may have been revoked since.
    async fn given(&self) -> Option<RequestedGrant> {
        let row = &self.explained.row;
        let [to, purpose, basis] = self.explained.given.clone()?;
        Some(RequestedGrant::of(
            row.given_audience_kind?,
            to,
            purpose,
            basis,
            row.given_until?,
        ))
    }

    /// When it was asked (gevraagd op).
    async fn asked_at(&self) -> DateTime {
        DateTime(self.explained.row.asked_at)
    }

    /// When it lapses if nobody decides (vervalt op), exclusive: after 10 Dutch working days.
    async fn lapses_at(&self) -> DateTime {
        DateTime(self.explained.row.lapses_at)
    }

    /// When it was decided or taken back (gesloten op).
    async fn closed_at(&self) -> Option<DateTime> {
        self.explained.row.closed_at.map(DateTime)
    }

    /// What the owner said with its decision (antwoord).
    async fn answer(&self) -> Option<&str> {
        self.explained.row.answer.as_deref()
    }
}

/// A page of requests (bladzijde), newest first.
#[derive(SimpleObject)]
pub struct AccessRequestConnection {
    /// The requests.
    nodes: Vec<AccessRequest>,
    /// Where the page ends.
    page_info: PageInfo,
}

fn place(explained: &Explained) -> String {
    cursor(Position {
        created_at: explained.row.asked_at,
        record_id: explained.row.id,
    })
}

async fn by_id(context: &Context<'_>, id: Uuid) -> Result<Option<AccessRequest>, Fault> {
    let door = door(context).clone();
    let reader = door.session().reader().await?;
    let only = Filter {
        id: Some(id),
        ..Filter::default()
    };
    let found = access_request::page(&reader, only, None, 1).await?.pop();
    let now = reader.scope().now;
    drop(reader);
    Ok(found.map(|explained| AccessRequest { explained, now, door }))
}

fn request_id(id: &ID) -> Result<Uuid, Fault> {
    ids::read(ids::prefix::ACCESS_REQUEST, id).map_err(|fault| fault.at("id"))
}

/// Questions about requests.
#[derive(Default)]
pub struct AccessRequestQuery;

/// Questions about requests.
#[Object]
impl AccessRequestQuery {
    /// One request (verzoek). Null when it does not exist or is not the caller's to see, alike.
    async fn access_request(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its id, `req_…`.")] id: ID,
    ) -> Result<Option<AccessRequest>, Fault> {
        by_id(context, request_id(&id)?).await
    }

    /// Requests that the caller asked, or that its inspectorate asked or decides (verzoeken), newest first.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn access_requests(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Narrows the list.")] filter: Option<AccessRequestFilter>,
        #[graphql(default_with = "Some(PAGE_DEFAULT)", desc = "How many, 1 to 500.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Result<Option<AccessRequestConnection>, Fault> {
        let size = page_size(first)?;
        let after = after.as_deref().map(read_cursor).transpose()?;
        let filter = filter.unwrap_or_default();
        let filter = Filter {
            received: filter.side.map(|side| side == Side::Received),
            standing: filter.state.map(Into::into),
            id: None,
        };
        let door = door(context).clone();
        let reader = door.session().reader().await?;
        let mut rows = access_request::page(&reader, filter, after, size + 1).await?;
        let now = reader.scope().now;
        drop(reader);
        let node = |explained| AccessRequest {
            explained,
            now,
            door: door.clone(),
        };
        Ok(Some(AccessRequestConnection {
            page_info: PageInfo::cut(&mut rows, size, after.is_some(), place),
            nodes: rows.into_iter().map(node).collect(),
        }))
    }
}

/// Changes to requests.
#[derive(Default)]
pub struct AccessRequestMutation;

/// Changes to requests.
#[Object]
impl AccessRequestMutation {
    /// Asks the owner for a signal that one may know of (inzage vragen). Lapses after 10 Dutch working days.
    async fn request_access(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The handle from `discoveries`, `dsc_…`.")] discovery: ID,
        #[graphql(desc = "Why, for what and until when.")] plea: PleaInput,
        #[graphql(default_with = "Some(For::Organisation)", desc = "For whom.")] r#for: Option<For>,
    ) -> Result<Option<AccessRequest>, Error> {
        let handle = ids::read(ids::prefix::DISCOVERY, &discovery).map_err(|fault| fault.at("discovery"))?;
        let for_all = r#for.unwrap_or(For::Organisation) == For::Organisation;
        let id = access_request::ask(door(context).session(), handle, for_all, &plea.read())
            .await
            .map_err(|faults| raise(context, faults))?;
        Ok(by_id(context, id).await?)
    }

    /// Asks the owner to share a visible signal with somebody else (doorgeven vragen). Not under TLP:AMBER+STRICT or
    /// RED.
    async fn request_onward(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The signal's id, `sig_…`.")] id: ID,
        #[graphql(desc = "With whom.")] to: AudienceInput,
        #[graphql(desc = "Why, for what and until when.")] plea: PleaInput,
    ) -> Result<Option<AccessRequest>, Error> {
        let signal = signal_id(&id)?;
        let id = access_request::ask_onward(door(context).session(), signal, to.read(), &plea.read())
            .await
            .map_err(|faults| raise(context, faults))?;
        Ok(by_id(context, id).await?)
    }

    /// Approves a request, as it was asked or narrower (goedkeuren): an ordinary grant with an end.
    async fn approve_access_request(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its id, `req_…`.")] id: ID,
        #[graphql(desc = "What is narrowed.")] narrowed: Option<NarrowedInput>,
        #[graphql(desc = "A word to the asker, at most 1,000 characters.")] note: Option<String>,
    ) -> Result<Option<AccessRequest>, Error> {
        let id = request_id(&id)?;
        let narrowed = narrowed.unwrap_or_default().read();
        access_request::approve(door(context).session(), id, &narrowed, note)
            .await
            .map_err(|faults| raise(context, faults))?;
        Ok(by_id(context, id).await?)
    }

    /// Declines a request (afwijzen).
    async fn decline_access_request(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its id, `req_…`.")] id: ID,
        #[graphql(desc = "Why, at most 1,000 characters; the asker reads it.")] reason: String,
    ) -> Result<Option<AccessRequest>, Error> {
        let id = request_id(&id)?;
        access_request::decline(door(context).session(), id, reason)
            .await
            .map_err(|faults| raise(context, faults))?;
        Ok(by_id(context, id).await?)
    }

    /// Takes an own request back (terugnemen).
    async fn withdraw_access_request(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its id, `req_…`.")] id: ID,
    ) -> Result<Option<AccessRequest>, Error> {
        let id = request_id(&id)?;
        access_request::withdraw(door(context).session(), id).await?;
        Ok(by_id(context, id).await?)
    }
}
