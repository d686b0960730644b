//! Signals by their key in another system.

use async_graphql::{Context, Object};
use foundation::Fault;

use super::door::door;
use super::signal::Signal;
use crate::store::list;

/// Questions by external reference.
#[derive(Default)]
pub struct ExternalQuery;

/// Questions by external reference.
#[Object]
impl ExternalQuery {
    /// The signal with this key in another system (extern kenmerk): of the own inspectorate, or else of the one that
    /// shares it. Null when there is none that the caller may see. Name the owner where several have the same key.
    async fn signal_by_external_reference(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "The system.")] system: String,
        #[graphql(desc = "The key in it.")] reference: String,
        #[graphql(desc = "The code of the owning organisation (eigenaar), such as `ilt`.")] owner: Option<String>,
    ) -> Result<Option<Signal>, Fault> {
        let door = door(context);
        let reader = door.session().reader().await?;
        let found = list::by_external(&reader, &system, &reference, owner.as_deref()).await?;
        drop(reader);
        Ok(found.map(|seen| Signal::new(seen, door.clone())))
    }
}
