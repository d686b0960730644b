//! Persons of a signal by pseudonym, for analysts.

use std::sync::Arc;

use access::State;
use async_graphql::{ID, Object};
use foundation::{Fault, ids};
use uuid::Uuid;

use super::door::PersonalField;
use super::signal::At;

/// Persons of a signal by pseudonym.
#[derive(Clone)]
pub struct SignalPseudonyms(Arc<At>);

impl SignalPseudonyms {
    /// The pseudonyms of a signal that was seen.
    pub fn new(at: Arc<At>) -> Self {
        Self(at)
    }

    async fn of(&self, field: PersonalField) -> Result<Option<Vec<Uuid>>, Fault> {
        let seen = &self.0.seen;
        if State::from_number(seen.state) != Some(State::Published) {
            return Ok(None);
        }
        Ok(self.0.door.pseudonyms(seen.id, field).await?.ok())
    }
}

fn write(pseudonym: Uuid) -> ID {
    ids::write(ids::prefix::PSEUDONYM, pseudonym)
}

/// Persons of a signal by pseudonym.
#[Object]
impl SignalPseudonyms {
    /// Pseudonyms of who is involved (pseudoniemen van betrokkenen), `psn_…`: the same person is the same for one
    /// inspectorate under one purpose, and another for every other. For analysts, under a purpose that gives pseudonyms;
    /// null for others, and then named in `maskedFields`, and of signals that are not published. Each showing is logged.
    async fn person_pseudonyms(&self) -> Result<Option<Vec<ID>>, Fault> {
        let all = self.of(PersonalField::PersonsInvolved).await?;
        Ok(all.map(|all| all.into_iter().map(write).collect()))
    }

    /// The pseudonym of who reported it (pseudoniem van de melder), as `personPseudonyms`.
    async fn reporter_pseudonym(&self) -> Result<Option<ID>, Fault> {
        let all = self.of(PersonalField::Reporter).await?;
        Ok(all.and_then(|all| all.first().copied()).map(write))
    }
}
