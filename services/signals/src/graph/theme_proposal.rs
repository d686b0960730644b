//! Proposed themes, as the graph shows them.

use async_graphql::{Context, Enum, Object, SimpleObject};
use foundation::graphql::kit::{DateTime, LIST_COST, page_cost, page_size};
use foundation::{Fault, Seen, ids};
use recurrence::{Proposal, Shared, What};
use uuid::Uuid;

use super::door::{Door, door};
use super::filter::SignalFilter;
use super::party::SupervisedParty;
use super::signal::{SafetyRegion, Signal, Site};
use crate::model::filter::Filter;
use crate::store::SignalRow;
use crate::store::theme_proposal::{self, Found};

/// How many proposals are given when nothing is said.
pub const PROPOSALS_DEFAULT: i32 = 20;

/// The question about proposed themes.
#[derive(Default)]
pub struct ThemeProposalQuery;

/// The question about proposed themes.
#[Object]
impl ThemeProposalQuery {
    /// Themes proposed over the published signals that the caller may see (voorgestelde rode draden), worked out at this
    /// moment from the newest 20,000 that fit the filter and kept nowhere; a human names them. For inspectors,
    /// coordinators and analysts. `complete` says whether there are more.
    #[graphql(complexity = "page_cost(first, child_complexity)")]
    async fn theme_proposals(
        &self,
        context: &Context<'_>,
        #[graphql(default_with = "Some(PROPOSALS_DEFAULT)", desc = "How many, 1 to 500.")] first: Option<i32>,
        #[graphql(desc = "Narrows the signals.")] filter: Option<SignalFilter>,
    ) -> Result<Option<ThemeProposals>, Fault> {
        let filter = filter.unwrap_or_default().read()?;
        Ok(Some(ThemeProposals::find(door(context), &filter, first).await?))
    }
}

/// Proposed themes (voorgestelde rode draden), and what they rest on.
pub struct ThemeProposals {
    found: Found,
    door: Door,
}

impl ThemeProposals {
    /// Works them out.
    ///
    /// # Errors
    /// `PAGE_SIZE`, `FORBIDDEN`, and what the filter says.
    pub async fn find(door: &Door, filter: &Filter, first: Option<i32>) -> Result<Self, Fault> {
        let size = page_size(first.or(Some(PROPOSALS_DEFAULT)))?;
        let first = usize::try_from(size).unwrap_or(usize::MAX);
        Ok(Self {
            found: theme_proposal::propose(door.session(), filter, first).await?,
            door: door.clone(),
        })
    }
}

/// Proposed themes (voorgestelde rode draden), and what they rest on.
#[Object]
impl ThemeProposals {
    /// How many signals were looked at: published, visible to the caller, fitting the filter.
    async fn considered(&self) -> usize {
        self.found.considered
    }

    /// Whether these were all of them; otherwise the newest: 20,000, or fewer when the platform is busy. A filter on a
    /// period goes through the others.
    async fn complete(&self) -> bool {
        self.found.complete
    }

    /// The proposals, those that say most first.
    async fn proposals(&self) -> Vec<ThemeProposal<'_>> {
        let proposals = self.found.proposals.iter();
        proposals
            .map(|(proposal, members)| ThemeProposal {
                proposal,
                members,
                door: &self.door,
            })
            .collect()
    }
}

/// A proposed theme (voorgestelde rode draad): signals that share much of what they say.
pub struct ThemeProposal<'f> {
    proposal: &'f Proposal,
    members: &'f [Seen<SignalRow>],
    door: &'f Door,
}

