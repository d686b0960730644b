//! Break-glass: a signal opened to one account in acute danger to people.

use access::Role;
use async_graphql::{Context, Error, ID, InputObject, Object, OneofObject, SimpleObject};
use foundation::graphql::kit::{DateTime, PAGE_DEFAULT, PageInfo, cursor, page_cost, page_size, read_cursor};
use foundation::session::Position;
use foundation::{Fault, ids};
use uuid::Uuid;

use super::door::{Door, door};
use super::raise;
use super::signal::{Organisation, Signal};
use crate::model::break_glass::Named;
use crate::store::break_glass::{self, BreakGlassRow, Filter};

/// Which signal is opened: exactly one.
#[derive(OneofObject, Clone, Debug)]
pub enum BehindGlassInput {
    /// By what may be known of it: the handle from `discoveries`, `dsc_…`.
    Discovery(ID),
    /// By its citable number (kenmerk), such as `ILT-2026-00123`.
    Number(String),
}

/// Which cases.
#[derive(InputObject, Clone, Copy, Debug, Default)]
pub struct BreakGlassFilter {
    /// Only reviewed ones, or only those that wait (beoordeeld).
    reviewed: Option<bool>,
    /// Only those whose review is overdue (te laat).
    #[graphql(default = false)]
    overdue: bool,
}

/// Break-glass (noodinzage): a signal opened to one account in acute danger to people. For the account that opened it,
/// and the stewards and privacy officers of both sides.
pub struct BreakGlass {
    row: BreakGlassRow,
    now: i64,
    content: bool,
    door: Door,
}

impl BreakGlass {
    /// A case that is the caller's to see, at this moment; `content` says whether its roles read records at all.
    pub fn new(row: BreakGlassRow, now: i64, content: bool, door: Door) -> Self {
        Self {
            row,
            now,
            content,
            door,
        }
    }
}

/// How it was judged (beoordeling).
#[derive(SimpleObject, Clone, Debug)]
pub struct BreakGlassReview {
    /// Whether it was justified (gerechtvaardigd).
    justified: bool,
    /// Why (oordeel).
    judgement: String,
    /// When (beoordeeld op).
    at: DateTime,
}

/// Break-glass (noodinzage): a signal opened to one account in acute danger to people. For the account that opened it,
/// and the stewards and privacy officers of both sides.
#[Object]
impl BreakGlass {
    /// Its id, `brk_…`.
    async fn id(&self) -> ID {
        ids::write(ids::prefix::BREAK_GLASS, self.row.id)
    }

    /// The citable number of the signal (kenmerk).
    async fn number(&self) -> &str {
        &self.row.number
    }

    /// The signal (signaal); null for whoever does not see it: roles without content, and the opener afterwards.
    async fn signal(&self) -> Result<Option<Signal>, Fault> {
        if !self.content {
            return Ok(None);
        }
        let seen = self.door.signal(self.row.signal_id).await?;
        Ok(seen.map(|seen| Signal::new(seen, self.door.clone())))
    }

    /// Whose the signal is (eigenaar).
    async fn owner(&self) -> Organisation {
        Organisation {
            id: ids::write(ids::prefix::ORGANISATION, self.row.owner_id),
        }
    }

    /// The inspectorate that opened it (openende inspectie).
    async fn organisation(&self) -> Organisation {
        Organisation {
            id: ids::write(ids::prefix::ORGANISATION, self.row.organisation_id),
        }
    }

    /// Who opened it (geopend door), by name: whoever reviews must know who.
    async fn opened_by(&self) -> &str {
        &self.row.opened_by
    }

    /// The code of the purpose under which it was opened (doel).
    async fn purpose(&self) -> &str {
        &self.row.purpose
    }

    /// Who was in which danger (gevaar).
    async fn danger(&self) -> &str {
        &self.row.danger
    }

    /// Why the signal was needed at once (reden).
    async fn reason(&self) -> &str {
        &self.row.reason
    }

    /// When it was opened (geopend op).
    async fn opened_at(&self) -> DateTime {
        DateTime(self.row.opened_at)
    }

    /// Until when it was open, exclusive: four hours. The owner may end it earlier with `revokeGrant`.
    async fn ends_at(&self) -> DateTime {
        DateTime(self.row.ends_at)
    }

    /// Until when it is to be reviewed, exclusive (te beoordelen voor): the end of the next Dutch working day.
    async fn review_due(&self) -> DateTime {
        DateTime(self.row.review_due)
    }

    /// Whether its review is overdue (te laat).
    async fn overdue(&self) -> bool {
        self.row.reviewed_at.is_none() && self.row.review_due <= self.now
    }

    /// How it was judged (beoordeling); null while it waits.
    async fn review(&self) -> Option<BreakGlassReview> {
        Some(BreakGlassReview {
            justified: self.row.justified?,
            judgement: self.row.judgement.clone()?,
            at: DateTime(self.row.reviewed_at?),
        })
    }
}

