//! Changes to feedback products: each is one transaction; on any fault nothing of it is written.

use async_graphql::{Context, Error, ID, InputObject, Object, OneofObject, SimpleObject};
use foundation::graphql::kit::raise;
use foundation::{Fault, ids};
use uuid::Uuid;

use super::Feedback;
use crate::graph::door::door;
use crate::graph::theme::theme_id;
use crate::model::feedback::{Addressee, Product};
use crate::store::feedback;

/// Changes to feedback products.
#[derive(Default)]
pub struct FeedbackMutation;

/// To whom a feedback product is addressed (geadresseerde): one of these.
#[derive(OneofObject, Clone, Debug)]
pub enum AddresseeInput {
    /// A field in words (veld), at most 200 characters: everybody who stores chemicals.
    Field(String),
    /// A sector by its SBI code (sector), such as `20.1`.
    Sector(String),
    /// Supervised parties (ondertoezichtstaanden), `pty_…`, at most 100. Only the owner's side sees which.
    Parties(Vec<ID>),
}

impl AddresseeInput {
    fn read(self) -> Result<Addressee, Vec<Fault>> {
        let ids = match self {
            Self::Field(field) => return Ok(Addressee::Field(field)),
            Self::Sector(code) => return Ok(Addressee::Sector(code)),
            Self::Parties(ids) => ids,
        };
        let (mut parties, mut faults) = (Vec::new(), Vec::new());
        for (index, id) in ids.iter().enumerate() {
            match ids::read(ids::prefix::PARTY, id) {
                Ok(id) => parties.push(id),
                Err(fault) => faults.push(fault.at(format!("input.addressee.parties.{index}"))),
            }
        }
        if faults.is_empty() {
            Ok(Addressee::Parties(parties))
        } else {
            Err(faults)
        }
    }
}

/// A new feedback product. Nothing in it may identify a person, a supervised party or a record.
#[derive(InputObject, Clone, Debug)]
pub struct FeedbackInput {
    /// Its title (titel), at most 200 characters.
    title: String,
    /// Its text (tekst), at most 20,000 characters.
    body: String,
    /// To whom (geadresseerde).
    addressee: AddresseeInput,
}

/// What changes of a feedback product; what is left out stays.
#[derive(InputObject, Clone, Debug)]
pub struct FeedbackEdit {
    /// Its title (titel), at most 200 characters.
    title: Option<String>,
    /// Its text (tekst), at most 20,000 characters.
    body: Option<String>,
    /// To whom (geadresseerde).
    addressee: Option<AddresseeInput>,
}

/// A feedback product after a change.
#[derive(SimpleObject)]
pub struct FeedbackPayload {
    /// The product as the caller sees it now.
    feedback: Option<Feedback>,
}

async fn payload(context: &Context<'_>, id: Uuid) -> Result<Option<FeedbackPayload>, Error> {
    let door = door(context).clone();
    let seen = feedback::by_ids(&door.session().reader().await?, &[id]).await?.pop();
    Ok(Some(FeedbackPayload {
        feedback: seen.map(|seen| Feedback::new(seen, door)),
    }))
}

fn feedback_id(id: &ID) -> Result<Uuid, Fault> {
    ids::read(ids::prefix::FEEDBACK, id).map_err(|fault| fault.at("id"))
}

/// Changes to feedback products. Each may be null beside its error, so that those before it keep their answers.
#[Object]
impl FeedbackMutation {
    /// Writes a draft of a feedback product from a named theme (terugkoppelproduct opstellen). Refused while its text
    /// identifies: `IDENTIFIES`, with the field and the words.
    async fn record_feedback(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The theme, `thm_…`.")] theme: ID,
        #[graphql(desc = "The product.")] input: FeedbackInput,
    ) -> Result<Option<FeedbackPayload>, Error> {
        let theme = theme_id(&theme, "theme")?;
        let product = Product {
            title: input.title,
            body: input.body,
            addressee: input.addressee.read().map_err(|faults| raise(context, faults))?,
        };
        let id = feedback::record(door(context).session(), theme, product)
            .await
            .map_err(|faults| raise(context, faults))?;
        payload(context, id).await
    }

    /// Changes a draft of the own inspectorate (wijzigen).
    async fn edit_feedback(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its id, `fbk_…`.")] id: ID,
        #[graphql(desc = "The version that was read.")] version: i32,
        #[graphql(desc = "What changes.")] input: FeedbackEdit,
    ) -> Result<Option<FeedbackPayload>, Error> {
        let id = feedback_id(&id)?;
        let addressee = input.addressee.map(AddresseeInput::read).transpose();
        let addressee = addressee.map_err(|faults| raise(context, faults))?;
        let edit = |old: Product| Product {
            title: input.title.unwrap_or(old.title),
            body: input.body.unwrap_or(old.body),
            addressee: addressee.unwrap_or(old.addressee),
        };
        feedback::edit(door(context).session(), id, version, edit)
            .await
            .map_err(|faults| raise(context, faults))?;
        payload(context, id).await
    }

    /// Sends a draft to the field (versturen): from then on all participants read it and nobody changes it. Refused while
    /// it identifies anything that its theme rests on by now.
    async fn send_feedback(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Its id, `fbk_…`.")] id: ID,
        #[graphql(desc = "The version that was read.")] version: i32,
    ) -> Result<Option<FeedbackPayload>, Error> {
        let id = feedback_id(&id)?;
        feedback::send(door(context).session(), id, version)
            .await
            .map_err(|faults| raise(context, faults))?;
        payload(context, id).await
    }
}