/// A proposed theme (voorgestelde rode draad): signals that share much of what they say.
#[Object]
impl ThemeProposal<'_> {
    /// A name made of the words that they share (voorstel voor een naam); null where they share no words.
    async fn label(&self) -> Option<String> {
        self.members
            .iter()
            .find_map(|signal| self.proposal.label(&signal.title))
    }

    /// How much of what its members say is shared, 0 to 1 (samenhang).
    async fn score(&self) -> f64 {
        self.proposal.tightness
    }

    /// How many members it has: the length of `members`.
    async fn member_count(&self) -> usize {
        self.members.len()
    }

    /// Whether more signals belong to it than a theme may have: then `members` are the newest 500.
    async fn more(&self) -> bool {
        self.proposal.more
    }

    /// Its signals, newest first, each with its reasons.
    #[graphql(complexity = "LIST_COST * (1 + child_complexity)")]
    async fn members(&self) -> Vec<ThemeProposalMember<'_>> {
        let members = self.proposal.members.iter().zip(self.members);
        let shared = &self.proposal.shared;
        members
            .map(|(member, seen)| ThemeProposalMember {
                signal: Signal::new(seen.clone(), self.door.clone()),
                share: member.share,
                reasons: member.reasons.iter().map(|reason| &shared[*reason]).collect(),
                door: self.door,
            })
            .collect()
    }

    /// What its members share (gedeelde kenmerken), and how many of them each.
    #[graphql(complexity = "LIST_COST * (1 + child_complexity)")]
    async fn shared(&self) -> Result<Vec<SharedTrait>, Fault> {
        traits(self.door, self.proposal.shared.iter()).await
    }

    /// When the first of them was observed (eerste waarneming).
    async fn observed_from(&self) -> Option<DateTime> {
        let first = self.members.iter().map(|signal| signal.observed_from).min();
        first.map(DateTime)
    }

    /// When the last of them was observed (laatste waarneming).
    async fn observed_until(&self) -> Option<DateTime> {
        let last = self.members.iter().map(|signal| signal.observed_from).max();
        last.map(DateTime)
    }
}

/// A signal of a proposed theme.
pub struct ThemeProposalMember<'f> {
    signal: Signal,
    share: f64,
    reasons: Vec<&'f Shared>,
    door: &'f Door,
}

/// A signal of a proposed theme.
#[Object]
impl ThemeProposalMember<'_> {
    /// The signal.
    async fn signal(&self) -> &Signal {
        &self.signal
    }

    /// How much of what it says is shared, 0 to 1 (aandeel).
    async fn share(&self) -> f64 {
        self.share
    }

    /// Why it is in the proposal (redenen): what it shares with the others.
    #[graphql(complexity = "LIST_COST * (1 + child_complexity)")]
    async fn reasons(&self) -> Result<Vec<SharedTrait>, Fault> {
        traits(self.door, self.reasons.iter().copied()).await
    }
}

/// What a shared trait is (soort kenmerk).
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum SharedTraitKind {
    /// Woorden: a word or a phrase.
    Words,
    /// Ondertoezichtstaande: a supervised party.
    Party,
    /// Vestiging: a site.
    Site,
    /// Veiligheidsregio: a safety region.
    Region,
    /// Categorie: a category.
    Category,
}

/// What signals of a proposed theme share (gedeeld kenmerk). One of words, party, site, region and category is set.
#[derive(SimpleObject)]
pub struct SharedTrait {
    /// What it is.
    kind: SharedTraitKind,
    /// How many members share it.
    members: usize,
    /// The words, as one of the members has them.
    words: Option<String>,
    /// The party.
    party: Option<SupervisedParty>,
    /// The site.
    site: Option<Site>,
    /// The safety region.
    region: Option<SafetyRegion>,
    /// The category's code.
    category: Option<String>,
}

async fn traits<'s>(door: &Door, shared: impl Iterator<Item = &'s Shared>) -> Result<Vec<SharedTrait>, Fault> {
    let shared: Vec<&Shared> = shared.collect();
    let regions = shared.iter().filter_map(|shared| match shared.what {
        What::Region(id) => Some(id),
        What::Words(_) | What::Party(_) | What::Site(_) | What::Category(_) => None,
    });
    let regions = door.regions(regions.collect()).await?;
    Ok(shared
        .into_iter()
        .map(|shared| shared_trait(door, shared, |id| regions.get(&id).cloned()))
        .collect())
}

fn shared_trait(door: &Door, shared: &Shared, region: impl Fn(Uuid) -> Option<String>) -> SharedTrait {
    let none = SharedTrait {
        kind: SharedTraitKind::Words,
        members: shared.members,
        words: None,
        party: None,
        site: None,
        region: None,
        category: None,
    };
    match &shared.what {
        What::Words(words) => SharedTrait {
            words: Some(words.clone()),
            ..none
        },
        What::Party(id) => SharedTrait {
            kind: SharedTraitKind::Party,
            party: Some(SupervisedParty::new(*id, door.clone())),
            ..none
        },
        What::Site(id) => SharedTrait {
            kind: SharedTraitKind::Site,
            site: Some(Site {
                id: ids::write(ids::prefix::SITE, *id),
            }),
            ..none
        },
        What::Region(id) => SharedTrait {
            kind: SharedTraitKind::Region,
            region: region(*id).map(|code| SafetyRegion { code }),
            ..none
        },
        What::Category(code) => SharedTrait {
            kind: SharedTraitKind::Category,
            category: Some(code.clone()),
            ..none
        },
    }
}