/// What was opened.
#[derive(SimpleObject)]
pub struct BreakGlassPayload {
    /// The case, as its reviewers see it.
    case: Option<BreakGlass>,
    /// The signal, for four hours; personal values as the stated purpose and role allow.
    signal: Option<Signal>,
}

/// A page of cases (bladzijde), newest first.
#[derive(SimpleObject)]
pub struct BreakGlassConnection {
    /// The cases.
    nodes: Vec<BreakGlass>,
    /// Where the page ends.
    page_info: PageInfo,
}

fn place(row: &BreakGlassRow) -> String {
    cursor(Position {
        created_at: row.opened_at,
        record_id: row.id,
    })
}

async fn find(
    context: &Context<'_>,
    filter: Filter,
    after: Option<Position>,
    size: u64,
) -> Result<BreakGlassConnection, Fault> {
    let door = door(context).clone();
    let directory = door.session().directory().await?;
    let mut rows = break_glass::page(&directory, filter, after, size + 1).await?;
    let (now, content) = (
        directory.scope().now,
        directory.scope().caller.roles.any(Role::reads_content),
    );
    drop(directory);
    let node = |row| BreakGlass {
        row,
        now,
        content,
        door: door.clone(),
    };
    Ok(BreakGlassConnection {
        page_info: PageInfo::cut(&mut rows, size, after.is_some(), place),
        nodes: rows.into_iter().map(node).collect(),
    })
}

async fn by_id(context: &Context<'_>, id: Uuid) -> Result<Option<BreakGlass>, Fault> {
    let only = Filter {
        id: Some(id),
        ..Filter::default()
    };
    Ok(find(context, only, None, 1).await?.nodes.pop())
}

fn case_id(id: &ID) -> Result<Uuid, Fault> {
    ids::read(ids::prefix::BREAK_GLASS, id).map_err(|fault| fault.at("id"))
}

/// Questions about break-glass.
#[derive(Default)]
pub struct BreakGlassQuery;

/// Questions about break-glass.
#[Object]
impl BreakGlassQuery {
    /// One case of break-glass (noodinzage). Null when it does not exist or is not the caller's to see, alike.
    async fn break_glass_case(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its id, `brk_…`.")] id: ID,
    ) -> Result<Option<BreakGlass>, Fault> {
        by_id(context, case_id(&id)?).await
    }

    /// Cases of break-glass that the caller opened, or that its inspectorate opened or reviews (noodinzagen), newest
    /// first.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn break_glass_cases(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Narrows the list.")] filter: Option<BreakGlassFilter>,
        #[graphql(default_with = "Some(PAGE_DEFAULT)", desc = "How many, 1 to 500.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Result<Option<BreakGlassConnection>, Fault> {
        let size = page_size(first)?;
        let after = after.as_deref().map(read_cursor).transpose()?;
        let filter = filter.unwrap_or_default();
        let filter = Filter {
            reviewed: filter.reviewed,
            overdue: filter.overdue,
            id: None,
        };
        Ok(Some(find(context, filter, after, size).await?))
    }
}

/// Changes by break-glass.
#[derive(Default)]
pub struct BreakGlassMutation;

/// Changes by break-glass.
#[Object]
impl BreakGlassMutation {
    /// Opens a signal to the calling account for four hours (noodinzage), in acute danger to people and nothing else.
    /// The owner is told at once and reviews it. Whatever cannot be opened answers as what does not exist; every
    /// attempt is kept, and there are 10 in an hour.
    async fn break_glass(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Which signal.")] record: BehindGlassInput,
        #[graphql(desc = "Who is in which danger, at most 1,000 characters.")] danger: String,
        #[graphql(desc = "Why it is needed at once, at most 1,000 characters.")] reason: String,
    ) -> Result<Option<BreakGlassPayload>, Error> {
        let named = match record {
            BehindGlassInput::Discovery(id) => {
                let handle = ids::read(ids::prefix::DISCOVERY, &id).map_err(|fault| fault.at("record.discovery"))?;
                Named::Discovery(handle)
            }
            BehindGlassInput::Number(number) => Named::Number(number),
        };
        let door = door(context).clone();
        let opened = break_glass::open(door.session(), named, danger, reason)
            .await
            .map_err(|faults| raise(context, faults))?;
        let case = by_id(context, opened.case).await?;
        let seen = door.signal(opened.signal).await?;
        Ok(Some(BreakGlassPayload {
            case,
            signal: seen.map(|seen| Signal::new(seen, door)),
        }))
    }

    /// Says whether opening a signal of the own inspectorate was justified (beoordelen); once.
    async fn review_break_glass(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The case's id, `brk_…`.")] id: ID,
        #[graphql(desc = "Whether it was justified.")] justified: bool,
        #[graphql(desc = "Why, at most 2,000 characters; the opener reads it.")] judgement: String,
    ) -> Result<Option<BreakGlass>, Error> {
        let id = case_id(&id)?;
        break_glass::review(door(context).session(), id, justified, judgement)
            .await
            .map_err(|faults| raise(context, faults))?;
        Ok(by_id(context, id).await?)
    }
}
