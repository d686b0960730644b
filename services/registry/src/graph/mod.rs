//! The registry as a subgraph: its schema and how a request gets its loaders.
//!
//! | asked for | purpose | roles |
//! |---|---|---|
//! | `me`, `purposes` | none | every admitted account: it is the caller's own |
//! | `organisations`, `circles`, `legalBases`, `safetyRegions`, `domains`, `categories`, `sectors`, `laws`, `mandates` and their entities | any held | every role: administrators, privacy officers and auditors work with who is who |
//! | `accounts` and changes to them | any held | administrators of the own organisation; stewards for the clearance |
//! | `pendingDecisions`, `decision` and changes to organisations, circles, vocabularies | any held | administrators; stewards for clearances |
//! | `party`, `parties`, `site` and their entities | any held | roles that read content |
//! | `covenants`, `supervisionLevels`, what hangs on a party of them, and changes to them | that of a grant; any for the own | as for signals: labels, grants and feed decide |
//! | `assignHolder`, `endHolder` | any held | coordinator; to end, of the own organisation |
//! | `notices` and marking them read | that of a grant; any for the own | roles that read content |
//! | a party's `contacts`, `logContact`, `editContact` | any held | inspector, coordinator; account holder of parties that it holds; the own organisation's alone |
//! | `registerMandate`, `endMandate` | any held | administrator, of the own organisation |
//! | `importSectors` | any held | administrator |
//! | `registerParty`, `editParty`, `registerSite`, `editSite`, `relateParties`, `endRelation` | any held | inspector, coordinator, data steward; to change, of a custodian |
//! | `duplicateProposals` | any held | roles that read content |
//! | `mergeParties`, `undoMerge`, `dismissDuplicate` | any held | coordinator and data steward of any inspectorate |
//! | names of a person, addresses of its sites | one that allows personal data | inspector and coordinator of a custodian |
//!
//! Each noun has a file: its questions (`PartyQuery`), among them what other subgraphs refer to by key, and its types.
//! [`query`] merges the questions into the root. Changes go the same way: an `AccountMutation` in the noun's file, merged
//! by [`mutation`]. Types hold their [`door::Door`], so that whoever has a session can build them.

mod account;
mod category;
mod certificate_holder;
mod circle;
mod contact;
mod covenant;
mod decision;
mod door;
mod duplicate;
mod hold;
mod holder;
mod legal_basis;
mod mandate;
mod mutation;
mod notice;
mod organisation;
mod page;
mod party;
mod purpose;
mod query;
mod region;
mod relation;
mod sector;
mod site;
mod supervision_level;

use std::sync::Arc;

use async_graphql::{EmptySubscription, Request, Schema};
use foundation::graphql::executor::{self, Executor, Subgraph};
use foundation::graphql::kit::raise;
use foundation::session::{Platform, Session};
use foundation::token::Verifier;

use door::Door;
use mutation::Mutation;
use query::Query;

/// How deep a query may go.
const DEPTH: usize = 20;
/// How much a query may ask for: fields, times the length of the lists they stand in.
const COMPLEXITY: usize = 20_000;

fn schema() -> Schema<Query, Mutation, EmptySubscription> {
    Schema::build(Query::default(), Mutation::default(), EmptySubscription)
        .enable_federation()
        .limit_depth(DEPTH)
        .limit_complexity(COMPLEXITY)
        .finish()
}

/// The subgraph's schema, for composition.
pub fn sdl() -> String {
    executor::sdl(&schema())
}

/// The registry, ready to answer.
pub fn subgraph(platform: Platform, verifier: Verifier) -> Arc<dyn Subgraph> {
    Arc::new(Executor::new(schema(), platform, verifier, prepare))
}

fn prepare(request: Request, session: &Arc<Session>) -> Request {
    request.data(Door::new(session.clone()))
}
