//! Laws and mandates, as the API shows and takes them, and how supervision of a party is organised.

use std::sync::Arc;

use access::FOREVER;
use async_graphql::{Context, Enum, Error, ID, InputObject, Object, SimpleObject};
use foundation::clock::{date_of, last_date_before};
use foundation::graphql::kit::{
    Date, LIST_COST, PAGE_DEFAULT, PageInfo, cursor, page_cost, page_size, raise, read_cursor,
};
use foundation::ids::{prefix, read, write};
use foundation::session::Position;
use foundation::{Code, Fault};

use super::door::{Door, SectorKey};
use super::organisation::Organisation;
use super::party::{PartyKind, region};
use super::region::SafetyRegion;
use super::sector::Sector;
use crate::model;
use crate::store::mandate::{self, Applying, NewMandate, Wanted};

/// Questions about laws and mandates.
#[derive(Default)]
pub(super) struct MandateQuery;

/// Questions about laws and mandates.
#[Object]
impl MandateQuery {
    /// All laws (wetten) on which supervision rests, by code.
    #[graphql(complexity = "LIST_COST * (1 + child_complexity)")]
    async fn laws(&self, ctx: &Context<'_>) -> Result<Option<Vec<Law>>, Fault> {
        Ok(Some(Door::of(ctx).laws().await?.iter().cloned().map(Law).collect()))
    }

    /// Who supervises what (toezichtmandaten), in the order in which it was registered.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn mandates(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Narrows the list.")] filter: Option<MandateFilter>,
        #[graphql(default_with = "Some(PAGE_DEFAULT)", desc = "How many, 1 to 500.")] first: Option<i32>,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Result<Option<MandateConnection>, Fault> {
        let door = Door::of(ctx);
        let size = page_size(first)?;
        let place = after.as_deref().map(read_cursor).transpose()?;
        let wanted = filter.unwrap_or_default().read(door).await?;
        let found = mandate::list(&door.session, &wanted, place.map(|place| place.record_id), size + 1).await?;
        let mandates = found.into_iter().map(|row| Mandate::new(row, door)).collect();
        Ok(Some(MandateConnection::of(mandates, size, after.is_some())))
    }
}

/// Changes to mandates.
#[derive(Default)]
pub(super) struct MandateMutation;

/// Changes to mandates. Each may be null beside its error, so that those before it keep their answers.
#[Object]
impl MandateMutation {
    /// Registers what the own inspectorate supervises (mandaat vastleggen).
    async fn register_mandate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The mandate.")] input: MandateInput,
    ) -> Result<Option<Mandate>, Error> {
        let door = Door::of(ctx);
        let mut faults = Vec::new();
        let region = region(input.safety_region, &mut faults);
        if !faults.is_empty() {
            return Err(raise(ctx, faults));
        }
        let new = NewMandate {
            law: input.law,
            kind: input.party_kind.map(Into::into),
            sector: input.sector.map(|text| model::sector::code(&text)),
            region,
            legal_source: input.legal_source,
            starts: input.starts.map(|date| date.0),
            ends: input.ends.map(|date| date.0),
        };
        let made = mandate::register(&door.session, new).await;
        let made = made.map_err(|faults| raise(ctx, faults))?;
        Ok(Some(Mandate::new(made, door)))
    }

    /// Ends a mandate of the own inspectorate (mandaat beëindigen).
    async fn end_mandate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id, `man_…`.")] id: ID,
        #[graphql(desc = "The version that was read.")] version: i32,
        #[graphql(desc = "Its last day (einddatum); today where nothing is said.")] ends: Option<Date>,
    ) -> Result<Option<Mandate>, Fault> {
        let door = Door::of(ctx);
        let id = read(prefix::MANDATE, &id).map_err(|fault| fault.at("id"))?;
        let ended = mandate::end(&door.session, id, version, ends.map(|date| date.0)).await?;
        Ok(Some(Mandate::new(ended, door)))
    }
}

