//! In which channels a record may be seen, and when: the whole of the audience question.

use uuid::Uuid;

use crate::{Audience, Channel, Instant, State, Tlp};

/// A live grant (deling) on a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The grant's identity.
    pub id: Uuid,
    /// To whom.
    pub audience: Audience,
    /// For which purpose.
    pub purpose: Uuid,
    /// From when it holds.
    pub valid_from: Instant,
    /// Until when it holds, exclusive.
    pub valid_until: Instant,
    /// Whether it was revoked.
    pub revoked: bool,
}

/// What the feed needs to know of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shareable {
    /// The owning organisation.
    pub owner: Uuid,
    /// The account that made it.
    pub author: Uuid,
    /// Its state.
    pub state: State,
    /// Its traffic light mark.
    pub tlp: Tlp,
    /// When it stops existing for everyone, exclusive.
    pub retain_until: Instant,
    /// Whether its sharing is frozen: its grants stand, but none counts.
    pub frozen: bool,
    /// Its grants, live or not.
    pub grants: Vec<Grant>,
}

/// One row of the feed: who may see the record through which channel, and when.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FeedRow {
    /// The channel.
    pub channel: Channel,
    /// The grant it comes from; nil for the owner's own side.
    pub grant: Uuid,
    /// From when.
    pub visible_from: Instant,
    /// Until when, exclusive.
    pub visible_until: Instant,
}

/// Every feed row of a record.
///
/// The owner's side sees it in every state: all content roles of the owner, or, under TLP RED, its author and
/// the owner's data stewards. Grants count only while it is published and not frozen, as far as the TLP permits them.
/// The end of a circle is not in the row: a caller has a circle's channel only while the circle lives.
pub fn feed(record: &Shareable) -> Vec<FeedRow> {
    let own = |channel| FeedRow {
        channel,
        grant: Uuid::nil(),
        visible_from: 0,
        visible_until: record.retain_until,
    };
    let mut rows = if record.tlp == Tlp::Red {
        vec![own(Channel::Author(record.author)), own(Channel::Steward(record.owner))]
    } else {
        vec![own(Channel::Owner(record.owner))]
    };
    if record.state == State::Published && !record.frozen {
        rows.extend(
            record
                .grants
                .iter()
                .filter(|grant| !grant.revoked && record.tlp.permits(&grant.audience))
                .map(|grant| FeedRow {
                    channel: Channel::Granted {
                        audience: grant.audience,
                        purpose: grant.purpose,
                    },
                    grant: grant.id,
                    visible_from: grant.valid_from,
                    visible_until: grant.valid_until.min(record.retain_until),
                }),
        );
    }
    rows
}
