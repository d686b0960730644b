//! Where a reader's copy stands: through which channels it was filled, up to which place it was told, and what is still
//! owed to it. A cursor is this, sealed: nobody can claim to have had what was never theirs, or read from it how much others
//! did meanwhile.

use access::{FOREVER, Instant};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::super::seal::Sealed;
use super::super::{Position, Scope};
use crate::outbox::Place;

/// How far a copy was filled through a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Filled {
    /// It has all that the reader sees through it.
    Whole,
    /// It may have some.
    Partly,
    /// The reader lost it; what the copy has through it must go.
    Lost,
}

/// A channel through which a copy was filled, for some of the ranks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Packed", into = "Packed")]
pub(super) struct Cell {
    pub channel: i64,
    /// The lowest rank.
    pub low: i16,
    /// The highest rank.
    pub high: i16,
    /// The first transaction whose tombstones are the reader's to know.
    pub transaction: i64,
    /// Since when it was the reader's.
    pub since: Instant,
    pub filled: Filled,
    /// The latest moment at which the copy was told anything through it; of a lost one that was before it was lost.
    pub latest: Instant,
}

type Packed = (i64, i16, i16, i64, Instant, u8, Instant);

impl From<Packed> for Cell {
    fn from((channel, low, high, transaction, since, filled, latest): Packed) -> Self {
        let filled = match filled {
            0 => Filled::Whole,
            1 => Filled::Partly,
            _ => Filled::Lost,
        };
        Self {
            channel,
            low,
            high,
            transaction,
            since,
            filled,
            latest,
        }
    }
}

impl From<Cell> for Packed {
    fn from(cell: Cell) -> Self {
        let filled = match cell.filled {
            Filled::Whole => 0,
            Filled::Partly => 1,
            Filled::Lost => 2,
        };
        let Cell { channel, low, high, .. } = cell;
        (channel, low, high, cell.transaction, cell.since, filled, cell.latest)
    }
}

/// What is owed to a copy before it is level again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Stage {
    /// Nothing: it is told what changes.
    Level,
    /// What it has through lost channels, from this place on.
    Dropping(Option<At>),
    /// What happened until this transaction, the lost channels still counted: a record may have left one meanwhile.
    Catching(i64),
    /// What it lacks through channels that are new, from this place on.
    Filling(Option<At>),
}

/// A place among records: when it was made, and which.
pub(super) type At = (i64, Uuid);

/// Where a copy stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Copy {
    /// The place in the outbox up to which it was told: transaction and sequence.
    place: (i64, i64),
    /// The moment up to which what begins and ends by the clock was told, and within it the record.
    pub moment: (Instant, Uuid),
    /// The latest moment at which it was told anything: it has nothing that was seen only later.
    pub latest: Instant,
    pub cells: Vec<Cell>,
    pub stage: Stage,
}

impl Sealed for Copy {
    const USE: &'static str = "changes";
    const BLOCK: usize = 512;
}

impl Copy {
    /// An empty copy, from which everything is owed.
    pub(super) fn empty(place: Place, now: Instant) -> Self {
        Self {
            place: (place.transaction, place.sequence),
            moment: (now, Uuid::max()),
            latest: now,
            cells: Vec::new(),
            stage: Stage::Level,
        }
    }

    pub(super) fn place(&self) -> Place {
        let (transaction, sequence) = self.place;
        Place { transaction, sequence }
    }

    /// Told up to here; never back.
    pub(super) fn advance(&mut self, place: Place) {
        self.place = self.place.max((place.transaction, place.sequence));
    }

    /// Told what the clock did up to this moment; never back.
    pub(super) fn pass(&mut self, moment: (Instant, Uuid)) {
        self.moment = self.moment.max(moment);
    }

    /// Brings the cells in line with what the reader has now, and says what that leaves owed. `transaction` is the first
    /// that this look cannot have seen whole.
    ///
    /// What is new stands beside what was there: of what left a rank, or a channel, before it was the reader's, or before
    /// it was the reader's again, the copy is told nothing.
    pub(super) fn align(&mut self, scope: &Scope, transaction: i64) {
        let clearance = scope.caller.clearance as i16;
        let (mut cells, mut lost, mut gained) = (Vec::new(), false, false);
        for cell in std::mem::take(&mut self.cells) {
            if cell.filled == Filled::Lost {
                // Until all of it was dropped, whether it is back or not.
                cells.push(cell);
                continue;
            }
            let held = scope.channels.contains(&cell.channel);
            let high = if held { cell.high.min(clearance) } else { cell.low - 1 };
            if high < cell.high {
                cells.push(Cell {
                    low: cell.low.max(high + 1),
                    filled: Filled::Lost,
                    latest: self.latest,
                    ..cell
                });
                lost = true;
            }
            if high >= cell.low {
                cells.push(Cell { high, ..cell });
            }
        }
        for channel in &scope.channels {
            let known = |cell: &&Cell| cell.channel == *channel && cell.filled != Filled::Lost;
            let low = cells.iter().filter(known).map(|cell| cell.high + 1).max().unwrap_or(0);
            if low <= clearance {
                cells.push(Cell {
                    channel: *channel,
                    low,
                    high: clearance,
                    transaction,
                    since: scope.now,
                    filled: Filled::Partly,
                    latest: FOREVER,
                });
                gained = true;
            }
        }
        self.cells = cells;
        self.stage = match self.stage {
            _ if lost => Stage::Dropping(None),
            Stage::Level | Stage::Filling(_) if gained => Stage::Filling(None),
            stage => stage,
        };
    }

    /// What the lost channels had is dropped: what happened until this transaction is still to be told of them.
    pub(super) fn dropped(&mut self, until: i64) {
        self.stage = Stage::Catching(until);
    }

    /// The lost channels are done with.
    pub(super) fn caught(&mut self) {
        self.cells.retain(|cell| cell.filled != Filled::Lost);
        let wanting = self.cells.iter().any(|cell| cell.filled == Filled::Partly);
        self.stage = if wanting { Stage::Filling(None) } else { Stage::Level };
    }

    /// The copy has what it lacked.
    pub(super) fn filled(&mut self) {
        for cell in &mut self.cells {
            cell.filled = Filled::Whole;
        }
        self.stage = Stage::Level;
    }

    /// The channels that are this far filled.
    pub(super) fn channels(&self, filled: Filled) -> Vec<i64> {
        let these = self.cells.iter().filter(|cell| cell.filled == filled);
        these.map(|cell| cell.channel).collect()
    }
}

/// A place in the feed's own order.
pub(super) fn position((created_at, record_id): At) -> Position {
    Position { created_at, record_id }
}