/// What an inspectorate supervises, as it is registered (mandaat). What is left out does not narrow it.
#[derive(InputObject, Clone, Debug)]
pub(super) struct MandateInput {
    /// The code of the law (wet), as `laws` lists them.
    law: String,
    /// Only parties of this kind (soort partij).
    party_kind: Option<PartyKind>,
    /// Only parties in this sector or a part of it (SBI-code).
    sector: Option<String>,
    /// Only parties in this safety region (veiligheidsregio).
    safety_region: Option<String>,
    /// Where it is laid down (vindplaats), at most 500 characters.
    legal_source: String,
    /// Its first day (begindatum); today where nothing is said.
    starts: Option<Date>,
    /// Its last day (einddatum), where it is known.
    ends: Option<Date>,
}

/// Narrows a list of mandates; everything given must be true.
#[derive(InputObject, Clone, Debug, Default)]
pub(super) struct MandateFilter {
    /// The code of the inspectorate (inspectie).
    organisation: Option<String>,
    /// The code of the law (wet).
    law: Option<String>,
    /// Those that cover this kind alone (soort partij).
    party_kind: Option<PartyKind>,
    /// Those that cover this sector alone (SBI-code).
    sector: Option<String>,
    /// Those that cover this safety region alone (veiligheidsregio).
    safety_region: Option<String>,
    /// As they are on this day (peildatum); today where nothing is said.
    on: Option<Date>,
}

impl MandateFilter {
    async fn read(self, door: &Arc<Door>) -> Result<Wanted, Fault> {
        let unknown = |code: &str, field: &str| {
            let fault = Fault::new(Code::UnknownReference).with("value", code);
            fault.at(format!("filter.{field}"))
        };
        let organisation = match &self.organisation {
            None => None,
            Some(code) => {
                let all = door.organisations().await?;
                let found = all.iter().find(|row| row.code == *code);
                Some(found.ok_or_else(|| unknown(code, "organisation"))?.id)
            }
        };
        let region = match &self.safety_region {
            None => None,
            Some(code) => {
                let all = door.regions().await?;
                let found = all.iter().find(|row| row.code == *code);
                Some(found.ok_or_else(|| unknown(code, "safetyRegion"))?.id)
            }
        };
        Ok(Wanted {
            organisation,
            law: self.law,
            kind: self.party_kind.map(Into::into),
            sector: self.sector.map(|text| model::sector::code(&text)),
            region,
            on: self.on.map(|date| date.0),
        })
    }
}

/// A law (wet) on which supervision rests.
pub(super) struct Law(mandate::Law);

/// A law (wet) on which supervision rests.
#[Object]
impl Law {
    /// Its stable code (code), such as `wvr`.
    async fn code(&self) -> &str {
        &self.0.code
    }

    /// Its Dutch name (naam).
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Its English name (Engelse naam).
    async fn name_en(&self) -> &str {
        &self.0.name_en
    }

    /// Whether it was invented for the demo (fictief).
    async fn fictitious(&self) -> bool {
        self.0.fictitious
    }

    /// Where the entry comes from (bron).
    async fn source(&self) -> &str {
        &self.0.source
    }
}

/// What an inspectorate supervises, under which law (toezichtmandaat).
#[derive(Clone)]
pub(super) struct Mandate {
    row: mandate::Mandate,
    door: Arc<Door>,
}

impl Mandate {
    fn new(row: mandate::Mandate, door: &Arc<Door>) -> Self {
        let door = door.clone();
        Self { row, door }
    }
}

/// What an inspectorate supervises, under which law (toezichtmandaat). What is null does not narrow it.
#[Object]
impl Mandate {
    /// Its identity (kenmerk), `man_…`.
    async fn id(&self) -> ID {
        write(prefix::MANDATE, self.row.id)
    }

    /// Who supervises, with the desk to call (inspectie).
    async fn organisation(&self) -> Result<Organisation, Fault> {
        Organisation::find(&self.door, self.row.organisation_id).await
    }

