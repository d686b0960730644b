//! Account holders, as the API shows and takes them.

use std::sync::Arc;

use access::{FOREVER, MaskReason};
use async_graphql::{Context, ID, InputObject, Object};
use foundation::clock::{date_of, last_date_before};
use foundation::graphql::kit::{Date, MaskedField};
use foundation::ids::{prefix, read, write};
use foundation::{Code, Fault};
use uuid::Uuid;

use super::door::{Door, PartyKey};
use super::organisation::Organisation;
use super::party::{SupervisedParty, masked, region};
use super::region::SafetyRegion;
use crate::store::holder::{self, Held, Holder, NewHolder};

/// Changes to account holders.
#[derive(Default)]
pub(super) struct HolderMutation;

/// Changes to account holders. Each may be null beside its error, so that those before it keep their answers.
#[Object]
impl HolderMutation {
    /// Assigns an account holder (accounthouder aanwijzen) of a party or a safety region for the own inspectorate; two at
    /// most of a safety region.
    async fn assign_holder(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who, and of what.")] input: HolderInput,
    ) -> Result<Option<AccountHolder>, Fault> {
        let door = Door::of(ctx);
        let new = input.read()?;
        let place = |fault: Fault| {
            if fault.field().is_some() {
                fault.under("input")
            } else {
                fault
            }
        };
        let id = holder::assign(&door.session, new).await.map_err(place)?;
        one(door, id).await
    }

    /// Ends an account holder of the own inspectorate (accounthouderschap beëindigen), in force at once.
    async fn end_holder(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id, `hol_…`.")] id: ID,
    ) -> Result<Option<AccountHolder>, Fault> {
        let door = Door::of(ctx);
        let id = read(prefix::HOLDER, &id).map_err(|fault| fault.at("id"))?;
        holder::end(&door.session, id).await?;
        one(door, id).await
    }
}

async fn one(door: &Arc<Door>, id: Uuid) -> Result<Option<AccountHolder>, Fault> {
    let found = holder::one(&door.session, id).await?;
    Ok(found.map(|holder| AccountHolder::new(holder, door)))
}

/// An account holder as it is assigned (accounthouder).
#[derive(InputObject, Clone, Debug)]
pub(super) struct HolderInput {
    /// The name of an account of the own inspectorate (accountnaam), such as `jenv.accountholder`.
    account: String,
    /// The party that it holds, `pty_…`. Give it or a safety region, not both.
    party_id: Option<ID>,
    /// The code of the safety region that it holds (veiligheidsregio), such as `VR17`.
    safety_region: Option<String>,
    /// Whether other inspectorates see its name (openbaar aanspreekpunt); they always see the inspectorate and its desk.
    #[graphql(default)]
    public_contact: bool,
    /// Its first day (begindatum); now where nothing is said.
    starts: Option<Date>,
    /// Its last day (einddatum), where it is known.
    ends: Option<Date>,
}

impl HolderInput {
    fn read(self) -> Result<NewHolder, Fault> {
        let held = match (self.party_id, self.safety_region) {
            (Some(id), None) => {
                let party = read(prefix::PARTY, &id).map_err(|fault| fault.at("input.partyId"))?;
                Held::Party(party)
            }
            (None, Some(code)) => {
                let mut faults = Vec::new();
                let code = region(Some(code), &mut faults);
                match (code, faults.pop()) {
                    (Some(code), None) => Held::Region(code),
                    (_, fault) => {
                        return Err(fault.unwrap_or_else(|| Fault::new(Code::Required).at("input.safetyRegion")));
                    }
                }
            }
            (given, _) => {
                let (dutch, english) = (
                    "geef `partyId` of `safetyRegion`, en één van beide",
                    "give `partyId` or `safetyRegion`, and one of them",
                );
                let field = if given.is_some() {
                    "input.safetyRegion"
                } else {
                    "input.partyId"
                };
                return Err(Fault::new(Code::InvalidInput)
                    .with_words("reason", dutch, english)
                    .at(field));
            }
        };
        Ok(NewHolder {
            account: self.account,
            held,
            public_contact: self.public_contact,
            starts: self.starts.map(|date| date.0),
            ends: self.ends.map(|date| date.0),
        })
    }
}

/// Who speaks with a party or safety region for its inspectorate (accounthouder, regio-inspecteur).
pub(super) struct AccountHolder {
    holder: Holder,
    door: Arc<Door>,
}

impl AccountHolder {
    /// A holder with the way to whom or what it holds.
    pub(super) fn new(holder: Holder, door: &Arc<Door>) -> Self {
        let door = door.clone();
        Self { holder, door }
    }
}

/// Who speaks with a party or safety region for its inspectorate (accounthouder, regio-inspecteur).
#[Object]
impl AccountHolder {
    /// Its identity (kenmerk), `hol_…`.
    async fn id(&self) -> ID {
        write(prefix::HOLDER, self.holder.id)
    }

    /// The inspectorate for which it holds, with the desk to call (inspectie).
    async fn organisation(&self) -> Result<Organisation, Fault> {
        Organisation::find(&self.door, self.holder.organisation).await
    }

    /// What people read (naam); null where `maskedFields` says so: other inspectorates see the name of a public contact
    /// alone.
    async fn name(&self) -> Option<&str> {
        self.holder.name.as_deref()
    }

    /// Whether other inspectorates see its name (openbaar aanspreekpunt).
    async fn public_contact(&self) -> bool {
        self.holder.public_contact
    }

    /// The party that it holds (ondertoezichtstaande).
    async fn party(&self) -> Result<Option<SupervisedParty>, Fault> {
        let Some(id) = self.holder.party else { return Ok(None) };
        let party = self.door.load(PartyKey(id)).await?;
        Ok(party.map(|party| SupervisedParty {
            party,
            door: self.door.clone(),
        }))
    }

    /// The safety region that it holds (veiligheidsregio).
    async fn safety_region(&self) -> Result<Option<SafetyRegion>, Fault> {
        SafetyRegion::find(&self.door, self.holder.region).await
    }

    /// Its first day (begindatum).
    async fn starts(&self) -> Date {
        Date(date_of(self.holder.starts_at))
    }

    /// Its last day (einddatum); without one it goes on.
    async fn ends(&self) -> Option<Date> {
        let ends = self.holder.ends_at;
        (ends != FOREVER).then(|| Date(last_date_before(ends)))
    }

    /// The fields that are null because the caller may not see them (afgeschermde velden).
    async fn masked_fields(&self) -> Vec<MaskedField> {
        let shown = self.holder.name.is_some();
        masked(if shown { Ok(()) } else { Err(MaskReason::NotOwner) }, &["name"])
    }
}
