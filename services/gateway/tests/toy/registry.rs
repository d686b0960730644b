//! The toy registry: parties and who is calling.

use std::sync::Arc;

use async_graphql::{Context, EmptySubscription, ID, Object, Schema, SimpleObject};

use super::World;

pub type RegistrySchema = Schema<Query, Mutation, EmptySubscription>;

pub fn schema(world: Arc<World>) -> RegistrySchema {
    Schema::build(Query, Mutation, EmptySubscription)
        .data(world)
        .enable_federation()
        .finish()
}

pub struct Query;
pub struct Mutation;

/// Who calls, as the token says.
#[derive(SimpleObject)]
pub struct Caller {
    pub name: String,
}

/// A supervised party.
pub struct Party {
    pub id: ID,
}

#[Object]
impl Party {
    async fn id(&self) -> &ID {
        &self.id
    }

    async fn name(&self, context: &Context<'_>) -> Option<String> {
        let world = context.data_unchecked::<Arc<World>>();
        world.note(format!("name of {}", self.id.as_str()));
        world.names.lock().unwrap().get(self.id.as_str()).cloned()
    }

    async fn label(&self, width: i32) -> String {
        format!("{}/{width}", self.id.as_str())
    }
}

#[Object]
impl Query {
    async fn me(&self, context: &Context<'_>) -> Caller {
        let world = context.data_unchecked::<Arc<World>>();
        world.think().await;
        world.note("me");
        Caller {
            name: context.data_unchecked::<String>().clone(),
        }
    }

    async fn party(&self, id: ID) -> Option<Party> {
        Some(Party { id })
    }

    async fn count(&self, first: Option<i32>, ids: Option<Vec<ID>>) -> i32 {
        first.unwrap_or_default() + i32::try_from(ids.unwrap_or_default().len()).unwrap()
    }

    #[graphql(entity)]
    async fn find_party(&self, context: &Context<'_>, id: ID) -> Option<Party> {
        let world = context.data_unchecked::<Arc<World>>();
        world.think().await;
        world.note(format!("party {}", id.as_str()));
        world
            .names
            .lock()
            .unwrap()
            .contains_key(id.as_str())
            .then_some(Party { id })
    }
}

#[Object]
impl Mutation {
    async fn rename_party(&self, context: &Context<'_>, id: ID, name: String) -> Party {
        let world = context.data_unchecked::<Arc<World>>();
        world.think().await;
        world.note(format!("rename {}", id.as_str()));
        world.names.lock().unwrap().insert(id.to_string(), name);
        Party { id }
    }
}