    /// The law (wet).
    async fn law(&self) -> Result<Law, Fault> {
        let laws = self.door.laws().await?;
        let law = laws.iter().find(|law| law.code == self.row.law).cloned();
        law.map(Law).ok_or_else(|| Fault::broken("a mandate without its law"))
    }

    /// Only parties of this kind (soort partij).
    async fn party_kind(&self) -> Option<PartyKind> {
        let kind = self.row.party_kind.and_then(model::party::PartyKind::from_number);
        kind.map(Into::into)
    }

    /// Only parties in this sector or a part of it (bedrijfstak).
    async fn sector(&self) -> Result<Option<Sector>, Fault> {
        let Some(code) = self.row.sector.clone() else {
            return Ok(None);
        };
        let found = self.door.load(SectorKey(code)).await?;
        Ok(found.map(|sector| Sector::new(sector, &self.door)))
    }

    /// Only parties in this safety region (veiligheidsregio).
    async fn safety_region(&self) -> Result<Option<SafetyRegion>, Fault> {
        SafetyRegion::find(&self.door, self.row.region_id).await
    }

    /// Where it is laid down (vindplaats).
    async fn legal_source(&self) -> &str {
        &self.row.legal_source
    }

    /// Its first day (begindatum).
    async fn starts(&self) -> Date {
        Date(date_of(self.row.starts_at))
    }

    /// Its last day (einddatum); without one it goes on.
    async fn ends(&self) -> Option<Date> {
        let ends = self.row.ends_at;
        (ends != FOREVER).then(|| Date(last_date_before(ends)))
    }

    /// Its version, which a change names.
    async fn version(&self) -> i32 {
        self.row.version
    }
}

/// Why a mandate applies to a party (reden).
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "model::mandate::Reason")]
pub(super) enum SupervisionReason {
    /// Het mandaat geldt voor iedere partij.
    Everyone,
    /// Soort: it covers parties of this kind.
    Kind,
    /// Bedrijfstak: the party is in the sector that it covers, or in a part of it.
    Sector,
    /// Veiligheidsregio: the party is, or has a site in, the region that it covers.
    Region,
}

/// A part of how supervision of a party is organised (inrichting van het toezicht): a mandate, and why it applies.
#[derive(SimpleObject)]
pub(super) struct Supervision {
    /// The mandate, with its inspectorate, law and source (mandaat).
    mandate: Mandate,
    /// Why it applies to this party (redenen).
    reasons: Vec<SupervisionReason>,
}

impl Supervision {
    /// What applies, as the API shows it.
    pub(super) fn of(applying: Applying, door: &Arc<Door>) -> Self {
        Self {
            mandate: Mandate::new(applying.mandate, door),
            reasons: applying.reasons.into_iter().map(Into::into).collect(),
        }
    }
}

/// A mandate in a list, with its place there (rand).
#[derive(SimpleObject)]
pub(super) struct MandateEdge {
    /// Its place: give it as `after` to go on from here.
    cursor: String,
    /// The mandate (mandaat).
    node: Mandate,
}

/// A page of mandates (bladzijde van mandaten).
#[derive(SimpleObject)]
pub(super) struct MandateConnection {
    /// The mandates with their places.
    edges: Vec<MandateEdge>,
    /// The mandates alone.
    nodes: Vec<Mandate>,
    /// Where the page ends.
    page_info: PageInfo,
}

impl MandateConnection {
    /// A page of what was found, which is one more than the page when there is more.
    fn of(mut nodes: Vec<Mandate>, size: u64, after: bool) -> Self {
        let place = |node: &Mandate| Position {
            created_at: 0,
            record_id: node.row.id,
        };
        let page_info = PageInfo::cut(&mut nodes, size, after, |node| cursor(place(node)));
        let edge = |node: &Mandate| MandateEdge {
            cursor: cursor(place(node)),
            node: node.clone(),
        };
        let edges: Vec<MandateEdge> = nodes.iter().map(edge).collect();
        Self {
            edges,
            nodes,
            page_info,
        }
    }
}
